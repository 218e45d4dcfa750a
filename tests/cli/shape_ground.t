#!/usr/bin/perl
# run --shape: the embedded server has production's settings, roles and rights, and the migrator acts as production's does.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my ($status, $out, $err);
my $reports = scratch('reports');
my $base = <<'END';
CREATE TABLE clients (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, client integer NOT NULL REFERENCES clients, total integer, note text);
END

# A project of two revisions, whose second does this.
sub project {
    my ($up, $down, $first) = @_;
    return folder_of('migrations/001_base.up.sql' => $first // $base, 'migrations/001_base.down.sql' => "DROP TABLE orders, clients;\n",
        'migrations/002_next.up.sql' => "$up\n", 'migrations/002_next.down.sql' => "$down\n");
}

# The shape of tests/shapes, changed by the caller.
sub shape {
    my ($change) = @_;
    my $shape = decode_json(read_file("$FindBin::Bin/../shapes/shop.json"));
    $change->($shape) if $change;
    return write_file(scratch('shape.json'), JSON::PP->new->canonical->pretty->encode($shape));
}

sub rehearse {
    my ($folder, @arguments) = @_;
    ($status, $out, $err) = run({DIRECTORY => $folder}, 'pgrehearse', 'run', '--output', $reports, '--scenario', 'fresh', @arguments);
    return $status;
}

# A revision that fails unless these are so; the sound twin of those below.
sub demanding {
    my (%is) = @_;
    my $demands = join '', map {"ASSERT coalesce(($_)::text, '') = '$is{$_}', \$m\$$_ is not $is{$_}\$m\$;\n"} sort keys %is;
    return "DO \$\$ BEGIN\n$demands END \$\$; CREATE TABLE extra (id integer PRIMARY KEY);";
}
my $undo = 'DROP TABLE extra;';

# --- settings and roles
my $rich = shape(sub {
    my ($s) = @_;
    push @{$s->{settings}}, {name => 'default_transaction_isolation', value => 'repeatable read'}, {name => 'TimeZone', value => 'Europe/Paris'},
        {name => 'work_mem', value => '32768kB'}, {name => 'wal_level', value => 'logical'}, {name => 'max_locks_per_transaction', value => '300'},
        {name => 'lc_time', value => 'xx_YY'}, {name => 'statement_timeout', value => '600000ms'}, {name => 'search_path', value => '"$user", public, pg_temp'};
    push @{$s->{database_settings}}, {name => 'check_function_bodies', value => 'off'}, {name => 'default_transaction_read_only', value => 'off'};
    $s->{roles}[0]{settings} = [{name => 'default_toast_compression', value => 'pglz'}, {name => 'app.key'}];
    $s->{roles}[0]{settings_here} = [{name => 'DateStyle', value => 'SQL, DMY'}];
    $s->{roles}[0]{member_of} = ['reporting', 'pg_monitor'];
    push @{$s->{roles}}, {name => 'reporting'}, {name => 'Odd "role"', rights => 'LOGIN CREATEDB'};
    push @{$s->{grants}}, {on => 'new tables of shop', to => 'reporting', rights => 'SELECT'},
        {on => 'column public.clients.name', to => 'reporting', rights => 'SELECT WITH GRANT OPTION'},
        {on => 'database shop', to => 'reporting', rights => 'CREATE'}, {on => 'table public.gone', to => 'reporting', rights => 'SELECT'};
    $s->{tables}[0]{owner} = 'reporting';
    push @{$s->{tables}}, {name => 'public.a', owner => 'shop'}, {name => 'public.b', owner => 'shop'};
});
my %there = (
    'current_user' => 'shop', q{current_setting('lock_timeout')} => '10s', q{current_setting('default_transaction_isolation')} => 'repeatable read',
    q{current_setting('TimeZone')} => 'Europe/Paris', q{current_setting('work_mem')} => '32MB', q{current_setting('wal_level')} => 'logical',
    q{current_setting('statement_timeout')} => '10min', q{current_setting('search_path')} => '"$user", public, pg_temp',
    q{current_setting('check_function_bodies')} => 'off', q{current_setting('default_toast_compression')} => 'pglz',
    q{current_setting('DateStyle')} => 'SQL, DMY',
    q{current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int >= 300 * 400} => 'true',
    q{pg_has_role('shop_web', 'shop', 'MEMBER')} => 'true', q{pg_has_role('shop', 'pg_monitor', 'MEMBER')} => 'true',
    q{pg_has_role('shop', 'shop_web', 'MEMBER')} => 'false',
    q{(SELECT rolcreatedb AND rolcanlogin AND NOT rolsuper FROM pg_roles WHERE rolname = 'Odd "role"')} => 'true',
    q{(SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'shop')} => 'false',
    q{(SELECT count(*) FROM pg_roles WHERE rolname !~ '^pg_' AND rolpassword <> '********')} => '0',
    q{has_table_privilege('shop_web', 'orders', 'INSERT')} => 'true', q{has_table_privilege('reporting', 'orders', 'SELECT')} => 'false',
    q{has_column_privilege('reporting', 'clients', 'name', 'SELECT WITH GRANT OPTION')} => 'true',
    q{has_database_privilege('reporting', current_database(), 'CREATE')} => 'true',
    q{pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = 'clients'::regclass))} => 'reporting',
    q{pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = 'orders'::regclass))} => 'shop',
    q{pg_get_userbyid((SELECT datdba FROM pg_database WHERE datname = current_database()))} => 'shop',
);
my $sound = project(demanding(%there) . <<'END', "$undo ALTER DEFAULT PRIVILEGES FOR ROLE shop REVOKE SELECT ON TABLES FROM shop_web;");
 GRANT INSERT ON extra TO shop_web; ALTER DEFAULT PRIVILEGES FOR ROLE shop GRANT SELECT ON TABLES TO shop_web;
DO $$ BEGIN ASSERT has_table_privilege('reporting', 'extra', 'SELECT'), 'default privileges'; END $$;
SET ROLE reporting; SELECT 1; RESET ROLE;
DO $$ BEGIN ASSERT current_user = 'shop', 'reset'; END $$;
END
is(rehearse($sound, '--shape', $rich, '--scenario', 'fresh,rollback'), 0, 'a migration meets the settings, roles and rights of production')
    or diag("$out$err");
like($err, qr/--shape: settings, roles and rights are production's; the migrator acts as shop; not as in production: setting lc_time, setting app\.\w+/,
    'one line says so, and what could not be had')
    or diag $err;
unlike($err, qr/gone/, 'a right on what is not there is none of its business');
is(rehearse($sound), 1, 'without the shape the same migration fails') or diag("$out$err");

sub refused {
    my ($what, $up, $words, $change) = @_;
    is(rehearse(project("CREATE TABLE extra (id integer PRIMARY KEY); $up", $undo), '--shape', shape($change)), 1, "$what: a finding") or diag("$out$err");
    like($out, $words, "$what: which says it") or diag("$out$err");
}
refused('a role that is not granted', 'SET ROLE shop_web;', qr/permission denied to set role "shop_web"\n.*the migrator acts as shop, which owns most/);
refused('a role that production lacks', 'GRANT SELECT ON extra TO nobody_such;', qr/role "nobody_such" does not exist/);
refused('a right that the owner lacks', 'CREATE ROLE another;', qr/permission denied to create role/);
refused('a schema in a database of somebody else', 'CREATE SCHEMA another;', qr/permission denied for database/,
    sub {
        push @{$_[0]{roles}}, {name => 'dba'};
        $_[0]{owner} = 'dba';
    });
refused('a setting that forbids writing', '', qr/read-only transaction/,
    sub { push @{$_[0]{database_settings}}, {name => 'default_transaction_read_only', value => 'on'} });

# --- a migrator that is a superuser in production
for my $name ('shop', 'postgres') {
    my $change = sub { $_->{owner} = $name for @{$_[0]{tables}}; $_[0]{owner} = $name; $_[0]{roles}[0] = {name => $name, rights => 'SUPERUSER LOGIN'} };
    is(rehearse(project("COPY orders FROM PROGRAM 'true'; DO \$\$ BEGIN ASSERT current_user = '$name'; END \$\$; CREATE TABLE extra (id integer PRIMARY KEY);", $undo),
            '--shape', shape($change)), 0, "$name is a superuser there, and here") or diag("$out$err");
}

# --- roles that the migrations make
my $own = project('ALTER TABLE orders ADD COLUMN color text; GRANT SELECT ON orders TO shop_web, shop_report;', 'ALTER TABLE orders DROP COLUMN color;',
    "CREATE ROLE shop_report; CREATE ROLE shop;\n$base GRANT SELECT ON clients TO shop_report;");
is(rehearse($own, '--shape', shape(sub { push @{$_[0]{roles}}, {name => 'shop_report', rights => 'LOGIN'} })), 0,
    'roles that the migrations make are made by them') or diag("$out$err");

# --- names that mean harm
my $evil = '"; DROP TABLE public.orders; --';
is(rehearse(project('SELECT 1 FROM orders; CREATE TABLE extra (id integer PRIMARY KEY);', $undo), '--shape', shape(sub {
    my ($s) = @_;
    push @{$s->{roles}}, {name => $evil, rights => "LOGIN SUPERUSER; $evil", member_of => [$evil, 'pg_' . $evil]}, {name => "x'$evil", settings => [{name => $evil, value => $evil}]};
    push @{$s->{grants}}, {on => "table $evil", to => $evil, rights => $evil}, {on => 'table public.orders', to => $evil, rights => "SELECT, $evil, INSERT WITH GRANT OPTION; $evil"};
    push @{$s->{settings}}, {name => $evil, value => $evil}, {name => 'archive_command', value => 'touch /tmp/x'},
        {name => 'session_preload_libraries', value => $evil}, {name => 'statement_timeout', value => $evil};
    push @{$s->{database_settings}}, {name => 'work_mem', value => "1MB'; $evil"}, {name => 'local_preload_libraries', value => 'x'};
    $s->{tables}[0]{owner} = $evil;
})), 0, 'names and values that mean harm do none') or diag("$out$err");

# --- the cache of baselines
my $slow = project('GRANT SELECT ON orders TO shop_web;', 'REVOKE SELECT ON orders FROM shop_web;', "$base SELECT pg_sleep(1.1);");
my $id = join '', map { sprintf '%02x', rand 256 } 1 .. 8;
write_file("$slow/migrations/001_base.up.sql", read_file("$slow/migrations/001_base.up.sql") . "-- $id\n");
rehearse($slow);
is($status, 1, 'a baseline without a shape') or diag("$out$err");
is(rehearse($slow, '--shape', shape()), 0, 'is not one with a shape') or diag("$out$err");
unlike($err, qr/comes from the cache/, 'and is not taken for it');
is(rehearse($slow, '--shape', shape()), 0, 'one with the same shape') or diag("$out$err");
like($err, qr/comes from the cache/, 'comes from the cache');
rehearse($slow, '--shape', shape(sub { $_[0]{roles}[1]{rights} = 'LOGIN NOINHERIT' }));
unlike($err, qr/comes from the cache/, 'but not with another shape');

# --- a suite, and two migrations compared
my $library = copy_of("$FindBin::Bin/../suites/library");
my $checked = q{DO $$ BEGIN ASSERT current_user = 'librarian' AND current_setting('work_mem') = '32MB', 'not as in production'; END $$;} . "\n";
write_file("$library/migrations/upgrade-2.sql", $checked . read_file("$library/migrations/upgrade-2.sql"));
my $books = write_file(scratch('books.json'), encode_json({shape => 1, owner => 'librarian', settings => [{name => 'work_mem', value => '32768kB'}],
    roles => [{name => 'librarian', rights => 'LOGIN'}], tables => [map { {name => "public.$_", owner => 'librarian', rows => 100} } qw(authors books)]}));
my @tiny = qw(--authors 2 --books-per-author 2);
($status, $out, $err) = run({}, 'pgrehearse', 'run', $library, '--scenario', 'fresh,rollback', '--output', $reports, '--shape', $books, @tiny);
is($status, 0, 'a suite is rehearsed as in production, and its approved delta holds') or diag("$out$err");
my @compare = ('compare', $library, '--base-migrations', "$library/migrations", '--rounds', 8, '--threshold', 900, '--output', $reports, @tiny);
($status, $out, $err) = run({}, 'pgrehearse', @compare, '--shape', $books);
is($status, 0, 'two migrations are compared under the settings and as the role of production') or diag("$out$err");
($status, $out, $err) = run({}, 'pgrehearse', @compare);
isnt($status, 0, 'which the same without a shape are not');
($status, $out, $err) = run({}, 'pgrehearse', @compare, '--shape', shape());
is($status, 2, 'compare: the shape of another database is exit 2');
like($err, qr/\Apgrehearse: --shape [^\n]* it is the shape of another database: [^\n]*public\.clients[^\n]*\n\z/, 'and one line') or diag $err;
($status, $out, $err) = run({}, 'pgrehearse', @compare, '--shape', scratch('nowhere.json'));
is($status, 2, 'compare: a shape that is not there is exit 2');
like($err, qr/\Apgrehearse: --shape: [^\n]*nowhere\.json: cannot be read[^\n]*\n\z/, 'and one line') or diag $err;

# --- a server that is not ours
rehearse($sound, '--shape', shape(), '--server', $ENV{PGREHEARSE_TEST_SERVER});
like($err, qr/--shape: on a server given by URL, production's settings, roles and rights are not set; leave out --server/, 'a given server is left as it is');

done_testing;
