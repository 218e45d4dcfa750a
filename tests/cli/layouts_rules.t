#!/usr/bin/env perl
# pgrehearse-migrate --layout: what a failure leaves behind under each transaction rule, what is
# refused, and what psql runs. Going there and back is in layouts.t.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

sub layout {
    my ($name, $url, $where, @arguments) = @_;
    return run({DATABASE_URL => $url, DIRECTORY => $where}, 'pgrehearse-migrate', '--layout', $name, @arguments);
}
sub tables { return value($_[0], "SELECT coalesce(string_agg(relname, ',' ORDER BY relname), '')"
    . " FROM pg_class WHERE relkind = 'r' AND relname IN ('one', 'two', 'three')") }

# Runs a folder's only revision; (status, the lines of the log that matter, the tables it left, database).
sub attempt {
    my ($name, %files) = @_;
    my $url = database();
    my ($status, undef, $err) = layout($name, $url, folder_of(%files), 'upgrade', 'head');
    return ($status, $err =~ s/^INFO .*\n//mgr, tables($url), $url);
}

my $failing = "CREATE TABLE one (x int);\nCREATE TABLE two (x int);\nSELECT 1/0;\n";
my $sound = "CREATE TABLE one (x int);\nCREATE INDEX CONCURRENTLY i ON one (x);\n";

# layout, file, text before, what it leaves, what is said of it
for my $row (
    ['golang-migrate', '1_a.up.sql', '', '', 'it ran outside a transaction'],
    ['golang-migrate', '1_a.up.sql', "BEGIN;\nCREATE TABLE three (x int);\nCOMMIT;\n", 'three', 'it ran outside a transaction'],
    ['morph', '1_a.up.sql', '', '', 'rolled back, nothing has changed'],
    ['goose', '1_a.sql', "-- +goose Up\n", '', 'rolled back, nothing has changed'],
    ['goose', '1_a.sql', "-- +goose no transaction\n-- +goose up\n", 'one,two', 'it ran outside a transaction'],
    ['goose', '1_a.sql', "-- +goose Up\nCREATE TABLE three (x int);\nCOMMIT;\nBEGIN;\n", 'three', 'it ran outside a transaction'],
    ['sql-migrate', '1_a.sql', "-- +migrate Up notransaction\n", 'one,two', 'it ran outside a transaction'],
    ['dbmate', '1_a.sql', "-- migrate:up\n", '', 'rolled back, nothing has changed'],
    ['dbmate', '1_a.sql', "-- migrate:up transaction:false\n", '', 'it ran outside a transaction'],
    ['sqlx', '1_a.sql', "-- no-transaction\n", '', 'it ran outside a transaction'],
    ['flyway', 'V1__a.sql', '', '', 'rolled back, nothing has changed'],
    ['flyway', 'V1__a.sql', "VACUUM;\n", 'one,two', 'it ran outside a transaction'],
    ['prisma', '1_a/migration.sql', '', '', 'it ran outside a transaction'],
    ['supabase', '1_a.sql', '', '', 'rolled back, nothing has changed'],
    ['plain', '1.sql', '', '', 'rolled back, nothing has changed'],
    ['plain', '1.sql', "BEGIN;\nCREATE TABLE three (x int);\nCOMMIT;\n", 'one,three,two', 'it ran outside a transaction'],
    ['plain', '1.sql', "BEGIN;\nCREATE TABLE three (x int);\nCOMMIT AND CHAIN;\n", 'three', 'it ran outside a transaction'],
    ['plain', '1.sql', "\\set name three\nCREATE TABLE :name (x int);\n", '', 'rolled back, nothing has changed'],
) {
    my ($name, $file, $before, $left, $said) = @$row;
    my $line = 3 + ($before =~ tr/\n//);
    my ($status, $err, $tables, $url) = attempt($name, $file => $before . $failing);
    is($status, 1, "$name: fails") or diag($err);
    like($err, qr/^ERROR \[migration\.\S+\] division by zero \(SQLSTATE 22012; \Q$file\E, line $line[,)].*; \Q$said\E/m,
        "$name: says where, and what is left") or diag($err);
    is($tables, $left, "$name: leaves what the tool would leave ($before)");
    is((layout($name, $url, folder_of($file => $before . $failing), 'current'))[1], '', "$name: and is not done")
        if $name ne 'golang-migrate';
    drop_databases($url);
}

# --- what cannot run in a transaction
for my $row (
    ['goose', '1_a.sql', "-- +goose NO TRANSACTION\n-- +goose Up\n"],
    ['sql-migrate', '1_a.sql', "-- +migrate Up notransaction\n"],
    ['flyway', 'V1__a.sql', ''],
    ['plain', '1.sql', ''],
) {
    my ($name, $file, $before) = @$row;
    my ($status, $err, $tables) = attempt($name, $file => $before . $sound);
    is_deeply([$status, $tables], [0, 'one'], "$name: CREATE INDEX CONCURRENTLY") or diag($err);
}
{
    my %files = ('V1__a.sql' => $failing, 'V1__a.sql.conf' => "executeInTransaction=false\n");
    is((attempt('flyway', %files))[2], 'one,two', 'flyway: executeInTransaction=false');
    %files = ('1_a/up.sql' => "CREATE TABLE one (x int);\n", '1_a/metadata.toml' => "run_in_transaction = false\n");
    my ($status, $err) = attempt('diesel', %files, '2_b/up.sql' => 'CREATE INDEX CONCURRENTLY i ON one (x);',
        '2_b/metadata.toml' => "# no\nrun_in_transaction=false\n");
    is($status, 0, 'diesel: run_in_transaction') or diag($err);
    ($status, $err) = attempt('dbmate', '1_a.sql' => "-- migrate:up\nCREATE TABLE one (x int);\nCOMMIT;\n");
    ok($status == 1 && $err =~ /ended the transaction in which it runs \(1_a\.sql, line \d+\)/, 'dbmate: COMMIT') or diag($err);
    ($status, $err) = attempt('golang-migrate', '1_a.up.sql' => "BEGIN;\nCREATE TABLE one (x int);\n");
    ok($status == 1 && $err =~ /left a transaction open/, 'golang-migrate: BEGIN without COMMIT') or diag($err);
}

# --- a failure that the tool remembers
{
    my %files = ('1_a.up.sql' => $failing, '1_a.down.sql' => '');
    my $where = folder_of(%files);
    my $url = database();
    is((layout('golang-migrate', $url, $where, 'upgrade', 'head'))[0], 1, 'golang-migrate: fails');
    is(value($url, 'SELECT version, dirty FROM schema_migrations'), '1|t', 'golang-migrate: the database is dirty');
    my ($status, undef, $err) = layout('golang-migrate', $url, $where, 'upgrade', 'head');
    ok($status == 2 && $err =~ /^pgrehearse-migrate: the database is dirty at version 1: repair the database, then run .*stamp/m,
        'golang-migrate: and stays refused') or diag("$status $err");
    is((layout('golang-migrate', $url, $where, 'stamp', 'base'))[0], 0, 'golang-migrate: until it is stamped');
    is(value($url, 'SELECT count(*) FROM schema_migrations'), 0, 'golang-migrate: clean');

    $where = folder_of('1_a/migration.sql' => $failing);
    $url = database();
    layout('prisma', $url, $where, 'upgrade', 'head');
    is(value($url, 'SELECT migration_name, finished_at IS NULL, logs IS NOT NULL FROM _prisma_migrations'), '1_a|t|t',
        'prisma: the failed row');
    ($status, undef, $err) = layout('prisma', $url, $where, 'upgrade', 'head');
    ok($status == 2 && $err =~ /migration 1_a has failed/, 'prisma: and stays refused');
}

# --- one transaction for the whole run
{
    my $journal = '{"entries": [{"tag": "0_a", "when": 1}, {"tag": "1_b", "when": 2}]}';
    my ($status, $err, $tables, $url) = attempt('drizzle', 'meta/_journal.json' => $journal,
        '0_a.sql' => "CREATE TABLE one (x int);\n", '1_b.sql' => "CREATE TABLE two (x int);--> statement-breakpoint\nSELECT 1/0;\n");
    is_deeply([$status, $tables, value($url, 'SELECT count(*) FROM drizzle.__drizzle_migrations')], [1, '', 0],
        'drizzle: nothing of the run is left') or diag($err);
    like($err, qr/1_b\.sql, line 2, statement 2 of 2\); rolled back, nothing has changed/, 'drizzle: says so');
}

# --- a search_path that a migration changes
{
    my $path = "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.one (x int);\n";
    for my $row (['goose', '1_a.sql', "-- +goose Up\n", 1], ['sqlx', '1_a.sql', '', 1], ['diesel', '1_a/up.sql', '', 1],
        ['dbmate', '1_a.sql', "-- migrate:up\n", 0], ['golang-migrate', '1_a.up.sql', '', 0], ['flyway', 'V1__a.sql', '', 0]) {
        my ($name, $file, $before, $expected) = @$row;
        my ($status, $err) = attempt($name, $file => $before . $path);
        is($status, $expected, "$name: a search_path changed for good ends as with the tool") or diag($err);
    }
    my ($status, $err) = attempt('flyway', 'V1__a.sql' => $path, 'V2__b.sql' => "CREATE TABLE two (x int);\n");
    is($status, 0, 'flyway: and is restored for the next') or diag($err);
}

# --- byte order marks, line ends
{
    my $mark = "\xEF\xBB\xBF";
    is((attempt('flyway', 'V1__a.sql' => "${mark}CREATE TABLE one (\r\n x int);\r\n"))[0], 0, 'flyway: takes a byte order mark');
    is((attempt('plain', '1.sql' => "${mark}CREATE TABLE one (\r\n x int);\r\n-- rollback\r\n"))[0], 0, 'plain: takes one');
    my ($status, $err) = attempt('sqlx', '1_a.sql' => "${mark}CREATE TABLE one (x int);\n");
    ok($status == 1 && $err =~ /SQLSTATE 42601; 1_a\.sql, line 1\)/, 'sqlx: sends it, and fails') or diag($err);
}

# --- repeatable scripts
{
    my %files = ('V1__a.sql' => "CREATE TABLE one (x int);\n", 'R__the_view.sql' => "CREATE OR REPLACE VIEW v AS SELECT x FROM one;\n");
    my ($where, $url) = (folder_of(%files), database());
    my ($status, undef, $err) = layout('flyway', $url, $where, 'upgrade', 'head');
    like($err, qr/Running repeatable the_view$/m, 'flyway: a repeatable script runs') or diag($err);
    is(value($url, 'SELECT version IS NULL, description, type FROM flyway_schema_history WHERE installed_rank = 2'), 't|the view|SQL',
        'flyway: has its row');
    unlike((layout('flyway', $url, $where, 'upgrade', 'head'))[2], qr/Running/, 'flyway: and does not run again');
    write_file("$where/R__the_view.sql", "CREATE OR REPLACE VIEW v AS SELECT x, 1 AS y FROM one;\n");
    like((layout('flyway', $url, $where, 'upgrade', 'head'))[2], qr/Running repeatable the_view$/m, 'flyway: until it has changed');
    write_file("$where/V1__a.sql", "CREATE TABLE one (x int, y int);\n");
    ($status, undef, $err) = layout('flyway', $url, $where, 'upgrade', 'head');
    ok($status == 2 && $err =~ /V1__a\.sql has changed since revision 1 was applied/, 'flyway: a changed file is refused') or diag($err);
}

# --- psql's own commands
{
    my %files = ('1_a.sql' => "\\i parts/tables.sql\n\\echo made\n", 'parts/tables.sql' => "CREATE TABLE one (x int);\n",
        '2_b.sql' => "COPY one FROM STDIN;\n1\n2\n\\.\n-- rollback\n\\set n 1\nDELETE FROM one WHERE x >= :n;\n");
    my ($where, $url) = (folder_of(%files), database());
    my ($status, undef, $err) = layout('plain', $url, $where, 'upgrade', 'head');
    is_deeply([$status, value($url, 'SELECT sum(x) FROM one')], [0, 3], 'plain: \i and COPY FROM STDIN go through psql') or diag($err);
    like($err, qr/^made$/m, 'plain: the log has what psql prints');
    is_deeply([(layout('plain', $url, $where, 'downgrade', '-1'))[0], value($url, 'SELECT count(*) FROM one')], [0, 0], 'plain: the way back too');
    write_file("$where/2_b.sql", "\\set n 1\n\nSELECT :n / 0;\n");
    ($status, undef, $err) = layout('plain', $url, $where, 'upgrade', 'head');
    ok($status == 1 && $err =~ /ERROR \[migration\.2\] division by zero \(SQLSTATE 22012; 2_b\.sql, line 3\); rolled back/, 'plain: a failure in psql has its line')
        or diag($err);
    write_file("$where/2_b.sql", "SELECT 1;\n-- rollback\n\\set n 1\n\nSELECT :n / 0;\n");
    is((layout('plain', $url, $where, 'upgrade', 'head'))[0], 0, 'plain: up');
    $err = (layout('plain', $url, $where, 'downgrade', '-1'))[2];
    like($err, qr/2_b\.sql, line 5\)/, 'plain: also behind a section line') or diag($err);
    ($status, undef, $err) = run({DATABASE_URL => $url, DIRECTORY => $where, PATH => "$ENV{PGREHEARSE_BUILD}/bin:/nowhere"},
        "$ENV{PGREHEARSE_BUILD}/bin/pgrehearse-migrate", '--layout', 'plain', 'downgrade', '-1');
    ok($status == 3 && $err =~ /psql is not on the PATH: install the package postgresql-client/, 'plain: without psql') or diag("$status $err");
}

# --- folders that are refused; what the table may hold
{
    my @rows = (
        ['a number twice', 'golang-migrate', {'1_a.up.sql' => '', '01_b.up.sql' => ''}, 'duplicate revision 01: in 01_b.up.sql and in 1_a.up.sql'],
        ['only a way back', 'morph', {'1_a.up.sql' => '', '2_b.down.sql' => ''}, 'revision 2 has no upgrade, only a downgrade: 2_b.down.sql'],
        ['no file', 'flyway', {'1.sql' => ''}, 'Flyway keeps them as V1_2__create_users.sql'],
        ['no journal', 'drizzle', {'0_a.sql' => ''}, 'meta/_journal.json: cannot be read: No such file'],
        ['a journal without its file', 'drizzle', {'0_a.sql' => '', 'meta/_journal.json' => '{"entries": [{"tag": "0_a", "when": 1}, {"tag": "1_b", "when": 2}]}'},
            'meta/_journal.json in . lists 1_b, which has no file'],
        ['a journal that is none', 'drizzle', {'meta/_journal.json' => '{"entries": '}, 'meta/_journal.json, line 2: not JSON'],
        ['no up line', 'dbmate', {'1_a.sql' => "-- migrate:down\n"}, '1_a.sql: no line begins the up section'],
        ['a NUL byte', 'plain', {'1_a.sql' => "a\0b"}, '1_a.sql: contains a NUL byte'],
        ['no such layout', 'rake', {'1_a.sql' => ''}, "no layout 'rake': give one of dbmate, diesel, drizzle,"],
        ['no layout file', './x.yaml', {'1_a.sql' => ''}, './x.yaml: cannot be read: No such file'],
    );
    for my $row (@rows) {
        my ($what, $name, $files, $message) = @$row;
        my ($status, $out, $err) = layout($name, '', folder_of(%$files), 'history');
        ok($status == 2 && $out eq '' && index($err, $message) >= 0 && $err =~ tr/\n// == 1, "refused: $what") or diag("$status $err");
    }
    is((layout('sqlx', '', folder_of('1_a.up.sql' => '', '2_b.down.sql' => ''), 'history'))[1], "<base> -> 1 (head), a\n",
        'sqlx: a way back alone does not count');

    for my $row (['goose', '2_b.go', '2_b_test.go', {'1_a.sql' => "-- +goose Up\nCREATE TABLE one (x int);\n"}],
        ['flyway', 'V2__b.java', 'b.java', {'V1__a.sql' => "CREATE TABLE one (x int);\n"}],
        ['pop', '2_b.up.fizz', '2_b.down.fizz', {'1_a.up.sql' => "CREATE TABLE one (x int);\n"}]) {
        my ($name, $program, $other, $files) = @$row;
        my ($status, $err, $tables, $url) = attempt($name, %$files, $program => 'package', $other => 'package');
        ok($status == 3 && $tables eq 'one' && $err =~ /^pgrehearse-migrate: \Q$program\E is a program that only \w+ can run$/,
            "$name: stops at a program") or diag("$status $err");
    }

    my %goose = map { ("$_\_t.sql" => "-- +goose Up\nSELECT $_;\n") } 1 .. 3;
    my ($where, $url) = (folder_of(%goose), database());
    layout('goose', $url, $where, 'upgrade', 'head');
    sql($url, 'DELETE FROM goose_db_version WHERE version_id = 2');
    my ($status, undef, $err) = layout('goose', $url, $where, 'upgrade', 'head');
    ok($status == 2 && $err =~ /revision 2 \(2_t\.sql\) was never applied, though 3 after it was/, 'goose: a hole is refused') or diag($err);

    my %dbmate = map { ("$_\_t.sql" => "-- migrate:up\nSELECT $_;\n") } 1 .. 3;
    ($where, $url) = (folder_of(%dbmate), database());
    layout('dbmate', $url, $where, 'upgrade', 'head');
    sql($url, "DELETE FROM schema_migrations WHERE version = '2'", "INSERT INTO schema_migrations VALUES ('0')");
    ($status, undef, $err) = layout('dbmate', $url, $where, 'upgrade', 'head');
    ok($status == 0 && $err =~ /Running upgrade 1 -> 2, t/, 'dbmate: a hole is filled, an unknown row is left alone') or diag($err);
    is(value($url, 'SELECT count(*) FROM schema_migrations'), 4, 'dbmate: which has its row');
}

# --- numbered files of every kind
{
    my $history = sub { my ($name, @files) = @_;
        return (layout($name, '', folder_of(map { ($_ => "SELECT 1;\n") } @files), 'history', '-v'))[1]
            =~ s/Rev: (\S+).*?Path: (\S+).*?(?=Rev:|\z)/$1=$2 /gsr };
    is($history->('plain', qw(1_a.sql 02_b.sql 10-c.sql 20240131_d.sql 003a_e.sql v4.sql notes.sql x/5_f.sql)),
        '20240131=20240131_d.sql 10=10-c.sql 5=x/5_f.sql 4=v4.sql 003a=003a_e.sql 02=02_b.sql 1=1_a.sql ',
        'plain: gaps, widths, timestamps, letters, folders');
    is($history->('plain', qw(1_a.up.sql 1_a.down.sql 2_b_up.sql 2_b_down.sql 3_c/up.sql 3_c/down.sql 4_d.sql rollback/4_d.sql
        5_e.sql 5_e.rollback.sql 2024-01-31-f.sql undo/2024-01-31-f.sql)),
        '2024-01-31=2024-01-31-f.sql 5=5_e.sql 4=4_d.sql 3=3_c/up.sql 2=2_b_up.sql 1=1_a.up.sql ', 'plain: ways back in other files');
    is($history->('plain-folders', qw(v1/1_a.sql v1/2_b.sql v2/1_a.sql v10/1_a.sql v10/1_a.down.sql)),
        'v10/1_a=v10/1_a.sql v2/1_a=v2/1_a.sql v1/2_b=v1/2_b.sql v1/1_a=v1/1_a.sql ', 'plain-folders: numbers that begin again');
    my %files = ('1_a.sql' => "CREATE TABLE one (x int);\n--//\@UNDO\nDROP TABLE one;\n",
        '2_b.sql' => "CREATE TABLE two (x int);\n-- Down Migration\nDROP TABLE two;\n",
        '3_c.sql' => "CREATE TABLE three (x int);\n", 'down/3_c.sql' => "DROP TABLE three;\n");
    my ($where, $url) = (folder_of(%files), database());
    is_deeply([(layout('plain', $url, $where, 'upgrade', 'head'))[0], tables($url)], [0, 'one,three,two'], 'plain: up');
    my ($status, undef, $err) = layout('plain', $url, $where, 'downgrade', 'base');
    is_deeply([$status, tables($url)], [0, ''], 'plain: down by three kinds of ways back') or diag($err);
}

# --- places that the tool fills
for my $row (
    ['flyway', 'V1__a.sql', '${name}', 'FLYWAY_PLACEHOLDERS_NAME'],
    ['flyway', 'V1__a.sql', '${my.na-me}', 'FLYWAY_PLACEHOLDERS_MY_NA_ME'],
    ['pop', '1_a.up.sql', '{{ index .Options "Namespace" }}', 'POP_NAMESPACE'],
    ['pop', '1_a.up.sql', '{{index .Options "Namespace"}}', 'POP_NAMESPACE'],
    ['pop', '1_a.up.sql', '{{ .DialectName }}', 'POP__DIALECTNAME']) {
    my ($name, $file, $place, $variable) = @$row;
    my $url = database();
    my $where = folder_of($file => "SELECT 1;\nCREATE TABLE $place (x int, $place int);\n");
    my $upgrade = sub { run({DATABASE_URL => $url, @_}, 'pgrehearse-migrate', '--layout', $name, '-m', $where, 'upgrade', 'head') };
    my ($status, undef, $err) = $upgrade->();
    is($status, 3, "$name: $place without a value: exit 3");
    like($err, qr/\Q$file\E, line 2: \S+ fills in \Q$place\E, and here it has no value: set the environment variable $variable\n/,
        "$name: $place: it says what to set");
    is_deeply([($upgrade->($variable => 'one'))[0], tables($url)], [0, 'one'], "$name: $place with a value");
    drop_databases($url);
}
{
    my ($status, $err, $tables, $url) = attempt('flyway', 'V1__a.sql' => 'CREATE TABLE ${flyway:defaultSchema}.one (x int);');
    is_deeply([$status, $tables], [0, 'one'], 'flyway: the schema that it always has') or diag($err);
    ($status, $err, $tables, $url) = attempt('plain', '1_a.sql' => q(CREATE TABLE one (x text DEFAULT '${name}{{ index }}');));
    is_deeply([$status, $tables], [0, 'one'], 'plain: nothing is filled in') or diag($err);
}

# --- the layout that docs/layouts.md writes
{
    my ($example) = read_file("$FindBin::Bin/../../docs/layouts.md") =~ /^(    title: our numbered folders\n(?:    .*\n)+)/m;
    my ($where, $url) = (folder_of('1/forward.sql' => "CREATE TABLE one (x int);\n", '1/back.sql' => "DROP TABLE one;\n",
        'our.yaml' => $example =~ s/^    //mgr), database());
    my ($status, undef, $err) = layout('our.yaml', $url, $where, 'upgrade', 'head');
    is_deeply([$status, tables($url), value($url, 'SELECT version FROM our_versions')], [0, 'one', 1], 'the layout of docs/layouts.md')
        or diag($err);
    is_deeply([(layout('our.yaml', $url, $where, 'downgrade', 'base'))[0], tables($url)], [0, ''], 'and back');
}

done_testing();
