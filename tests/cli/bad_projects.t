#!/usr/bin/perl
# Projects that cannot be rehearsed as they are: what is wrong, in one line, with the right exit code.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";

# A folder with these files, by name.
sub project {
    my (%files) = @_;
    my $folder = area('bad');
    for my $name (sort keys %files) {
        my ($path) = $name =~ m{^(.*)/};
        system('mkdir', '-p', "$folder/$path") == 0 or die if $path;
        write_file("$folder/$name", $files{$name});
    }
    return $folder;
}

sub alembic {
    my (%parents) = @_;
    return project('alembic.ini', "[alembic]\nscript_location = alembic\n", 'alembic/env.py', '',
        map { ("alembic/versions/$_.py", "revision = '$_'\ndown_revision = $parents{$_}\ndef upgrade():\n    pass\n") } keys %parents);
}

sub run_project {
    my ($folder, @options) = @_;
    my $output = area('output');
    my $command = join ' ', map { "'$_'" } @options;
    my $out = qx{$program run $folder --scenario fresh $command --output $output 2>$output/stderr};
    return ($? >> 8, $out, read_file("$output/stderr"));
}

my $dangling = project('migrations/1_a.up.sql' => 'SELECT 1;');
symlink '/nowhere/b.sql', "$dangling/migrations/2_b.up.sql" or die $!;

# mistakes of the command line and of the folder, and what is not installed
for my $row (
    ['two sets', 2, project('a/1_a.up.sql' => '', 'b/1_b.up.sql' => ''),
        qr/contains 2 sets of migrations; choose one: --migrator golang-migrate --migrations a, --migrator golang-migrate --migrations b/],
    ['two migrators', 2, project('a/1_a.up.sql' => '', 'b/1_b.sql' => "-- +goose Up\n"),
        qr/choose one: --migrator golang-migrate --migrations a, --migrator goose --migrations b/],
    ['a file that cannot be read', 2, $dangling, qr{migrations/2_b\.up\.sql: cannot be read: No such file}],
    ['a place that has no value', 3, project('m/1_a.postgres.up.sql' => "SELECT 1;\nCREATE TABLE {{ index .Options \"Namespace\" }}.a ();\n"),
        qr/1_a\.postgres\.up\.sql, line 2: pop fills in \{\{ .* \}\}, .* set the environment variable POP_NAMESPACE; in pgrehearse\.yaml: migrator: \{environment: \[NAME=VALUE\]\}/],
    ['a migrator that is not installed', 3, project('mix.exs' => 'ecto_sql', 'priv/repo/migrations/20200101000000_a.exs' => ''),
        qr/migrator Ecto is not installed; install it with: /]) {
    my ($name, $code, $folder, $expected) = @$row;
    my ($status, $out, $said) = run_project($folder);
    is($status, $code, "$name: exit $code") or diag($out, $said);
    like($said, qr/\A(pgrehearse: rehearsing[^\n]*\n)?pgrehearse: [^\n]*$expected[^\n]*\n\z/, "$name: one line");
}

# mistakes in the migrations themselves
for my $row (
    ['two heads', alembic(a => 'None', b => "'a'", c => "'a'"), qr/there are 2 heads: b \(.*b\.py\), c \(.*c\.py\)/],
    ['a number twice in plain files', project(map { ("m/$_.sql" => 'SELECT 1;') } qw(1_a 2_b 2_c 3_d 4_e 5_f 6_g)), qr/duplicate revision 2: .*2_b.* and .*2_c/],
    ['a number twice', project('m/1_a.up.sql' => 'SELECT 1;', 'm/01_b.up.sql' => 'SELECT 1;'), qr/duplicate revision 1: .*01_b.* and .*1_a/],
    ['a file that no one can parse', project('m/1_a.sql' => "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"),
        qr/1_a\.sql, line 3: the last statement's end line is missing/]) {
    my ($name, $folder, $expected) = @$row;
    my ($status, $out, $said) = run_project($folder);
    is($status, 1, "$name: exit 1") or diag($out, $said);
    my @findings = $out =~ /^finding (.*)/mg;
    is(scalar @findings, 1, "$name: one finding");
    like($findings[0] // '', $expected, "$name: it says what and where");
    unlike($out, qr/^error/m, "$name: no error beside it");
}

SKIP: {
    skip 'only root can become somebody else', 2 if $>;
    my $folder = project('m/1_a.up.sql' => 'SELECT 1;');
    chmod 0700, "$folder/m" or die;
    system "chmod a+rx $folder";
    my $said = qx{setpriv --reuid=65534 --regid=65534 --clear-groups $program run $folder --migrator golang-migrate --migrations m 2>&1};
    is($? >> 8, 2, 'a folder that cannot be read: exit 2') or diag($said);
    like($said, qr/\Apgrehearse: [^\n]*m[^\n]*cannot be read[^\n]*\n\z/, 'a folder that cannot be read: one line');
}
is(leftovers(), '', 'nothing stays behind');
done_testing;
