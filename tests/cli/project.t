#!/usr/bin/perl
# A project that nobody described: recognised, rehearsed revision by revision, and what is wrong with
# what was asked for said in one line.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use Fcntl qw(:flock);
use POSIX qw(mkfifo);
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";
my @quick = ('--scenario', 'fresh,existing-data,rollback');

# A project of our own migrator's files, with a profile of its own. Each revision: [id, up, down].
sub project {
    my (@revisions) = @_;
    my $folder = area('project');
    mkdir "$folder/$_" or die for 'db', 'pgrehearse', 'pgrehearse/migrators';
    write_file("$folder/pgrehearse/migrators/described.yaml", <<'Y');
name: described
detect: [{all: [{file: "*.sql", contains: "^-- revision: "}], folder: "."}]
revisions:
  {files: ["*.sql"], name: "([^/]*)\\.sql$", id_in: "^-- revision: *([^ \n]+)", down_in: "^-- down", order: name}
upgrade: pgrehearse-migrate upgrade {revision}
downgrade: pgrehearse-migrate downgrade {revision}
current: pgrehearse-migrate current
base: base
tables: [alembic_version]
Y
    my $parent = 'none';
    for my $r (@revisions) {
        my ($id, $up, $down) = @$r;
        write_file("$folder/db/$id.sql", "-- revision: $id\n-- parent: $parent\n-- message: $id\n\n-- up\n$up\n"
            . (defined $down ? "\n-- down\n$down\n" : ''));
        $parent = $id;
    }
    return $folder;
}

sub run_project {
    my ($folder, @options) = @_;
    my $output = area('output');
    my $command = join ' ', map { "'$_'" } @options;
    my $out = qx{cd $folder && $program run $command --output $output 2>$output/stderr};
    return ($? >> 8, $out, read_file("$output/stderr"), $output);
}

my @sound = (
    ['0001_orders', 'CREATE TABLE orders (id int PRIMARY KEY, note text);', 'DROP TABLE orders;'],
    ['0002_total', 'ALTER TABLE orders ADD COLUMN total numeric NOT NULL DEFAULT 0;', 'ALTER TABLE orders DROP COLUMN total;'],
    ['0003_items', 'CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders);', 'DROP TABLE items;']);

# the newest revision, by default
{
    my ($status, $out, $said) = run_project(project(@sound), @quick);
    is($status, 0, 'a sound project: exit 0') or diag($out, $said);
    like($said, qr/\Apgrehearse: rehearsing the project project-?\d*: described, 3 revisions in db; rehearsing 0003_items\n/,
        'the first line says what is rehearsed');
    like($out, qr/^passed: 4 scenarios/m, 'the revisions, and three scenarios');
    unlike($out, qr/0001_orders/, 'the newest alone');
}

# every revision, with names of their own everywhere
{
    my ($status, $out, $said, $output) = run_project(project(@sound), '--each', @quick);
    is($status, 0, '--each: exit 0') or diag($out, $said);
    like($out, qr/^✓ rollback \(\Q$_->[0]\E\) /m, "--each: $_->[0]") for @sound;
    my $junit = read_file("$output/junit.xml");
    like($junit, qr/name="existing-data \(0002_total\)"/, '--each: a name of its own in JUnit');
    ok(-s "$output/logs/rollback-r3-1-upgrade.log", '--each: a log of its own');
}

# what is left out of a range is one line a reason
{
    my @forward = map { [sprintf('%04d_t', $_), "CREATE TABLE t$_ ();"] } 1 .. 5;
    my ($status, $out, $said) = run_project(project(@forward), '--each', '--scenario', 'fresh,rollback,round-trip');
    is($status, 0, 'no way back: exit 0') or diag($out, $said);
    like($said, qr/^left out rollback, round-trip: 0001_t, 0002_t, 0003_t and 2 more revisions have no way back$/m,
        'no way back: one line') or diag($said);
}

# the range
for my $row ([['--last', 2], '0002_total', '0003_items'], [['--from', '0001_orders', '--to', '0002_total'], '0002_total'],
    [['--from', 'base', '--to', '0001_orders'], '0001_orders'], [['--to', '0002'], '0002_total']) {
    my ($options, @expected) = @$row;
    my ($status, $out, $said) = run_project(project(@sound), @$options, '--scenario', 'fresh');
    my @found = $out =~ /^✓ fresh \((\S+)\)/mg;
    @found = $said =~ /rehearsing (\S+)$/m if @expected == 1;
    is_deeply([$status, @found], [0, @expected], "@$options") or diag($out, $said);
}

# a revision's twin is gone before the next one is rehearsed: the second revision looks for it
{
    my $look = <<'SQL';
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_database WHERE datname ~ '_rules_r1_(twin|elsewhere)$'
        AND split_part(datname, '_', 2) = split_part(current_database(), '_', 2)) THEN
        RAISE EXCEPTION 'a twin is left';
    END IF;
END $$;
SQL
    my ($status, $out, $said) = run_project(project(
        ['0001_orders', 'CREATE TABLE orders (id int PRIMARY KEY, made timestamp);', 'DROP TABLE orders;'],
        ['0002_zoned', 'ALTER TABLE orders ALTER made TYPE timestamptz;', 'ALTER TABLE orders ALTER made TYPE timestamp;'],
        ['0003_look', $look, 'SELECT 1;']), '--last', 2, '--scenario', 'rules');
    unlike($out, qr/a twin is left/, '--last: no twin is left') or diag($out, $said);
    like($out, qr/rules \(0003_look\)/, '--last: the last one was rehearsed');
}

# what a branch adds, whether committed or not
{
    my $folder = project(@sound[0, 1]);
    my $git = "git -C $folder -c user.name=a -c user.email=a\@example.com";
    system("git init -q -b main $folder && $git add -A && $git commit -qm first && $git checkout -qb branch") == 0 or die 'git';
    write_file("$folder/db/0003_items.sql",
        "-- revision: 0003_items\n-- parent: 0002_total\n-- message: m\n\n-- up\n$sound[2][1]\n\n-- down\n$sound[2][2]\n");
    my ($status, $out, $said) = run_project($folder, '--since', 'main', '--scenario', 'fresh');
    like($said, qr/rehearsing 0003_items$/m, '--since: what git does not know yet') or diag($out, $said);
    system("$git add -A && $git commit -qm second") == 0 or die 'git';
    ($status, $out, $said) = run_project($folder, '--since', 'main', '--scenario', 'fresh');
    is($status, 0, '--since: exit 0');
    like($said, qr/rehearsing 0003_items$/m, '--since: what was committed') or diag($out, $said);
    ($status, $out, $said) = run_project($folder, '--since', 'branch');
    is($status, 2, '--since: nothing was added, exit 2');
    ($status, $out, $said) = run_project($folder, '--since', 'nosuch');
    like($said, qr/--since nosuch: .*git knows no such commit/, '--since: no such commit');
    local $ENV{PATH} = '/nowhere';
    ($status, $out, $said) = run_project($folder, '--since', 'main');
    is($status, 3, '--since without git: could not check');
    like($said, qr/--since main: .*git is not installed: install the package git$/m, '  which is said');
}

# rows of the project's own
{
    my $folder = project(@sound[0, 1]);
    my $own = area('own');
    write_file("$folder/rows.sql", "COPY orders FROM stdin;\n1\tone\n2\ttwo\n\\.\n");
    my ($status, $out, $said, $output) = run_project($folder, '--data', 'rows.sql', @quick);
    is($status, 0, '--data FILE: exit 0') or diag($out, $said);
    like(read_file("$output/run.json"), qr/"name": "rows",\s*"unit": "rows",\s*"value": 2\b/, '--data FILE: those rows alone');
    write_file("$own/0001_orders.sql", "INSERT INTO orders VALUES (7, 'seven');\n");
    ($status, $out, $said) = run_project($folder, '--data', $own, '--each', @quick);
    is($status, 0, '--data DIR: exit 0') or diag($out, $said);
    write_file("$folder/bad.sql", "INSERT INTO nosuch VALUES (1);\n");
    ($status, $out, $said) = run_project($folder, '--data', 'bad.sql', @quick);
    is($status, 2, 'rows that do not fit: exit 2');
    like($said, qr/--data: psql:.*bad\.sql:1: ERROR: +relation "nosuch" does not exist/, 'rows that do not fit: where');
}

# broken revisions, and by what they are found
my %broken = (
    'a way back that leaves something' => [0, ['0003_x', 'CREATE TABLE x (); CREATE TABLE y ();', 'DROP TABLE x;'],
        qr/^finding +[^\n]*table public\.y\n.*?^ +in rollback/ms],
    'a revision that does not apply' => [0, ['0003_x', 'ALTER TABLE nosuch ADD COLUMN a int;', ''],
        qr/^finding +[^\n]*relation "nosuch" does not exist\n.*?^ +in fresh/ms],
    'one before the baseline' => [1, ['0003_x', 'ALTER TABLE nosuch ADD COLUMN a int;', ''],
        qr/^finding +[^\n]*0003_x does not apply to a new database: [^\n]*"nosuch" does not exist/m],
    'rows that are gone' => [0, ['0003_x', 'DELETE FROM orders;', 'SELECT 1;'],
        qr/^finding +[^\n]*orders[^\n]*\n.*?^ +in existing-data/ms]);
for my $name (sort keys %broken) {
    my ($more, $revision, $expected) = @{$broken{$name}};
    my @after = $more ? (['0004_y', 'CREATE TABLE z ();', 'DROP TABLE z;']) : ();
    my ($status, $out, $said) = run_project(project(@sound[0, 1], $revision, @after), @quick);
    is($status, 1, "$name: exit 1") or diag($out, $said);
    like($out, $expected, "$name: found");
}

# an incomplete way back is one finding, with its place, however many checks trip over it; rows that
# it loses are another
{
    my $scenarios = 'rollback,round-trip,rules';
    my $way_back = sub {
        my ($status, $out, $said) = run_project(project(@sound[0, 1], ['0003_x', @_]), '--scenario', $scenarios);
        my @findings = $out =~ /^finding +(.*\n(?: +.*\n)+)/mg;
        return ($status, $out . $said, @findings);
    };
    my ($status, $all, @findings) = $way_back->('CREATE TABLE x ();', 'SELECT 1;');
    is_deeply([$status, scalar @findings], [1, 1], 'a way back that does nothing is one finding') or diag($all);
    like($findings[0], qr{\Adb/0003_x\.sql:8: the downgrade undid nothing: .*^ +in rollback, round-trip and rules }ms,
        'where it is, and all who have seen it');
    ($status, $all) = $way_back->('CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE x ();', 'DROP TABLE x;');
    is($status, 0, 'an extension may stay: exit 0') or diag($all);
    like($all, qr{^note +\S+: extension pgcrypto was not there at the baseline and is left behind}m, 'and is noted');
    $scenarios = 'rollback'; # which is quicker
    ($status, $all) = $way_back->('CREATE EXTENSION IF NOT EXISTS pgcrypto;', 'SELECT 1;');
    is($status, 0, 'also if nothing else is made') or diag($all);
    ($status, $all) = $way_back->('CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE x ();', 'SELECT 1;');
    is($status, 1, 'but not what is made beside it') or diag($all);
    ($status, $all) = $way_back->('DELETE FROM orders;', 'SELECT 1;');
    is($status, 0, 'deleted rows cannot be brought back: existing-data has said that they are lost') or diag($all);
    ($status, $all, @findings) = $way_back->('UPDATE orders SET note = note || note;', 'SELECT 1;');
    is_deeply([$status, scalar @findings], [1, 1], 'changed values may be') or diag($all);
    $scenarios = 'rollback,round-trip,rules';
    ($status, $all, @findings) = $way_back->('CREATE TABLE x (); CREATE TABLE y ();', 'DROP TABLE x;');
    is_deeply([$status, scalar @findings], [1, 1], 'so is one that leaves something') or diag($all);
    like($findings[0], qr{\Adb/0003_x\.sql:8: left behind: table public\.y\n.*^ +in rollback, round-trip and rules }ms, 'in the same way');
    ($status, $all, @findings) = $way_back->('CREATE TABLE x (); CREATE TABLE y ();', 'DROP TABLE x; DELETE FROM orders;');
    is_deeply([$status, scalar @findings], [1, 2], 'one that loses rows as well is two') or diag($all);
    like($findings[1], qr{\Adb/0003_x\.sql:9: deletes rows of public\.orders.*^ +in rollback and round-trip }ms,
        'also where the next upgrade finds them lost');
    like($findings[1], qr/orders/, 'of which the other names the rows');
    $scenarios = 'rollback,round-trip';
    ($status, $all, @findings) = $way_back->('CREATE TABLE x ();', 'DROP TABLE x; DROP TABLE orders;');
    is_deeply([$status, scalar @findings], [1, 1], 'one that loses a table is one, although its rows are lost too') or diag($all);
    ($status, $all, @findings) = $way_back->('CREATE TABLE x ();', 'DROP TABLE x;');
    is_deeply([$status, scalar @findings], [0, 0], 'a whole one is none') or diag($all);
}

# a place that its tool fills has the value that pgrehearse.yaml gives
{
    my $folder = area('place');
    mkdir "$folder/m" or die;
    write_file("$folder/$_->[0]", $_->[1]) for ['m/1_a.postgres.up.sql', 'CREATE TABLE {{ index .Options "Namespace" }}.a (x int);'],
        ['m/1_a.postgres.down.sql', 'DROP TABLE {{ index .Options "Namespace" }}.a;'],
        ['pgrehearse.yaml', "migrator: {environment: [POP_NAMESPACE=public]}\n"];
    my ($status, $out, $said) = run_project($folder, '--scenario', 'fresh,rollback');
    is($status, 0, 'a place with a value: exit 0') or diag($out, $said);
}

# of two files of a revision, one for PostgreSQL and one for all databases, the first counts
{
    my $folder = area('pop');
    write_file("$folder/$_->[0]", $_->[1]) for ['1_a.up.sql', 'CREATE TABLE a (x int);'], ['1_a.down.sql', 'DROP TABLE a;'],
        ['2_b.postgres.up.sql', 'CREATE TABLE b (x int);'], ['2_b.up.sql', 'nonsense'],
        ['2_b.down.sql', 'nonsense'], ['2_b.postgres.down.sql', 'DROP TABLE b;'], ['3_c.postgres.up.sql', 'CREATE TABLE c (x int);'],
        ['3_c.mysql.up.sql', 'nonsense'], ['3_c.down.sql', 'DROP TABLE c;'];
    my ($status, $out, $said) = run_project($folder, '--each', '--scenario', 'fresh,rollback');
    is($status, 0, 'pop: the file for PostgreSQL') or diag($out, $said);
    like($said, qr/: pop.*, 3 revisions in \.; rehearsing 1 to 3$/m, 'pop: and each revision once');
    like($out, qr/^✓ rollback \($_\) /m, "pop: $_ has a way back") for 1 .. 3;
    write_file("$folder/2_other.postgres.up.sql", 'SELECT 1;');
    ($status, $out, $said) = run_project($folder, '--each', '--scenario', 'fresh,rollback');
    is($status, 1, 'pop: two files for PostgreSQL are a finding') or diag($out, $said);
    like($out, qr/^finding +.*duplicate revision 2: .*2_b\.postgres\.up\.sql and .*2_other/m, 'pop: which names both');
    is(scalar(() = $out =~ /^\?/mg), 0, 'what did not run of a range has no lines of its own') or diag($out);
    like($out, qr/^not run +\d+ checks in \d+ scenarios: the revisions have to be fixed first$/m, 'but one for all');
}

# what our migrator cannot run is nothing against the migration
{
    my $folder = area('goose');
    my $sql = sub { "-- +goose Up\nCREATE TABLE $_[0] (x int);\n-- +goose Down\nDROP TABLE $_[0];\n" };
    write_file("$folder/1_a.sql", $sql->('a'));
    write_file("$folder/2_b.go", 'package migrations');
    my @run = ('--migrator', 'goose', '--migrations', '.', '--scenario', 'fresh,rollback');
    my ($status, $out, $said) = run_project($folder, @run);
    is($status, 0, 'a revision in Go after the target: exit 0') or diag($out, $said);
    write_file("$folder/3_c.sql", $sql->('c'));
    ($status, $out, $said) = run_project($folder, @run);
    is($status, 3, 'before it: could not check') or diag($out, $said);
    like($said, qr/^pgrehearse: the migrator could not run: .*2_b\.go is a program that only goose can run$/m, 'which says why');
    unlike($out, qr/^finding/m, 'and is no finding');
}

# somebody's work in which nothing is recognised: not the shipped suite, whose verdict would say nothing of it
{
    my $folder = area('unrecognised');
    mkdir "$folder/$_" or die $! for 'schema', 'schema/v1', '.git';
    write_file("$folder/schema/v1/first.sql", 'CREATE TABLE a (id int PRIMARY KEY);');
    my $said = `cd '$folder' && $program run --scenario fresh --output '$folder/output' 2>&1`;
    is($? >> 8, 2, 'nothing recognised in a work tree: exit 2');
    like($said, qr/\Apgrehearse: \S+: no migrations were recognised here or below; name them with --migrator NAME --migrations DIR [^\n]*\n\z/,
        'one line, which says how to name them');
    $said = `cd '$folder' && $program run --migrator plain --migrations schema --output '$folder/output' 2>&1`;
    is($? >> 8, 2, 'a folder with a number is no numbered file: exit 2');
    like($said, qr/^pgrehearse: \S+: there is no revision$/m, 'which is said');
    $said = `cd '$folder' && $program run --migrator plain-folders --migrations schema --scenario fresh --output '$folder/output' 2>&1`;
    is($? >> 8, 0, 'named so: exit 0') or diag($said);
    like($said, qr/^pgrehearse: rehearsing the project unrecognised\S*: numbered files of SQL/m, 'it is the project that is rehearsed');
    rmdir "$folder/.git" or die $!;
    $said = `cd '$folder' && $program run --scenario fresh --output '$folder/output' 2>&1`;
    like($said, qr/^pgrehearse: rehearsing the suite migration_002 \(no project was recognised here\)$/m, 'elsewhere the shipped suite');
}

# The shipped suite's migrations, with one column of another name.
sub misfit {
    my $folder = area('misfit');
    system("cp fixtures/suites/migration_002/migrations/*.sql $folder && sed -i 's/indexed_at/seen_at/g' $folder/*.sql") == 0 or die;
    return $folder;
}

# a baseline that took long is kept for the next run, unless a file changed, and a broken one is not used
{
    my $slow = ["0001_slow_$$", 'SELECT pg_sleep(1.2); CREATE TABLE slow (id int PRIMARY KEY);', 'DROP TABLE slow;'];
    my $folder = project($slow, ['0002_more', 'ALTER TABLE slow ADD COLUMN a int;', 'ALTER TABLE slow DROP COLUMN a;']);
    my $cached = qr/the baseline 0001_slow_$$ comes from the cache/;
    my %before = map { $_ => 1 } glob '/var/cache/pgrehearse-61*/baseline-*';
    my ($status, $out, $said) = run_project($folder, @quick);
    is($status, 0, 'not yet cached: exit 0') or diag($out, $said);
    unlike($said, $cached, 'not yet cached');
    ($status, $out, $said) = run_project($folder, @quick);
    is($status, 0, 'cached: exit 0') or diag($out, $said);
    like($said, $cached, 'cached: it says so');
    # other tests keep theirs in the same place while the machine is slow
    my ($new) = grep { !$before{$_} && system('grep', '-rqs', "0001_slow_$$", $_) == 0 } glob '/var/cache/pgrehearse-61*/baseline-*';
    if ($new) { # of root; others have it in their own folder
        truncate "$new/global/pg_control", 0 or die $!;
        ($status, $out, $said) = run_project($folder, @quick);
        is($status, 0, 'a broken cache: exit 0') or diag($out, $said);
        unlike($said, $cached, 'a broken cache is not used');
    }
    write_file("$folder/db/notes.txt", "changed\n");
    ($status, $out, $said) = run_project($folder, @quick);
    unlike($said, $cached, 'a file that changed: another baseline');
}

# a cluster that another run is putting into the cache is left alone; one that a dead run left is not
{
    my $cache = $> == 0 ? (glob '/var/cache/pgrehearse-61*')[0] : "$ENV{HOME}/.cache/pgrehearse";
    my ($living, $dead) = map { "$cache/baseline-$$.making-$_" } 'living', 'dead';
    mkdir $_ or die "$_: $!" for $living, $dead;
    if ($> == 0) { # the caches of root are those of the server's account
        my ($uid, $gid) = (stat $cache)[4, 5];
        chown $uid, $gid, $living, $dead or die $!;
    }
    open my $held, '<', $living or die $!;
    flock $held, LOCK_SH or die $!;
    my ($status, $out, $said) = run_project(project(@sound), '--scenario', 'fresh');
    is($status, 0, 'while another run fills the cache: exit 0') or diag($out, $said);
    ok(-d $living, 'what it is making is left alone');
    ok(!-e $dead, 'what a dead run left is swept');
    rmdir $living;
}

# A new constraint that invented rows break is no proof against the migration, and a column that no
# row can have is.
{
    my @narrow = (['0004_check', "ALTER TABLE orders ADD CONSTRAINT known CHECK (note IN ('a', 'b'));",
            'ALTER TABLE orders DROP CONSTRAINT known;']);
    my ($status, $out, $said, $output) = run_project(project(@sound, @narrow), @quick);
    is($status, 0, 'rows that only we made: exit 0') or diag($out, $said);
    like($out, qr/^note .*public\.orders \(the upgrade refuses generated rows: check constraint "known" of relation "orders"/m,
        'a note says which, and why');
    my $data = "$output/own.sql";
    write_file($data, "INSERT INTO orders VALUES (1, 'c');\n");
    ($status, $out, $said) = run_project(project(@sound, @narrow), '--data', $data, @quick);
    is($status, 1, 'rows that the project has: exit 1') or diag($out, $said);
    my @short = (['0004_short', 'ALTER TABLE orders ALTER note TYPE varchar(2);', 'ALTER TABLE orders ALTER note TYPE text;']);
    ($status, $out, $said) = run_project(project(@sound, @short), @quick);
    is($status, 0, 'values that only we made too long: exit 0') or diag($out, $said);
    like($out, qr/^note .*public\.orders \(the upgrade refuses generated rows: value too long/m, 'a note says which, and why');
    my @unique = (['0004_unique', 'CREATE UNIQUE INDEX once ON orders (total);', 'DROP INDEX once;']);
    ($status, $out, $said) = run_project(project(@sound, @unique), @quick);
    is($status, 0, 'keys that only we made twice: exit 0') or diag($out, $said);
    like($out, qr/^note .*public\.orders \(the upgrade refuses generated rows: could not create unique index "once"/m,
        'a note says which, and why');
    my @renamed = (['0004_renamed', "ALTER TABLE orders RENAME TO orders_2024;\n"
            . "ALTER TABLE orders_2024 ADD CONSTRAINT known CHECK (note IN ('a', 'b'));",
            'ALTER TABLE orders_2024 DROP CONSTRAINT known; ALTER TABLE orders_2024 RENAME TO orders;']);
    ($status, $out, $said) = run_project(project(@sound, @renamed), @quick);
    is($status, 0, 'rows that only we made, of a table renamed on the way: exit 0') or diag($out, $said);
    like($out, qr/^note .*public\.orders \(the upgrade refuses generated rows: check constraint "known" of relation "orders_2024"/m,
        'a note says which, and why');
    my @cast = (['0004_cast', "CREATE TYPE size AS ENUM ('small', 'large');\n"
            . "CREATE TABLE sizes (id serial PRIMARY KEY, size size);\nINSERT INTO sizes (size) SELECT note::size FROM orders;",
            'DROP TABLE sizes; DROP TYPE size;']);
    ($status, $out, $said) = run_project(project(@sound, @cast), @quick);
    is($status, 0, 'text that becomes an enum: exit 0') or diag($out, $said);
    unlike($out, qr/refuses generated rows/, 'it has labels of the enum in generated rows');
    my @enum = (['0004_enum', "CREATE TYPE state AS ENUM ('new', 'old', 'gone');\nCREATE TABLE \"Jobs\" (id int PRIMARY KEY, state state NOT NULL);",
            'DROP TABLE "Jobs"; DROP TYPE state;'],
        ['0005_fewer', "CREATE TYPE state_new AS ENUM ('new', 'old');\nALTER TABLE \"Jobs\" ALTER state TYPE state_new USING state::text::state_new;\n"
            . "DROP TYPE state;\nALTER TYPE state_new RENAME TO state;",
            "ALTER TYPE state RENAME TO state_new;\nCREATE TYPE state AS ENUM ('new', 'old', 'gone');\n"
            . "ALTER TABLE \"Jobs\" ALTER state TYPE state USING state::text::state;\nDROP TYPE state_new;"]);
    ($status, $out, $said) = run_project(project(@sound, @enum), @quick);
    is($status, 0, 'an enum that loses a label: exit 0') or diag($out, $said);
    like($out, qr/^note +no generated row has 'gone' in public\."Jobs"\.state: the upgrade refuses it there; if production may/m, 'a note says which');
    unlike($out, qr/has no rows|have no rows/, 'and every table keeps its rows');
    write_file($data, "INSERT INTO \"Jobs\" VALUES (1, 'gone');\n");
    ($status, $out, $said) = run_project(project(@sound, @enum), '--data', $data, @quick);
    is($status, 1, 'where the project has such a row: exit 1') or diag($out, $said);
    my @fresh = (['0004_type', "CREATE TYPE size AS ENUM ('small');", 'DROP TYPE size;'],
        ['0005_label', "ALTER TYPE size ADD VALUE 'large';\nALTER TABLE orders ALTER note TYPE size USING note::size;",
            'ALTER TABLE orders ALTER note TYPE text;']);
    ($status, $out, $said) = run_project(project(@sound, @fresh), @quick);
    is($status, 1, 'text that becomes a label of the same transaction: exit 1') or diag($out, $said);
    like($out, qr/^finding .*unsafe use of new value "large" of enum type size/m, 'which says so');
    my @guarded = (['0004_guarded', "DO \$\$ BEGIN IF EXISTS (SELECT FROM orders WHERE note <> 'a') THEN\n"
            . "RAISE EXCEPTION 'orders has notes that nobody knows'; END IF; END \$\$;", 'SELECT 1;']);
    ($status, $out, $said) = run_project(project(@sound, @guarded), @quick);
    is($status, 0, 'rows that only we made, and the migration refuses by itself: exit 0') or diag($out, $said);
    like($out, qr/^note .*public\.orders \(the upgrade refuses generated rows: orders has notes that nobody knows/m, 'a note says which');
    my @column = (['0004_column', 'ALTER TABLE orders ADD COLUMN place text NOT NULL;', 'ALTER TABLE orders DROP COLUMN place;']);
    ($status, $out, $said) = run_project(project(@sound, @column), @quick);
    is($status, 1, 'a column that no row can have: exit 1') or diag($out, $said);
    like($out, qr/^finding .*column "place" of relation "orders" contains null values/m, 'which says so');
}

# a revision that is empty
{
    my ($status, $out, $said) = run_project(project($sound[0], ['0002_empty', '-- for the order alone', '']), '--scenario', 'interrupted');
    is($status, 0, 'an empty revision: exit 0') or diag($out, $said);
    like($out, qr/^note .*changes nothing but the migrator's own table/m, 'an empty revision: a note');
}

# extensions that the owner of the database installs
{
    my $folder = project($sound[0], ['0002_words', 'CREATE INDEX ON orders USING gin (note gin_trgm_ops);'], $sound[2]);
    my ($status, $out, $said) = run_project($folder, '--scenario', 'fresh');
    is($status, 1, 'no extension: exit 1') or diag($out, $said);
    like($out, qr/^finding .*gin_trgm_ops.*\n.* put extensions: \[pg_trgm\] into pgrehearse\.yaml$/m, 'no extension: it says which');
    write_file("$folder/pgrehearse.yaml", "extensions: [pg_trgm]\n");
    ($status, $out, $said) = run_project($folder, '--scenario', 'fresh');
    is($status, 0, 'with the extension: exit 0') or diag($out, $said);
}

# What the upgrade inserts by the clock differs the second time; rows that were there must not.
for my $row (['rows by the clock', 0, "INSERT INTO orders VALUES (100000, clock_timestamp()::text);"],
    ['values by the clock', 1, "UPDATE orders SET note = clock_timestamp()::text;"]) {
    my ($name, $code, $up) = @$row;
    my ($status, $out, $said) = run_project(project($sound[0], ['0002_seed', $up, 'DELETE FROM orders WHERE id = 100000;']),
        '--scenario', 'round-trip');
    is($status, $code, "$name: exit $code") or diag($out, $said);
}

# what cannot be meant
my $nothing = area('nothing');
my $fifo = area('fifo') . '/rows.sql';
mkfifo($fifo, 0600) or die $!;
for my $row (
    ['a folder without migrations', 2, [$nothing], qr/no migrations/],
    ['no such folder', 2, ["$nothing/none"], qr/no suite/],
    ['a revision that does not exist', 2, [project(@sound), '--from', '0099'], qr/--from 0099: no such revision; there are 3, the newest is 0003_items/],
    ['an empty range', 2, [project(@sound), '--from', '0003_items'], qr/no revision lies between it and 0003_items/],
    ['two beginnings', 2, [project(@sound), '--from', '0001', '--last', 2], qr/give only one/],
    ['--last 0', 2, [project(@sound), '--last', 0], qr/--last: expected 1 or more/],
    ['--since outside of git', 2, [project(@sound), '--since', 'main'], qr/it is not in a git repository/],
    ['--data that is a FIFO', 2, [project(@sound), '--data', $fifo], qr/--data \S+: not a regular file$/m],
    ['--data that is not there', 2, [project(@sound), '--data', 'none.sql'], qr/--data none\.sql: No such file/],
    ['migrations that the suite does not fit', 2, ['migration_002', '--migrations', misfit()],
        qr/suite migration_002 does not fit this project: repositories has no column indexed_at; without the suite/],
    ['--last with a suite', 2, ['migration_002', '--last', 2], qr/--last is for projects/],
    ['a scenario that needs a way back', 2, [project(@sound, ['0004_z', 'CREATE TABLE z ();']), '--scenario', 'rollback'], qr/0004_z has no way back/]) {
    my ($name, $code, $options, $expected) = @$row;
    my ($status, $out, $said) = run_project(area('here'), @$options);
    is($status, $code, "$name: exit $code") or diag($out, $said);
    like($said, qr/\A(pgrehearse: rehearsing[^\n]*\n)?pgrehearse: [^\n]*$expected[^\n]*\n\z/, "$name: one line");
}
is(leftovers(), '', 'nothing stays behind');
done_testing;
