#!/usr/bin/perl
# pgrehearse shape: what matters of a database, and no value of any row.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my ($status, $out, $err);
sub pgrehearse { return ($status, $out, $err) = run({}, 'pgrehearse', @_) }

# What must never come out: it is in rows and in everything that may hold a value of one.
my $secret = 'geheim4711';
my $number = 480711;
my ($app, $reader) = map {"shape_${_}_$$"} qw(app reader);
my $url = database();
my ($name) = $url =~ m{/(\w+)\?};
(my $reading = $url) =~ s{//postgres@}{//$reader@} or die $url;
END {
    my $code = $?;
    drop_databases();
    sql($ENV{PGREHEARSE_TEST_SERVER}, "DROP ROLE IF EXISTS $app, $reader") if $reader;
    $? = $code;
}

sql($url, "CREATE ROLE $app LOGIN CREATEDB", "CREATE ROLE $reader LOGIN IN ROLE pg_monitor",
    "ALTER ROLE $app SET app.token = '$secret'", "ALTER ROLE $app SET statement_timeout = '5s'",
    "ALTER ROLE $app IN DATABASE $name SET search_path = shop, public",
    "ALTER DATABASE $name SET app.jwt_secret = '$secret'", "ALTER DATABASE $name SET work_mem = '7MB'",
    "ALTER DATABASE $name SET application_name = '$secret'", 'CREATE EXTENSION pg_stat_statements',
    'CREATE SCHEMA shop', "COMMENT ON SCHEMA shop IS '$secret'");
sql($url, "CREATE TABLE shop.clients (id integer PRIMARY KEY, mail text DEFAULT '$secret' CHECK (mail <> '$secret!'),"
        . " born date, spent integer DEFAULT $number)",
    "INSERT INTO shop.clients SELECT n, CASE WHEN n % 4 > 0 THEN '$secret-' || n % 10 END, date '1990-01-01' + n % 300,"
        . " $number + n % 3 FROM generate_series(1, 3000) n",
    "CREATE INDEX clients_mail ON shop.clients (mail) WHERE mail <> '$secret'",
    "COMMENT ON COLUMN shop.clients.mail IS '$secret'", "CREATE TYPE shop.mood AS ENUM ('$secret')",
    "CREATE VIEW shop.known AS SELECT id FROM shop.clients WHERE mail = '$secret'",
    "CREATE FUNCTION shop.one() RETURNS text LANGUAGE sql AS \$\$ SELECT '$secret'::text \$\$",
    "CREATE TABLE shop.parts (id integer, place text) PARTITION BY LIST (place)",
    "CREATE TABLE shop.parts_one PARTITION OF shop.parts FOR VALUES IN ('$secret')",
    "INSERT INTO shop.parts VALUES (1, '$secret')", "CREATE STATISTICS shop.both (mcv) ON mail, spent FROM shop.clients",
    "GRANT SELECT, INSERT ON shop.clients TO $app", "GRANT UPDATE (mail) ON shop.clients TO $app", 'ANALYZE');
sql($url, "SET pg_stat_statements.track = 'all'", "SELECT * FROM shop.clients WHERE mail = '$secret' /* for $secret */ ORDER BY 1",
    "UPDATE shop.clients SET spent = $number WHERE id = 7", "CREATE TABLE shop.copy AS SELECT * FROM shop.clients WHERE mail = '$secret'",
    "SET app.token = '$secret'", "DO \$\$ BEGIN PERFORM '$secret'; END \$\$",
    "EXPLAIN SELECT * FROM shop.clients WHERE mail = '$secret'", 'DROP TABLE shop.copy');

sub is_silent {
    my ($text, $what) = @_;
    unlike($text, qr/geheim|\b4807\d\d\b|1990-/, "$what: no value of a row");
}

pgrehearse('shape', '--source', $url);
is($status, 0, 'as a superuser') or diag($err);
is_silent("$out$err", 'as a superuser');
my ($first, $shape) = ($out, decode_json($out));
my ($clients) = grep { $_->{name} eq 'shop.clients' } @{$shape->{tables}};
is($clients->{rows}, 3000, 'rows of a table');
cmp_ok($clients->{pages}, '>', 10, 'its pages');
my %column = map { $_->{name} => $_ } @{$clients->{columns}};
is($column{mail}{nulls}, 0.25, 'how often it is null');
is($column{mail}{distinct}, 10, 'how many values it has');
is($column{id}{correlation}, 1, 'how its values lie');
cmp_ok($column{mail}{width}, '>', 10, 'how wide it is');
is_deeply([map { $_->{name} } @{$clients->{indexes}}], ['clients_mail', 'clients_pkey'], 'its indexes');
is((grep { $_->{name} eq 'shop.parts' } @{$shape->{tables}})[0]{rows}, 1, 'rows of all partitions');
my ($role) = grep { $_->{name} eq $app } @{$shape->{roles}};
is($role->{rights}, 'LOGIN CREATEDB', 'what a role may do');
is_deeply($role->{settings}, [{name => 'app.token'}, {name => 'statement_timeout', value => '5s'}],
    'its settings; the application\'s own without their values');
is_deeply($role->{settings_here}, [{name => 'search_path', value => 'shop, public'}], 'its settings in this database');
is_deeply($shape->{database_settings}, [{name => 'app.jwt_secret'}, {name => 'work_mem', value => '7MB'}], 'settings of the database');
is_deeply([map {"$_->{on}: $_->{rights}"} grep { $_->{to} eq $app } @{$shape->{grants}}],
    ['column shop.clients.mail: UPDATE', 'table shop.clients: INSERT, SELECT'], 'what is granted to it');
is_deeply([map { $_->{sql} } @{$shape->{statements}}],
    ['SELECT * FROM shop.clients WHERE mail = $1 ORDER BY 1', 'UPDATE shop.clients SET spent = $1 WHERE id = $2'],
    'statements, without literals and comments');
is($shape->{statements}[0]{calls}, 1, 'how often one was called');
unlike($first, qr/\.mood|known|one\(\)/, 'what nobody was granted is not there');

pgrehearse('shape', '--source', $url);
is($out, $first, 'the same database gives the same bytes');

# the check above can fail
pgrehearse('shape', '--source', $url, '--with-values');
is($status, 0, 'with values') or diag($err);
like($out, qr/geheim4711-\d.*480711|480711/s, 'with values: they are there');
decode_json($out);

# as a role with pg_monitor alone, and with the columns of the statistics that have no values
pgrehearse('shape', '--source', $reading);
is($status, 0, 'as a role with pg_monitor') or diag($err);
is_silent("$out$err", 'as a role with pg_monitor');
like($err, qr/\Apgrehearse: \d+ of \d+ tables have no statistics[^\n]*\n\z/, 'pg_monitor: one line says what it cannot see');
my $seen = decode_json($out);
is_deeply([map { $_->{rows} } @{$seen->{tables}}], [map { $_->{rows} } @{$shape->{tables}}], 'pg_monitor: it sees all sizes');
is_deeply([map { $_->{sql} } @{$seen->{statements}}], [map { $_->{sql} } @{$shape->{statements}}], 'pg_monitor: it sees all statements');
my $columns = join ',', qw(starelid staattnum stainherit stanullfrac stawidth stadistinct), map { ("stakind$_", "stanumbers$_") } 1 .. 5;
sql($url, "GRANT SELECT ($columns) ON pg_statistic TO $reader");
my $file = scratch('shape.json');
pgrehearse('shape', '--source', $reading, '--output', $file);
is_deeply([$status, $out, $err], [0, '', ''], 'with these columns, into a file: nothing is missing');
is(read_file($file), $first, 'and all is as a superuser sees it');
is((stat $file)[2] & 07777, 0600, 'only its owner can read the file');
sql($url, "REVOKE SELECT ($columns) ON pg_statistic FROM $reader");

# nothing is written, and nothing waited for
my $lock = start({}, 'psql', '-qX', $url, '-c',
    'BEGIN; LOCK TABLE shop.clients, shop.parts, shop.parts_one IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)');
ok(wait_until(sub { value($url, q(SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation >= 16384)) >= 3 },
        'the locks'), 'a table is locked');
pgrehearse('shape', '--source', $url);
is($out, $first, 'what is locked is not waited for');
kill 'TERM', $lock->{pid};
finish($lock);
sql($url, "ALTER DATABASE $name SET default_transaction_read_only = on");
is((pgrehearse('shape', '--source', $url))[0], 0, 'a database that cannot be written will do');

sub wrong {
    my ($what, $code, $message, $environment, @arguments) = @_;
    ($status, $out, $err) = run($environment, 'pgrehearse', 'shape', @arguments);
    is($status, $code, "$what: exit $code");
    like($err, qr/\Apgrehearse: [^\n]*$message[^\n]*\n\z/, "$what: one line says it");
    is($out, '', "$what: nothing else");
}
wrong('no source', 2, 'expected --source URL', {});
wrong('an argument too many', 2, 'no other argument', {}, '--source', $url, 'more');
wrong('no file', 2, '--output: expected', {}, '--source', $url, '--output', '');
wrong('a URL that is none', 2, '--source', {}, '--source', 'postgresql://[');
wrong('no server there', 3, 'cannot connect', {}, '--source', 'postgresql://postgres:geheim@127.0.0.1:1/x');
unlike($err, qr/geheim/, 'no server there: the password is not shown');
wrong('led elsewhere', 2, 'PGHOSTADDR', {PGHOSTADDR => '127.0.0.1'}, '--source', $url);
wrong('a folder that is not there', 3, 'cannot write', {}, '--source', $url, '--output', scratch('none/shape.json'));
wrong('a database without tables', 2, 'has no table', {}, '--source', database());

done_testing;
