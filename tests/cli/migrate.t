#!/usr/bin/perl
# pgrehearse-migrate: its commands, its log, its exit codes, what it leaves behind when it fails.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

sub header {
    my ($id, $parent, $message) = @_;
    return "-- revision: $id\n-- parent: $parent\n-- message: $message\n";
}

my %sound = (
    'a.sql' => header('1', '', 'First') . "-- up\nCREATE TABLE one (x int);\n-- down\nDROP TABLE one;\n",
    'b.sql' => header('2', '1', 'Second')
        . "-- up\nCREATE TABLE two (x int);\n-- down\nDROP TABLE two;\n",
    'c.sql' => header('3', '2', 'Third') . "-- up\nCREATE TABLE three (x int);\n",
);
my $folder = folder_of(%sound);
my $context = "INFO [alembic.runtime.migration] Context impl PostgresqlImpl.\n"
    . "INFO [alembic.runtime.migration] Will assume transactional DDL.\n";

sub native {
    my ($url, $where, @arguments) = @_;
    return run({DATABASE_URL => $url, DIRECTORY => $where}, 'pgrehearse-migrate', @arguments);
}

sub running { return "INFO [alembic.runtime.migration] Running $_[0]\n" }

# --- there and back
{
    my $url = database();
    my $empty = schema($url);
    is_deeply([native($url, $folder, 'current')], [0, '', $context], 'current of an empty database');
    is_deeply([native($url, $folder, 'upgrade', '+2')],
        [0, '', $context . running('upgrade -> 1, First') . running('upgrade 1 -> 2, Second')],
        'upgrade +2 says what it runs, on standard error');
    is((native($url, $folder, 'current'))[1], "2\n", 'current');
    is_deeply([native($url, $folder, 'upgrade', '2')], [0, '', $context],
        'where it stands, nothing runs and nothing is logged as run');
    is_deeply([native($url, $folder, 'upgrade', 'head')],
        [0, '', $context . running('upgrade 2 -> 3, Third')], 'upgrade head');
    is((native($url, $folder, 'current'))[1], "3 (head)\n", 'current at head');
    is_deeply([native($url, $folder, 'downgrade', '-1')],
        [1, '', $context . "pgrehearse-migrate: the migration has no way back: c.sql has no down part for revision 3\n"],
        'a revision without a way down');
    is((native($url, $folder, 'stamp', '2'))[2],
        $context . "INFO [alembic.runtime.migration] Running stamp_revision 3 -> 2\n", 'stamp');
    sql($url, 'DROP TABLE three');
    is_deeply([native($url, $folder, 'downgrade', 'base')],
        [0, '', $context . running('downgrade 2 -> 1, Second') . running('downgrade 1 -> , First')],
        'downgrade base');
    is(value($url, 'SELECT count(*) FROM alembic_version'), 0, 'no revision is left');
    sql($url, 'DROP TABLE alembic_version');
    is(schema($url), $empty, 'and nothing else');
}

# --- without a database
is_deeply([native('', $folder, 'history')],
    [0, "2 -> 3 (head), Third\n1 -> 2, Second\n<base> -> 1, First\n", ''], 'history');
is((native('', $folder, 'history', '--verbose'))[1] =~ s/\n\nRev: 2.*//sr,
    "Rev: 3 (head)\nParent: 2\nPath: c.sql\n\n    Third", 'history --verbose');
is_deeply([native('', $folder, 'heads')], [0, "3 (head)\n", ''], 'heads');
like((native('', '/', 'history', '-m', $folder))[1], qr/^2 -> 3 \(head\), Third$/m, '--migrations');
{
    my ($status, $out) = native('', $folder, '--help');
    ok($status == 0 && $out =~ /^  downgrade REV/m, '--help');
    ($status, $out) = native('', $folder, '--version');
    ok($status == 0 && $out =~ /^pgrehearse-migrate \d+\.\d+/, '--version');
}

# --- wrong command lines
{
    my $url = database();
    native($url, $folder, 'upgrade', '2');
    my @before = (schema($url), value($url, 'SELECT version_num FROM alembic_version'));
    my @rows = (
        [['upgrade'], 'upgrade needs a revision'],
        [['downgrade'], 'downgrade needs a revision'],
        [['current', '2'], q(current takes no argument: '2')],
        [['upgrade', '1', '2'], q(unexpected argument '2')],
        [['climb', '2'], q(unknown command 'climb')],
        [[], 'give a command'],
        [['upgrade', '9'], q(there is no revision '9')],
        [['stamp', '9'], q(there is no revision '9')],
        [['stamp', '+1'], 'stamp takes a revision, head or base, not +1'],
        [['upgrade', '-1'], 'cannot upgrade by -1'],
        [['downgrade', '+1'], 'cannot downgrade by +1'],
        [['upgrade', '+2'], '+2 from 2 leads past the head: only 1 revisions'],
        [['downgrade', '-3'], '-3 from 2 leads past the base: only 2 revisions'],
        [['upgrade', '1'], 'cannot upgrade to 1: the database is already past it, at 2'],
        [['downgrade', '3'], 'cannot downgrade to 3: the database has not reached it and is at 2'],
        [['upgrade', 'head', '--log', '/nowhere/log'], 'cannot write the log to /nowhere/log'],
    );
    for my $row (@rows) {
        my ($status, $out, $err) = native($url, $folder, @{$row->[0]});
        $err =~ s/^INFO .*\n//mg;
        ok($status == 2 && index($err, $row->[1]) >= 0 && $out eq '', "refused: @{$row->[0]}")
            or diag("status $status: $err");
    }
    is_deeply([schema($url), value($url, 'SELECT version_num FROM alembic_version')], \@before,
        'and the database is as it was');
    my ($status, undef, $err) = native('', $folder, 'current');
    ok($status == 2 && $err =~ /no database: give --database URL or set DATABASE_URL/, 'no database');
}

# --- broken chains; each starts from the sound one
{
    my @rows = (
        ['two heads', {'d.sql' => header(4, 2, 'm') . "-- up\n"}, 'two heads: 3 (c.sql) and 4 (d.sql)'],
        ['two bases', {'d.sql' => header(4, '', 'm') . "-- up\n"}, 'two bases: 1 (a.sql) and 4 (d.sql)'],
        ['a cycle', {'a.sql' => header(1, 3, 'm') . "-- up\n"}, 'form a cycle'],
        ['a missing parent', {'d.sql' => header(4, 7, 'm') . "-- up\n"},
            'revision 4 (d.sql): its parent 7 is missing'],
        ['a revision twice', {'d.sql' => header(3, 2, 'm') . "-- up\n"},
            'duplicate revision 3: in c.sql and in d.sql'],
        ['no header', {'d.sql' => "SELECT 1;\n"}, 'd.sql, line 1: SQL before'],
        ['a bad header', {'d.sql' => "-- revision: base\n"}, 'd.sql, line 1: a revision is'],
    );
    is((native('', $folder, 'heads'))[0], 0, 'the sound chain');
    for my $row (@rows) {
        my ($status, $out, $err) = native('', folder_of(%sound, %{$row->[1]}), 'history');
        ok($status == 2 && $out eq '' && index($err, $row->[2]) >= 0 && $err =~ tr/\n// == 1, $row->[0])
            or diag($err);
    }
    is((native('', folder_of(%sound, 'notes.txt' => 'x', '.x.sql' => 'y'), 'heads'))[0], 0,
        'other files and hidden ones do not count');
    like((native('', folder_of(), 'history'))[2], qr/no revision in the migrations folder \.: pgrehearse-migrate keeps them as 001_initial\.sql/, 'an empty folder');
    my ($status, undef, $err) = native('', '/', 'history', '-m', '/nowhere');
    ok($status == 2 && $err =~ m{cannot read the migrations folder /nowhere: No such file}, 'no folder');
}

# --- a migration that fails
my %failing = (
    %sound,
    'c.sql' => header(3, 2, 'Third') . <<'E',
-- up: 4 steps
-- step: Making...
CREATE TABLE three (x int);
-- step: Failing...
SELECT 'ä', 'ö';

SELECT 1/0, nothing;
E
);
{
    my $url = database();
    my ($status, $out, $err) = native($url, folder_of(%failing), 'upgrade', 'head');
    is($status, 1, 'SQL that fails: exit 1');
    is($err, $context . running('upgrade -> 1, First') . running('upgrade 1 -> 2, Second')
            . running('upgrade 2 -> 3, Third') . <<'E', 'it is told where, and what is left');
INFO [migration.3] Step 1/4: Making...
INFO [migration.3] Step 1/4: Complete
INFO [migration.3] Step 2/4: Failing...
ERROR [migration.3] column "nothing" does not exist (SQLSTATE 42703; c.sql, line 10, step 2/4 'Failing...'); rolled back, the database stays at 2
E
    is(value($url, "SELECT to_regclass('three') IS NULL, version_num FROM alembic_version"), 't|2',
        'the failing revision left nothing, those before it stay');
    $err = (native($url, folder_of(%failing), 'upgrade', 'head'))[2];
    like($err, qr/; rolled back, nothing has changed$/m, 'nothing was changed, when it is the first');

    my $raise = header(3, 2, 'm') . <<'E';
-- up
DO $$ BEGIN
    RAISE NOTICE 'a word' USING HINT = 'a hint';
    RAISE WARNING 'careful';
    RAISE EXCEPTION 'no %', 'way' USING DETAIL = E'seen\nthis', HINT = 'do that', ERRCODE = 'P0001';
END $$;
E
    $err = (native($url, folder_of(%sound, 'c.sql' => $raise), 'upgrade', 'head'))[2];
    is($err, $context . running('upgrade 2 -> 3, m') . <<'E', 'notices, and what RAISE says');
NOTICE: a word
HINT: a hint
WARNING: careful
ERROR [migration.3] no way (SQLSTATE P0001; c.sql, line 5); rolled back, nothing has changed
DETAIL: seen this
HINT: do that
E
    my $deferred = header(3, 2, 'm') . <<'E';
-- up
CREATE TABLE three (x int UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO three VALUES (1), (1);
E
    ($status, undef, $err) = native($url, folder_of(%sound, 'c.sql' => $deferred), 'upgrade', 'head');
    ok($status == 1 && $err =~ /SQLSTATE 23505; c.sql, at its commit\); rolled back, nothing/,
        'a commit that fails');
    for my $end ('COMMIT', 'ROLLBACK') {
        my $content = header(3, 2, 'm')
            . "-- up\n-- step: a\n$end;\n-- step: b\nCREATE TABLE never (x int);\n";
        ($status, undef, $err) = native($url, folder_of(%sound, 'c.sql' => $content), 'upgrade', 'head');
        ok($status == 1 && $err =~ /the SQL ended the transaction in which it runs \(c.sql, line 6, step 1/,
            "$end in a step") or diag($err);
        is(value($url, "SELECT to_regclass('never') IS NULL, version_num FROM alembic_version"), 't|2',
            'it goes no further');
    }
    my $copying = header(3, 2, 'm') . "-- up\nCOPY one FROM STDIN;\n";
    ($status, undef, $err) = native($url, folder_of(%sound, 'c.sql' => $copying), 'upgrade', 'head');
    ok($status == 1 && $err =~ /a migration cannot COPY from its client/, 'COPY FROM STDIN');
    my $thief = header(3, 2, 'm') . "-- up\nUPDATE alembic_version SET version_num = 'x';\n";
    ($status, undef, $err) = native($url, folder_of(%sound, 'c.sql' => $thief), 'upgrade', 'head');
    ok($status == 1 && $err =~ /alembic_version was changed during the migration.*0 rows/,
        'a version row changed under it') or diag($err);
    is(value($url, 'SELECT version_num FROM alembic_version'), 2, 'is rolled back');
}

# --- what the table of revisions may hold
{
    my $url = database();
    native($url, $folder, 'upgrade', '2');
    sql($url, "INSERT INTO alembic_version VALUES ('1')");
    for my $command (['current'], ['upgrade', 'head'], ['downgrade', '-1']) {
        my ($status, undef, $err) = native($url, $folder, @$command);
        ok($status == 2 && $err =~ /lists 2 revisions \(1, 2\).*stamp REVISION/, "two rows: @$command");
    }
    is((native($url, $folder, 'stamp', '2'))[0], 0, 'stamp sets it right');
    is(value($url, 'SELECT version_num FROM alembic_version'), '2', 'with one row');
    sql($url, "UPDATE alembic_version SET version_num = 'feed'");
    my ($status, undef, $err) = native($url, $folder, 'upgrade', 'head');
    ok($status == 2 && $err =~ /is at revision feed, which is not in this folder/,
        'an unknown one');
    native($url, $folder, 'stamp', 'base');
    is(value($url, 'SELECT count(*) FROM alembic_version'), 0, 'stamp base');
    is((native($url, $folder, 'stamp', 'base'))[2], $context, 'stamped already: nothing is done');
}

# --- two at once, and stopped in the middle
{
    my $url = database();
    # its migration waits for a lock that the test holds for as long as it needs
    my $slow = header(3, 2, 'Third') . "-- up\nSELECT pg_advisory_xact_lock(3);\nCREATE TABLE three (x int);\n";
    my $key = start({}, 'psql', '-qX', $url, '-c', 'SELECT pg_advisory_lock(3)', '-c', 'SELECT pg_sleep(900)');
    my $held = sub { value($url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 3 AND granted"
                . " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") };
    wait_until($held, 'the lock');
    my $where = folder_of(%sound, 'c.sql' => $slow);
    my $others = "FROM pg_stat_activity WHERE datname = current_database()"
        . " AND pid <> pg_backend_pid() AND query NOT LIKE 'SELECT pg_sleep(900)%'";
    my $asleep = sub { value($url, "SELECT count(*) $others AND wait_event_type = 'Lock' AND query LIKE '%advisory_xact_lock(3)%'") };
    my @command = ({DATABASE_URL => $url, DIRECTORY => $where}, 'pgrehearse-migrate', 'upgrade', 'head');
    my $first = start(@command);
    ok(wait_until($asleep, 'the first to be within its migration'), 'one runs');
    my $second = start(@command);
    ok(wait_until(sub { read_file($second->{err}) =~ /waiting for it/ }, 'the second to wait'), 'a second waits for it');
    kill 'KILL', $key->{pid};
    finish($key);
    sql($url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT pg_sleep(900)'");
    my ($status, undef, $err) = finish($second);
    is($status, 0, 'and succeeds once it has ended');
    is($err, $context . 'INFO [migration] Another migration of this database is running: '
            . "waiting for it to end\n", 'says so, and finds nothing to do');
    is((finish($first))[0], 0, 'the first is done');

    sql($url, 'DROP TABLE three', "UPDATE alembic_version SET version_num = '2'");
    my $before = schema($url);
    $key = start({}, 'psql', '-qX', $url, '-c', 'SELECT pg_advisory_lock(3)', '-c', 'SELECT pg_sleep(900)');
    wait_until($held, 'the lock');
    for my $signal ('INT', 'TERM', 'HUP') {
        my $child = start(@command);
        wait_until($asleep, 'the migration to sleep');
        kill $signal, $child->{pid};
        ($status, undef, $err) = finish($child);
        ok($status == 3 && $err =~ /^pgrehearse-migrate: interrupted \(c\.sql, line 5\); rolled back, nothing has changed$/m,
            "SIG$signal") or diag("status $status: $err");
        ok(wait_until(sub { !value($url, "SELECT count(*) $others AND state = 'active'") }, 'its end'), 'the server is not left at it');
    }
    my $child = start(@command);
    wait_until($asleep, 'the migration to sleep');
    sql($url, "SELECT pg_terminate_backend(pid) $others");
    ($status, undef, $err) = finish($child);
    ok($status == 3 && $err =~ /lost the connection to the server \(c\.sql, line 5\): terminating connection/,
        'a lost connection') or diag("status $status: $err");
    is(schema($url), $before, 'each left the schema as it was');
    is(value($url, 'SELECT version_num FROM alembic_version'), 2, 'and the revision');

    my $holder = start({}, 'psql', '-qX', $url, '-c',
        'SELECT pg_advisory_lock(8099568234717864306)', '-c', 'SELECT pg_sleep(900)');
    wait_until(sub { value($url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") > 1 },
        'somebody to hold the lock');
    $child = start(@command);
    wait_until(sub { read_file($child->{err}) =~ /waiting for it/ }, 'the migrator to wait');
    kill 'TERM', $child->{pid};
    ($status, undef, $err) = finish($child);
    ok($status == 3 && $err =~ /^pgrehearse-migrate: interrupted$/m, 'interrupted while it waits')
        or diag($err);
    for ($holder, $key) {
        kill 'KILL', $_->{pid};
        finish($_);
    }
}

# --- no database; secrets
{
    my ($status, undef, $err) =
        native('postgresql://u:geheim@127.0.0.1:1/x', $folder, 'upgrade', 'head');
    ok($status == 3 && $err =~ /cannot connect/ && $err !~ /geheim/, 'no server: exit 3, no password shown');
    ($status, undef, $err) = native(database() =~ s{/migrate_test_\w+\?}{/no_such_db?}r, $folder, 'current');
    ok($status == 3 && $err =~ /database "no_such_db" does not exist/, 'no such database');
}

# --- the log file, the encoding, a search_path that a step changes
{
    my $url = database();
    my $log = scratch('migration.log');
    my $words = header(1, '', 'Grüße')
        . "-- up\nSET search_path = pg_catalog;\nCREATE TABLE public.t AS SELECT 'ä€' AS x;\n";
    my @command = ({DATABASE_URL => $url, DIRECTORY => folder_of('a.sql' => $words),
                    PGCLIENTENCODING => 'LATIN1'}, 'pgrehearse-migrate', 'upgrade', 'head');
    my ($status, undef, $err) = run(@command, '--log', $log);
    is($status, 0, 'runs') or diag($err);
    is(read_file($log), $err, '--log gets the log as standard error does');
    is(value($url, 'SELECT octet_length(x), version_num FROM t, alembic_version'), '5|1',
        'UTF-8 stays UTF-8');
    $command[0]{MIGRATION_LOG} = $log;
    is($err . (run(@command))[2], read_file($log), '$MIGRATION_LOG, appended');
}

done_testing();
