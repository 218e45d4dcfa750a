#!/usr/bin/perl
# Certification: a sound source passes and is left as it was; whatever is wrong with one is found
# and named, of a live database and of its dump; nothing stays behind, and no password shows.
# Takes long.
use strict;
use warnings;
# A server of its own: it listens to a port.
use IO::Socket::INET;

BEGIN {
    unless ($ENV{CERTIFY_TEST}) {
        my $free = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $!";
        $ENV{CERTIFY_TEST} = $free->sockport;
        close $free;
        $ENV{WITH_SERVER_SETTINGS} = '-c fsync=off -c full_page_writes=off '
            . "-c listen_addresses=127.0.0.1 -c port=$ENV{CERTIFY_TEST}";
        exec 'tests/support/with-server', $^X, $0 or die "with-server: $!";
    }
}
use lib 'tests/support';
use RunTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $server = "$ENV{PGREHEARSE_TEST_SERVER}&port=$ENV{CERTIFY_TEST}";
my $suite = 'migration_002';
my $dumps = area('dumps');
my @alone = ('--scenario', 'certification');
$ENV{PGOPTIONS} = '-c client_min_messages=warning';

sub url { my ($database) = @_; return $server =~ s{/postgres\?}{/$database?}r }

sub sql {
    my ($database, $sql) = @_;
    open my $psql, '|-', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url($database) or die;
    print $psql $sql;
    close $psql or die "psql failed: $sql";
}

sub value {
    my ($database, $query) = @_;
    open my $psql, '-|', 'psql', '-X', '-A', '-t', '-d', url($database), '-c', $query or die;
    local $/;
    my $value = <$psql> // '';
    close $psql;
    $value =~ s{\n\z}{};
    return $value;
}

sub certify { return run_it($suite, [@_], command => 'certify') }

sub migrate {
    my ($database, @arguments) = @_;
    local $ENV{DATABASE_URL} = url($database);
    system("cd fixtures/suites/$suite/migrations && exec pgrehearse-migrate @arguments >/dev/null 2>&1") == 0
        or die "pgrehearse-migrate @arguments";
}

sub dump_of {
    my ($database, @how) = @_;
    my $file = "$dumps/$database";
    system('pg_dump', @how ? @how : '-Fc', '-f', $file, '-d', url($database)) == 0 or die 'pg_dump';
    return $file;
}

# All that is in it: its schema, its rows, and the number of rows ever written.
sub state_of {
    my ($database) = @_;
    my $snapshot = `pgrehearse snapshot --database '@{[url($database)]}'`;
    my $rows = value($database, <<'Q');
SELECT string_agg(format('%s %s', relid::regclass, query_to_xml(
    format('SELECT count(*), sum(hashtextextended(t::text, 0)), sum(t.xmin::text::bigint) FROM %s t',
        relid::regclass), false, true, '')), E'\n' ORDER BY relid::regclass::text)
FROM pg_stat_user_tables
Q
    die 'no state' unless length $snapshot > 1000 && length $rows > 1000;
    return "$snapshot\n$rows";
}

sub databases {
    return value('postgres', "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '^pgrehearse_'");
}

# a source, and sources that come of it
sql('postgres', "CREATE DATABASE sound;\n");
sql('sound', "CREATE EXTENSION vector;\n");
migrate('sound', 'upgrade', '003a');
sql('postgres', "CREATE DATABASE earlier TEMPLATE sound;\n");
migrate('sound', 'upgrade', '005');
system("pgrehearse generate --database '@{[url('sound')]}' --repositories 10 --chunks-per-repo 30 >/dev/null 2>&1") == 0
    or die 'generate';

# what is wrong with a source, and what is said of it; the last: of a live database, a dump or both
my @planted = (
    ['an orphan', <<'S', qr/finding .*No code_chunks without their repository: violated: code_chunk=/, 'both'],
SET session_replication_role = replica;
INSERT INTO code_chunks (repository_id, file_path, content, start_line, end_line)
VALUES (gen_random_uuid(), 'orphan.py', 'pass', 1, 1);
S
    ['a foreign key', <<'S', qr/finding .*foreign keys .*table=work_items constraint=fk_planted references=repositories/, 'both'],
ALTER TABLE work_items ADD COLUMN repository_id uuid CONSTRAINT fk_planted REFERENCES repositories (id);
S
    ['an invalid index', <<'S', qr/finding .*invalid index public.idx_planted on public.code_chunks/, 'live'],
CREATE INDEX idx_planted ON code_chunks (file_path);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_planted'::regclass;
S
    ['the index\'s name taken', <<'S', qr/finding .*object=index name=idx_project_repository .*ON public.code_chunks/, 'dump'],
CREATE INDEX idx_project_repository ON code_chunks (file_path);
S
    ['a column made by hand', <<'S', qr/finding .*2 rows: table=repositories id=\S+ project_id=Not Valid/, 'live'],
ALTER TABLE repositories ADD COLUMN project_id varchar(50) NOT NULL DEFAULT 'default';
UPDATE repositories SET project_id = 'Not Valid' WHERE id IN (SELECT id FROM repositories ORDER BY id LIMIT 2);
S
    ['a view of a dropped table', 'CREATE VIEW planted AS SELECT * FROM work_items;',
        qr/finding .*view or table=planted needs=work_items/, 'live'],
    ['a constraint that is not validated', <<'S', qr/finding .*problem=constraint not validated name=planted/, 'dump'],
ALTER TABLE repositories ADD CONSTRAINT planted CHECK (path <> '') NOT VALID;
S
    ['two rows with one key', <<'S', qr/finding .*key=repositories.path value=\/twice rows=2/, 'both'],
INSERT INTO repositories (path, indexed_at) VALUES ('/twice', now()), ('/other', now());

UPDATE pg_index SET indisready = false WHERE indexrelid = 'repositories_path_key'::regclass;
UPDATE repositories SET path = '/twice' WHERE path = '/other';
UPDATE pg_index SET indisready = true WHERE indexrelid = 'repositories_path_key'::regclass;
S
    ['a later revision', "UPDATE alembic_version SET version_num = '002';", qr/finding .*is already at revision 002(?s:.*)certify before/, 'dump'],
    ['an unknown revision', "UPDATE alembic_version SET version_num = '999';", qr/finding .*999/, 'both'],
    ['no revision', 'DELETE FROM alembic_version;', qr/finding .*has no revision(?s:.*)stamp/, 'live'],
    ['two revisions', "INSERT INTO alembic_version VALUES ('003');", qr/finding .*2 revisions \(003, 005\)(?s:.*)stamp/, 'live'],
    ['a revision too early', "UPDATE alembic_version SET version_num = '001';", qr/finding .*from 001 the source cannot be brought to 005: .*already exists(?s:.*)stamp/, 'live'],
);

my $before = state_of('sound');
my $run = certify('--source', url('sound'));
is($run->{code}, 0, 'a sound source passes, and the quickstart') or diag(output_of($run));
is(state_of('sound'), $before, 'it is as it was');
ok(-s "$run->{folder}/certificate.json", 'there is a certificate');
like(read_file("$run->{folder}/run.json"), qr/"FR-027"/, 'the requirement of a copy is told');
is(leftovers() . databases(), '', 'nothing is left');

$run = certify('--source', url('sound'), @alone, '--exclude-table-data', 'vendor_test_*,nosuch');
is($run->{code}, 0, 'rows may stay behind') or diag(output_of($run));
like(output_of($run), qr/note: rows of public.vendor_test_results stay behind/, 'and it is said');
like(read_file("$run->{folder}/$_"), qr/rows of public.vendor_test_results stay behind/, "in $_, too")
    for qw(certificate.json certificate.html);

for my $format ('-Fc', '-Fp', '-Ft') {
    my $dump = dump_of('sound', $format);
    $run = certify('--dump', $dump, @alone);
    is($run->{code}, 0, "a sound dump passes: $format") or diag(output_of($run));
}
$run = certify('--source', url('earlier'), @alone);
is($run->{code}, 0, 'a source at an earlier revision passes') or diag(output_of($run));
like(output_of($run), qr/note: the source is at 003a: it is upgraded to 005 first/, 'and it is said');

sql('postgres', "CREATE DATABASE quoting TEMPLATE sound; ALTER DATABASE quoting SET quote_all_identifiers = on;\n");
$run = certify('--source', url('quoting'), @alone);
is($run->{code}, 0, 'a source whose settings put every name in quotes passes') or diag(output_of($run));

# production's tables belong to a role of its own, and come back as its own
sql('postgres', qq(CREATE DATABASE owned TEMPLATE sound; CREATE ROLE "test Keeper";\n));
sql('owned', <<'S');
DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO "test Keeper"', r.name);
    END LOOP;
END $$;
GRANT ALL ON SCHEMA public TO "test Keeper";
S
$run = certify('--source', url('owned'), @alone);
is($run->{code}, 0, 'tables that have an owner of their own come back as his') or diag(output_of($run));
like(output_of($run), qr/note: the migrator acts as test Keeper/, 'since the migrator acts as he does');

$run = run_it($suite, ['--source', url('sound'), @alone, '--migrator', 'alembic'], command => 'certify');
is($run->{code}, 0, 'Alembic certifies it, too') or diag(output_of($run));
$run = certify('--source', url('sound'), @alone, '--server', $server);
is($run->{code}, 0, 'on a server of yours') or diag(output_of($run));
is(leftovers() . databases(), '', 'nothing is left there');
is(state_of('sound'), $before, 'and the source is as it was');

my $number = 0;
for my $case (@planted) {
    my ($what, $plant, $message, $kinds) = @$case;
    my $name = 'planted' . ++$number;
    sql('postgres', "CREATE DATABASE $name TEMPLATE sound;\n");
    sql($name, $plant);
    my @sources;
    push @sources, ['live', '--source', url($name)] if $kinds ne 'dump';
    push @sources, ['a dump', '--dump', dump_of($name)] if $kinds ne 'live';
    for my $source (@sources) {
        my ($kind, @arguments) = @$source;
        $run = certify(@arguments, @alone);
        is($run->{code}, 1, "$what, $kind: exit 1") or diag(output_of($run));
        like(output_of($run), $message, "$what, $kind: it is named");
    }
    sql('postgres', "DROP DATABASE $name WITH (FORCE);\n");
}
is(leftovers() . databases(), '', 'nothing is left of all that');

# what cannot be checked, and what is asked wrongly
sql('postgres', "CREATE ROLE test_blind LOGIN;\n");
write_file("$dumps/words", "Dear reader,\nthis is no dump.\n");
write_file("$dumps/empty", '');
my $whole = read_file(dump_of('sound', '-Fc'));
write_file("$dumps/cut", substr $whole, 0, length($whole) / 2);
(my $old = read_file(dump_of('sound', '-Fp'))) =~ s/(Dumped from database version )\d+/${1}14/ or die;
write_file("$dumps/old", $old);
for my $case (
    ['nobody there', ['--source', 'postgresql://127.0.0.1:1/x'], 3, qr/refused/],
    ['no such database', ['--source', url('nosuch')], 3, qr/database "nosuch" does not exist/],
    ['a role that may not read', ['--source', url('sound') =~ s{//postgres@}{//test_blind@}r], 3, qr/may not|permission denied/],
    ['words', ['--dump', "$dumps/words"], qr/^[23]$/, qr/words.*dump/],
    ['an empty file', ['--dump', "$dumps/empty"], qr/^[23]$/, qr/empty/],
    ['half a dump', ['--dump', "$dumps/cut"], qr/^[23]$/, qr/pg_restore|cut|end/],
    ['no such file', ['--dump', "$dumps/nosuch"], 2, qr/no such file/],
    ['another major version', ['--dump', "$dumps/old"], 3, qr/runs PostgreSQL 14\.\d+.*install postgresql-14/],
    ['no source', [], 2, qr/exactly one of --source URL and --dump FILE/],
    ['two sources', ['--source', url('sound'), '--dump', "$dumps/words"], 2, qr/exactly one of/],
    ['rows of a dump left out', ['--dump', "$dumps/words", '--exclude-table-data', 'x'], 2, qr/only with --source/],
    ['no URL', ['--source', 'postgresql://:bad:port/'], 2, qr/--source/],
    ['no certification', ['--source', url('sound'), '--scenario', 'fresh'], 2, qr/nothing is certified/],
    ['no key', ['--source', url('sound'), '--sign', "$dumps/nosuch"], 2, qr/no such key/],
    )
{
    my ($what, $arguments, $code, $message) = @$case;
    $run = certify(@$arguments, grep({$_ eq '--scenario'} @$arguments) ? () : @alone);
    ref $code ? like($run->{code}, $code, "$what: exit 2 or 3") : is($run->{code}, $code, "$what: exit $code");
    like(output_of($run), $message, "$what: it is said") or diag(output_of($run));
    ok(!-e "$run->{folder}/certificate.json", "$what: no certificate");
}
$run = certify('--dump', "$dumps/old", '--any-version', @alone);
is($run->{code}, 0, 'another major version is taken if told to') or diag(output_of($run));
like(output_of($run), qr/note: the source runs PostgreSQL 14/, 'and it is said');

# run, list and show speak of it
$run = run_it($suite, ['--scenario', 'certification']);
is($run->{code}, 2, 'run does not certify');
like(output_of($run), qr/use pgrehearse certify/, 'and says what does');
like(`pgrehearse list`, qr/^certification .*pgrehearse certify/m, 'list tells');
like(`pgrehearse show certification`, qr/given a copy of the source.*restore from 'backup'/s, 'show tells');

# a certificate of an earlier run does not stay beside a run that is worth none
my $folder = area('out');
system("pgrehearse certify --source '@{[url('sound')]}' @alone --output $folder >/dev/null 2>&1") == 0 or fail('certified');
ok(-e "$folder/certificate.json", 'a certificate');
system("pgrehearse certify --source '@{[url('nosuch')]}' @alone --output $folder >/dev/null 2>&1");
ok(!-e "$folder/certificate.json", 'is gone when the next run has none');

# a password with everything in it, over TCP with SCRAM, of a role that may only read
my $password = qq{p\@ss$$:w/o%r'd" x1}; # no other test's, since all processes are looked at
(my $quoted = $password) =~ s/'/''/g;
my $encoded = join '', map { /[A-Za-z0-9]/ ? $_ : sprintf '%%%02X', ord } split //, $password;
my $home = value('postgres', 'SHOW data_directory');
my $hba = read_file("$home/pg_hba.conf");
write_file("$home/pg_hba.conf", "host all test_secret 127.0.0.1/32 scram-sha-256\n$hba");
sql('postgres', "CREATE ROLE test_secret LOGIN PASSWORD '$quoted'; GRANT pg_read_all_data TO test_secret;"
        . "ALTER ROLE test_secret SET default_transaction_read_only = on; DO \$\$ BEGIN PERFORM pg_reload_conf(); END \$\$;\n");
$run = start_run($suite, ['--source', "postgresql://test_secret:$encoded\@127.0.0.1:$ENV{CERTIFY_TEST}/sound"],
    command => 'certify');
my $seen = ''; # a program cannot hide its arguments before it runs
wait_until(sub { read_file("/proc/$run->{pid}/cmdline") =~ /\*\*\*/ }, 'stars');
sleep 0.02;
until (waitpid($run->{pid}, POSIX::WNOHANG())) {
    $seen .= join '', map { read_file($_) } glob '/proc/[0-9]*/cmdline';
    sleep 0.02;
}
is($? >> 8, 0, 'a role that may only read, with that password, is enough') or diag(output_of($run));
my $everything = output_of($run) . all_files($run->{folder}) . $seen;
for my $form ($password, $encoded, "ss$$:w/o", "ss$$%3Aw") {
    is(index($everything, $form), -1, "no trace of $form");
}
is(state_of('sound'), $before, 'the source is as it was');

# the password in the environment, and what else there leads to another server; large objects that are
# granted to a role which nothing else names
sql('sound', "SELECT lo_from_bytea(4711, 'large');");
sub from_environment {
    local @ENV{qw(PGPASSWORD PGPORT PGOPTIONS)} = ($password, $ENV{CERTIFY_TEST}, '-c default_transaction_read_only=on');
    return certify('--source', 'postgresql://test_secret@127.0.0.1/sound', @alone);
}
$run = from_environment();
is($run->{code}, 3, 'a large object that the role may not read');
like(output_of($run), qr/permission denied for large object 4711.*GRANT SELECT ON LARGE OBJECT/, 'and the remedy is told');
sql('sound', 'GRANT SELECT ON LARGE OBJECT 4711 TO test_secret;');
$run = from_environment();
is($run->{code}, 0, 'with the password in PGPASSWORD, the port in PGPORT') or diag(output_of($run));
is(index(output_of($run) . all_files($run->{folder}), $password), -1, 'no trace of it');
sql('sound', 'SELECT lo_unlink(4711);');
$before = state_of('sound');
{
    # of one letter: what the migrator logs would lose it, and lines that are looked for
    local @ENV{qw(PGPASSWORD PGHOSTADDR)} = ('x', '127.0.0.1');
    $run = run_it($suite, ['--scenario', 'fresh']);
    is($run->{code}, 0, 'nothing of that reaches the embedded server') or diag(output_of($run));
}

# stopped and killed at any moment
my $time = certify('--source', url('sound'), @alone)->{seconds};
srand(7);
for my $signal (qw(INT TERM KILL)) {
    for my $part (0 .. 1) {
        $run = start_run($suite, ['--source', url('sound'), @alone], command => 'certify');
        sleep $time * ($part + rand) / 2;
        kill $signal, $run->{pid};
        finish_run($run);
        like($run->{code}, qr/^(0|3|137)$/, "SIG$signal: exit $run->{code}") or diag(output_of($run));
        certify('--source', url('nosuch'), @alone) if $signal eq 'KILL'; # the next run sweeps
        is(leftovers() . databases(), '', "SIG$signal: nothing is left");
    }
}
is(state_of('sound'), $before, 'and the source is as it was');
done_testing;
