#!/usr/bin/perl
# A history that starts on a schema it does not make: --base, and base: in pgrehearse.yaml.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";

# Three revisions of plain SQL on a table that none of them makes.
sub project {
    my $folder = area('project');
    mkdir "$folder/migrations" or die;
    my @steps = (['0005_note', 'ALTER TABLE legacy.orders ADD COLUMN note text', 'ALTER TABLE legacy.orders DROP COLUMN note'],
        ['0006_index', 'CREATE INDEX orders_note ON legacy.orders (note)', 'DROP INDEX legacy.orders_note'],
        ['0007_paid', 'ALTER TABLE legacy.orders ADD COLUMN paid bool', 'ALTER TABLE legacy.orders DROP COLUMN paid']);
    for (@steps) {
        my ($id, $up, $down) = @$_;
        write_file("$folder/migrations/$id.up.sql", "$up;\n");
        write_file("$folder/migrations/$id.down.sql", "$down;\n");
    }
    write_file("$folder/schema.sql", schema());
    return $folder;
}

# As pg_dump --schema-only writes it, with a line that servers before 17 refuse.
sub schema {
    return <<'S' . join '', @_;
--
-- PostgreSQL database dump
--
SET statement_timeout = 0;
SET transaction_timeout = 0;
CREATE SCHEMA legacy;
ALTER SCHEMA legacy OWNER TO keeper;
CREATE TABLE legacy.orders (id int PRIMARY KEY, placed timestamptz NOT NULL DEFAULT now());
ALTER TABLE legacy.orders OWNER TO keeper;
GRANT SELECT ON TABLE legacy.orders TO "Night reader";
S
}

# The version table as golang-migrate has it, at this revision.
sub at {
    my ($version) = @_;
    return "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);\n"
        . "INSERT INTO schema_migrations VALUES ($version, false);\n";
}

sub rehearse {
    my ($folder, @options) = @_;
    my $output = area('output');
    my $command = join ' ', map { "'$_'" } @options;
    my $out = qx{cd $folder && $program run $command --output $output 2>$output/stderr};
    return ($? >> 8, $out . read_file("$output/stderr"), "$output/run.json");
}

my @quick = ('--scenario', 'fresh,existing-data,rollback');

# without it
{
    my ($status, $said) = rehearse(project(), @quick);
    is($status, 1, 'a history that starts elsewhere: exit 1');
    like($said, qr{^finding +migrations/0005_note\.up\.sql:1: 0005 does not apply to a new database: [^\n]*schema "legacy" does not exist\n}m,
        'the revision itself');
    like($said, qr{if no migration makes what it lacks, supply that with --base FILE$}m, 'and the way out') or diag($said);
}

# with it, all of it one after the other, on rows
{
    my $folder = project();
    my ($status, $said, $record) = rehearse($folder, '--base', 'schema.sql', '--each', @quick);
    is($status, 0, '--base FILE: exit 0') or diag($said);
    like($said, qr{^the history starts on \S+/schema\.sql$}m, 'and the first lines say so');
    like($said, qr{^passed: 10 scenarios, }m, 'every revision is rehearsed');
    like(read_file($record), qr/"name": "rows",\s*"unit": "rows",\s*"value": [1-9]/, 'and has rows to bite on');
    write_file("$folder/rows.sql", "INSERT INTO legacy.orders VALUES (7);\n");
    mkdir "$folder/rows" or die;
    write_file("$folder/rows/0005.sql", "INSERT INTO legacy.orders VALUES (7), (8);\n");
    write_file("$folder/pgrehearse.yaml", "base: schema.sql\ndata: rows.sql\n");
    ($status, $said, $record) = rehearse($folder, '--scenario', 'existing-data');
    is($status, 0, 'base and data in pgrehearse.yaml: exit 0') or diag($said);
    like(read_file($record), qr/"name": "rows",\s*"unit": "rows",\s*"value": 1\b/, 'those rows alone');
    ($status, $said, $record) = rehearse($folder, '--data', 'rows', '--scenario', 'existing-data');
    is($status, 0, 'a folder of rows passes the base too: exit 0') or diag($said);
    like(read_file($record), qr/"name": "rows",\s*"unit": "rows",\s*"value": 2\b/, 'the command line has the last word');
}

# a dump that stands in the midst of the history
{
    my $folder = project();
    write_file("$folder/schema.sql", schema("ALTER TABLE legacy.orders ADD COLUMN note text;\n", at(5)));
    my ($status, $said) = rehearse($folder, '--base', 'schema.sql', '--last', 2, '--scenario', 'fresh');
    is($status, 0, 'the history goes on from where the base stands') or diag($said);
    ($status, $said) = rehearse($folder, '--base', 'schema.sql', '--each', '--scenario', 'fresh');
    is($status, 2, 'the base is at a revision that is asked for: exit 2');
    like($said, qr{^pgrehearse: --base \S+/schema\.sql is at revision 0005 already: rehearse what comes after it with --from 0005$}m, 'how to go on') or diag($said);
    write_file("$folder/schema.sql", schema("ALTER TABLE legacy.orders ADD COLUMN note text, ADD COLUMN paid bool;\n", at(7)));
    ($status, $said) = rehearse($folder, '--base', 'schema.sql', '--scenario', 'fresh');
    is($status, 2, 'the base is at the end: exit 2');
    like($said, qr{is at revision 0007 already, and no revision comes after it: dump the schema from before$}m, 'nothing is left') or diag($said);
}

# what cannot be meant
my $broken = project();
write_file("$broken/broken.sql", "SELECT 1;\nCREATE TABEL t ();\n");
write_file("$broken/suite.yaml", "name: x\nbaseline: a\ntarget: b\nmigrators: [{name: m, upgrade: \"true {revision}\"}]\nbase: schema.sql\n");
for my $row (
    ['a statement that fails', ['--base', 'broken.sql'], qr{^pgrehearse: --base: psql:\S+/broken\.sql:2: ERROR: +syntax error at or near "TABEL"}m],
    ['a file that is not there', ['--base', 'none.sql'], qr{^pgrehearse: --base none\.sql: No such file}m],
    ['a folder', ['--base', 'migrations'], qr{^pgrehearse: --base migrations: Is a directory}m],
    ['a suite', ['migration_002', '--base', 'schema.sql'], qr{^pgrehearse: --base is for projects}m],
    ['a suite that has it', [$broken], qr{^pgrehearse: \S+/suite\.yaml, line \d+, key base: only a project's pgrehearse\.yaml has it}m]) {
    my ($name, $options, $expected) = @$row;
    my ($status, $said) = rehearse($broken, @$options);
    is($status, 2, "$name: exit 2") or diag($said);
    like($said, $expected, "$name: one line");
}
is(leftovers(), '', 'nothing stays behind');
done_testing;
