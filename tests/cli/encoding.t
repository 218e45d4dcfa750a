#!/usr/bin/perl
# Databases in the encoding that the project's rows, its settings or the source of a certificate have:
# a migration may fail there that UTF8 takes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use RuleCases qw(case_suite);
use Test::More;

my $number = 0;

# A project of two revisions in plain SQL, with rows of its own, and what a run of it says.
sub rehearse {
    my ($settings, $rows) = @_;
    my $project = scratch('project' . ++$number);
    mkdir $_ or die "$_: $!" for $project, "$project/db", "$project/db/migrations";
    write_file("$project/db/migrations/20240101000001_baseline.sql",
        "-- migrate:up\nCREATE TABLE towns (id integer PRIMARY KEY, name text, extra jsonb);\n-- migrate:down\nDROP TABLE towns;\n");
    write_file("$project/db/migrations/20240101000002_sign.sql",
        "-- migrate:up\nALTER TABLE towns ALTER COLUMN extra SET DEFAULT '{\"sign\": \"\\u00e9\"}';\n"
        . "-- migrate:down\nALTER TABLE towns ALTER COLUMN extra DROP DEFAULT;\n");
    write_file("$project/pgrehearse.yaml", $settings) if $settings;
    write_file("$project/rows.sql", $rows) if $rows;
    my ($status, $output, $error) = run({}, 'pgrehearse', 'run', $project, '--scenario', 'fresh,rollback',
        $rows ? ('--data', "$project/rows.sql") : (), '--output', "$project/out");
    is(system("iconv -f UTF-8 -t UTF-8 '$project/out/run.json' >/dev/null"), 0, 'the report is UTF-8') if -e "$project/out/run.json";
    return ($status, "$error$output");
}

my $refused = qr/conversion between UTF8 and SQL_ASCII is not supported/;
my ($status, $said) = rehearse(undef, "INSERT INTO towns VALUES (1, 'Orl\x{c3}\x{a9}ans');");
is($status, 0, 'rows in UTF-8: the migration passes') or diag $said;
($status, $said) = rehearse(undef, "INSERT INTO towns VALUES (1, E'Orl\\351ans');");
is($status, 1, 'rows of no encoding: it fails as it would there') or diag $said;
like($said, qr/databases are made in SQL_ASCII.*$refused/s, '  for this reason');
($status, $said) = rehearse(undef, "SET client_encoding = 'SQL_ASCII';\nINSERT INTO towns VALUES (1, 'Lyon');");
is($status, 1, 'so does it where the head of the rows says so') or diag $said;
like($said, qr/the rows come from a database in SQL_ASCII.*$refused/s, '  for this reason');
($status, $said) = rehearse("encoding: SQL_ASCII\n", undef);
is($status, 1, 'or pgrehearse.yaml');
like($said, $refused, '  for this reason');
($status, $said) = rehearse("encoding: LATIN1\n", "INSERT INTO towns VALUES (1, E'Orl\\351ans');");
is($status, 0, 'LATIN1 has the letter') or diag $said;
($status, $said) = rehearse("encoding: KLINGON\n", undef);
is($status, 2, 'an encoding that there is not is a mistake');
like($said, qr/KLINGON/, '  and is named');

# --- a source in SQL_ASCII
my $source = "pgr_encoding_$$";
sql($ENV{PGREHEARSE_TEST_SERVER}, qq{CREATE DATABASE $source TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'});
my $url = $ENV{PGREHEARSE_TEST_SERVER} =~ s{/postgres\?}{/$source?}r;
my $case = scratch('case');
mkdir $case or die "$case: $!";
write_file("$case/baseline.sql", 'CREATE TABLE towns (id integer PRIMARY KEY, name text, extra jsonb);');
write_file("$case/upgrade.sql", q{ALTER TABLE towns ALTER COLUMN extra SET DEFAULT '{"sign": "\u00e9"}';});
write_file("$case/downgrade.sql", 'ALTER TABLE towns ALTER COLUMN extra DROP DEFAULT;');
my $suite = case_suite($case, scratch('suite'));
sql($url, q{CREATE TABLE towns (id integer PRIMARY KEY, name text, extra jsonb); INSERT INTO towns VALUES (1, E'Orl\351ans');
    CREATE TABLE case_revision (revision text); INSERT INTO case_revision VALUES ('1');});
($status, my $output, $said) = run({}, 'pgrehearse', 'certify', $suite, '--source', $url, '--scenario', 'certification', '--output', scratch('certified'));
is($status, 1, 'a source in SQL_ASCII is certified in SQL_ASCII') or diag "$said$output";
like($output, $refused, '  and the migration fails on the copy');
is(system('iconv -f UTF-8 -t UTF-8 ' . scratch('certified/run.json') . ' >/dev/null'), 0, '  in a report in UTF-8');

# --- a role that prefers an encoding without all letters
my $reader = "pgr_latin_$$";
my $smiling = "pgr_smiling_$$";
sql($ENV{PGREHEARSE_TEST_SERVER}, "CREATE DATABASE $smiling TEMPLATE template0 ENCODING 'UTF8'",
    "CREATE ROLE $reader LOGIN IN ROLE pg_read_all_data", "ALTER ROLE $reader SET client_encoding = 'latin1'");
my $there = $ENV{PGREHEARSE_TEST_SERVER} =~ s{/postgres\?}{/$smiling?}r;
sql($there, "CREATE TABLE towns (id integer PRIMARY KEY, name text, extra jsonb); INSERT INTO towns VALUES (1, '\x{f0}\x{9f}\x{98}\x{80}');
    CREATE TABLE case_revision (revision text); INSERT INTO case_revision VALUES ('1');");
(my $as_reader = $there) =~ s{//[^/@]*@}{//$reader@};
($status, $output, $said) = run({}, 'pgrehearse', 'certify', $suite, '--source', $as_reader, '--scenario', 'certification', '--output', scratch('smiling'));
unlike($output, qr/cannot be dumped|cannot be made/, 'an emoji is dumped for a role that speaks latin1');
like($output, qr/upgrade to 2 with psql/, '  and its copy migrated') or diag "$said$output";

END {
    sql($ENV{PGREHEARSE_TEST_SERVER}, map { "DROP DATABASE IF EXISTS $_ WITH (FORCE)" } grep {$_} $source, $smiling);
    sql($ENV{PGREHEARSE_TEST_SERVER}, "DROP ROLE IF EXISTS $reader") if $reader;
}
done_testing();
