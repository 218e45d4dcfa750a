#!/usr/bin/perl
# The migrator's role on the embedded server: it owns the database and is not a superuser, unless the
# suite says so.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my $number = 0;

# A project of two revisions in plain SQL, and what a run of it says.
sub rehearse {
    my ($baseline, $up, $down, $settings, @more) = @_;
    my $project = scratch("project" . ++$number);
    mkdir $_ or die "$_: $!" for $project, "$project/db", "$project/db/migrations";
    write_file("$project/db/migrations/20240101000001_baseline.sql", "-- migrate:up\n$baseline\n-- migrate:down\n");
    my $apart = $up =~ /SYSTEM/ ? ' transaction:false' : '';
    write_file("$project/db/migrations/20240101000002_change.sql", "-- migrate:up$apart\n$up\n-- migrate:down\n$down\n");
    write_file("$project/pgrehearse.yaml", $settings) if $settings;
    my ($status, $output, $error) = run({}, 'pgrehearse', 'run', $project, '--scenario', 'rules', '--output', "$project/out", @more);
    return ($status, "$output$error");
}

my $fence = 'CREATE TABLE notes (id integer PRIMARY KEY, team text); ALTER TABLE notes ENABLE ROW LEVEL SECURITY;'
    . "CREATE POLICY own ON notes USING (team = current_setting('app.team', true));";
my ($status, $said) = rehearse("$fence ALTER TABLE notes FORCE ROW LEVEL SECURITY;",
    "ALTER TABLE notes ADD COLUMN kind text; UPDATE notes SET kind = 'memo';", 'ALTER TABLE notes DROP COLUMN kind;');
is($status, 1, 'row security binds the migrator');
like($said, qr/table public\.notes has a value of kind in 0 of its \d+ rows.*NO FORCE ROW LEVEL SECURITY/s, 'which is found');

($status, $said) = rehearse("CREATE ROLE role_t_owner; $fence ALTER TABLE notes OWNER TO role_t_owner; CREATE EXTENSION pageinspect;",
    "ALTER TABLE notes ADD COLUMN kind text; UPDATE notes SET kind = 'memo'; CREATE EXTENSION pg_trgm; "
    . 'GRANT SELECT ON notes TO role_t_owner;',
    'ALTER TABLE notes DROP COLUMN kind; DROP EXTENSION pg_trgm;');
is($status, 0, "a baseline that needs a superuser, and an owner's change pass") or diag $said;

my @forbidden = (
    "ALTER SYSTEM SET work_mem = '5MB';" => 'permission denied to set parameter|must be superuser',
    "SET session_replication_role = replica;" => 'permission denied to set parameter',
    "COPY plain FROM PROGRAM 'true';" => 'COPY (?:to or )?from a(?:n external)? program|permission denied to COPY',
    'ALTER TABLE plain DISABLE TRIGGER ALL;' => 'is a system trigger',
);
while (my ($statement, $words) = splice @forbidden, 0, 2) {
    ($status, $said) = rehearse('CREATE TABLE whole (id integer PRIMARY KEY); CREATE TABLE plain (id integer REFERENCES whole);',
        $statement, 'SELECT 1;');
    is($status, 1, "$statement is a finding");
    like($said, qr/(?:$words).*role: superuser/s, '  which names the right and the setting');
}
($status, $said) = rehearse('CREATE TABLE whole (id integer PRIMARY KEY); CREATE TABLE plain (id integer REFERENCES whole);',
    'SET session_replication_role = replica; ALTER TABLE plain ADD COLUMN n integer;', 'ALTER TABLE plain DROP COLUMN n;', "role: superuser\n");
is($status, 0, 'with role: superuser it passes') or diag $said;

my @extension = ('CREATE TABLE plain (id integer PRIMARY KEY);', 'CREATE EXTENSION IF NOT EXISTS pageinspect;', 'DROP EXTENSION pageinspect;');
($status, $said) = rehearse(@extension);
is($status, 0, 'an extension that is not trusted fails no run');
like($said, qr/extension pageinspect can be made only by a superuser/, 'and is a warning');
($status, $said) = rehearse(@extension, "role: owner\n");
is($status, 1, 'with role: owner it is a finding');
like($said, qr/permission denied to create extension "pageinspect".*role: superuser/s, '  which says why');

($status, $said) = rehearse(@extension, "role: king\n");
is($status, 2, 'another role is a mistake');
like($said, qr/pgrehearse\.yaml.*role/, '  with its place');
done_testing();
