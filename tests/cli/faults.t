#!/usr/bin/perl
# The faults, the round trip and the constraints: sound migrations pass, and each broken one is
# found by the finding that is named.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my $reports = 0;
my $faults = 'blocking-foreign-key,orphaned-chunks,version-conflict,concurrent-index,time-limit';
my $script = 'migrations/002_remove_non_search_tables.sql';

sub rehearse {
    my (@arguments) = @_;
    my ($status, $out, $err) =
        run({}, 'pgrehearse', 'run', @arguments, '--output', scratch('reports'));
    return ($status, $out . $err);
}

# The same on a server that runs already, which is sooner done.
sub rehearse_there { return rehearse(@_, '--server', $ENV{PGREHEARSE_TEST_SERVER}) }

# A copy of the suite with files changed: (file => sub that changes $_, …).
sub changed {
    my (%edits) = @_;
    my $copy = copy_of(suite());
    for my $file (keys %edits) {
        local $_ = read_file("$copy/$file");
        my $before = $_;
        $edits{$file}->();
        BAIL_OUT("the edit of $file changed nothing") if $_ eq $before;
        write_file("$copy/$file", $_);
    }
    return $copy;
}

# --- sound
for my $migrator (qw(native alembic)) {
    my ($status, $output) = rehearse('--scenario', "$faults,schema,rules,rollback", '--migrator', $migrator);
    is($status, 0, "all scenarios pass with $migrator") or diag $output;
}
{
    my ($status, $output) =
        rehearse('--scenario', $faults, '--migrations', suite('migrations'));
    is($status, 0, 'and with --migrations') or diag $output;
}

# --- broken: scenario, what, finding, edit of the migration (or a list of edits)
my $no_check = sub { s/IF blocking\.first IS NOT NULL THEN/IF false THEN/ };
my @broken = (
    ['blocking-foreign-key', 'the foreign key is not looked for', 
     qr/upgrade succeeded despite blocking-foreign-key/, $no_check],
    ['blocking-foreign-key', 'the foreign key is dropped silently',
     qr/upgrade succeeded despite blocking-foreign-key/,
     sub { s/IF blocking\.first IS NOT NULL THEN\K.*?END IF;/ EXECUTE blocking.remedies; END IF;/s }],
    ['blocking-foreign-key', 'the tables go with CASCADE, unchecked',
     qr/upgrade succeeded despite blocking-foreign-key/,
     sub { $no_check->(); s/deployment_vendors RESTRICT/deployment_vendors CASCADE/ }],
    ['blocking-foreign-key', 'the message says nothing',
     qr/message does not mention blocking-foreign-key/,
     sub { s/'Foreign key constraint detected: %', blocking\.first/'Cannot go on'/ }],
    ['orphaned-chunks', 'orphans are deleted silently',
     qr/upgrade succeeded despite orphaned-chunks.*code_chunks.*3 rows? (are )?(lost|missing|gone)/s,
     sub { s/IF orphans > 0 THEN/DELETE FROM code_chunks c WHERE NOT EXISTS
               (SELECT FROM repositories r WHERE r.id = c.repository_id); IF false THEN/ }],
    ['orphaned-chunks', 'orphans get the default',
     qr/upgrade succeeded despite orphaned-chunks/,
     sub { s/IF orphans > 0 THEN/IF false THEN/; s/code_chunks c \KLEFT (?=JOIN repositories)// }],
    ['orphaned-chunks', 'the message says nothing', qr/message does not mention orphaned-chunks/,
     sub { s/'% code_chunks would have NULL project_id \(orphaned chunks\)', orphans.*?;/'No';/s }],
    ['concurrent-index', 'an invalid index is accepted',
     qr/upgrade succeeded despite invalid-index/,
     sub { s/IF NOT \(SELECT indisvalid.*?premade\) THEN/IF false THEN/s;
           s/AND indrelid = 'repositories'::regclass\K AND indisvalid// }],
    ['concurrent-index', 'a different index is accepted',
     qr/upgrade succeeded despite different-index/,
     sub { s/IF definition IS DISTINCT FROM expected THEN/IF false THEN/ }],
    ['concurrent-index', 'the message does not name the index',
     qr/message does not mention invalid-index/,
     sub { s/'Index idx_project_repository is invalid'.*?;/'Not yet';/s }],
    ['concurrent-index', 'the index is dropped and made again',
     qr/idx_project_repository was recreated by the upgrade/,
     sub { s/RAISE NOTICE 'Index idx_project_repository is there already, left as it is';/
               DROP INDEX idx_project_repository;
               CREATE INDEX idx_project_repository ON repositories (project_id, id);/ }],
    ['concurrent-index', 'the index is rebuilt', qr/idx_project_repository was recreated by the upgrade/,
     sub { s/RAISE NOTICE 'Index idx_project_repository is there already, left as it is';/
               REINDEX INDEX idx_project_repository;/ }],
    ['concurrent-index', 'an index made beforehand is refused',
     qr/with the objects that concurrent-index created beforehand, the upgrade exited with status \d+: .*Index is there/,
     sub { s/(IF NOT \(SELECT indisvalid AND)/RAISE EXCEPTION 'Index is there'; $1/;
           s/(IF definition IS DISTINCT FROM expected THEN)/IF NOT (SELECT indisvalid FROM pg_index
               WHERE indexrelid = premade) THEN
               RAISE EXCEPTION 'Index idx_project_repository is invalid'; END IF; $1/ }],
    ['rollback', 'the downgrade does nothing', qr/the downgrade undid nothing: schema and rows are unchanged since 'migrated'/,
     sub { s/-- down: 6 steps.*/-- down\nSELECT 1;\n/s }],
    ['round-trip', 'the downgrade does nothing', qr/the downgrade undid nothing: schema and rows are unchanged since 'target'/,
     sub { s/-- down: 6 steps.*/-- down\nSELECT 1;\n/s }],
    ['round-trip', 'the second way up ends elsewhere',
     qr/idx_project_repository.*every object of the schema is as 'target'/s,
     sub { s/(RAISE NOTICE 'Index idx_project_repository created';)/
               IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'repositories'::regclass
                          AND attisdropped) THEN
                   ALTER INDEX idx_project_repository SET (fillfactor = 50);
               END IF; $1/ }],
    ['round-trip', 'the second way up changes rows',
     qr/repositories: .*every row of repositories is as 'target'/s,
     sub { s/(RAISE NOTICE 'Index idx_project_repository created';)/
               IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'repositories'::regclass
                          AND attisdropped) THEN
                   UPDATE repositories SET indexed_at = now();
               END IF; $1/ }],
    ['constraints', 'a CHECK lets everything in',
     qr/check_code_chunks_project_id did not refuse any of \d+ rows/,
     sub { s/check_code_chunks_project_id\n\s+CHECK \(.*?<= 50\)/check_code_chunks_project_id
               CHECK (project_id IS NOT NULL OR true)/s }],
    ['constraints', 'a CHECK is not valid', qr/check_code_chunks_project_id is not valid/,
     sub { s/(check_code_chunks_project_id\n\s+CHECK \(.*?<= 50\))/$1 NOT VALID/s;
           s/ AND convalidated\) <> 2/) <> 2/ }],
    ['constraints', 'a column takes NULL', qr/NOT NULL of public.code_chunks.project_id is not there/,
     sub { s/(ALTER TABLE code_chunks ALTER COLUMN project_id DROP DEFAULT;)/$1
               ALTER TABLE code_chunks ALTER COLUMN project_id DROP NOT NULL;/;
           s/'code_chunks character varying\(50\) not null, '/'code_chunks character varying(50), '/ }],
    ['constraints', 'a trigger does what the CHECK should', qr/did not refuse any of \d+ rows.*P0001: no/,
     sub { s/check_code_chunks_project_id\n\s+CHECK \(.*?<= 50\)/check_code_chunks_project_id
               CHECK (true OR project_id = '')/s;
           s/(DO \$\$ BEGIN RAISE NOTICE 'CHECK constraints added')/
               CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$f\$
               BEGIN RAISE 'no'; END \$f\$;
               CREATE TRIGGER refuse BEFORE UPDATE ON code_chunks FOR EACH ROW
               WHEN (NEW.project_id !~ '^[a-z0-9-]+\$') EXECUTE FUNCTION refuse(); $1/ }],
    ['constraints', 'a new foreign key is not enforced', qr/(fk_new|_fkey) did not refuse any of \d+ rows/,
     sub { s/(DO \$\$ BEGIN RAISE NOTICE 'CHECK constraints added')/
               ALTER TABLE code_chunks ADD CONSTRAINT fk_new FOREIGN KEY (id) REFERENCES code_chunks (id);
               ALTER TABLE code_chunks DISABLE TRIGGER ALL; $1/ }],
);
my @cases;
for my $row (@broken) {
    my ($scenario, $what, $finding, $edit) = @$row;
    my $suite = changed($script => $edit);
    push @cases, ["$scenario: $what", $finding, $suite, '--scenario', $scenario];
    # --migrations asks less of messages, nothing less of anything else: a few rows show it
    push @cases, ["$scenario: $what (--migrations)", $finding, suite(), '--scenario', $scenario,
        '--migrations', "$suite/migrations"] if $what =~ /message|silently|accepted/;
}
while (my @some = splice @cases, 0, 3) {    # a few at a time
    my @children = map {
        my (undef, undef, @arguments) = @$_;
        start({}, 'pgrehearse', 'run', @arguments, '--jobs', 1, '--output', scratch("reports" . ++$reports),
            '--server', $ENV{PGREHEARSE_TEST_SERVER})
    } @some;
    for my $case (@some) {
        my ($name, $finding) = @$case;
        my ($status, $out, $err) = finish(shift @children);
        ok($status == 1 && "$out$err" =~ $finding, $name) or diag "status $status\n$out$err";
    }
}

# --- sound in other words
my @sound = (
    ['constraints', 'other constraints that are in force',
     sub { s/(DO \$\$ BEGIN RAISE NOTICE 'CHECK constraints added')/
               ALTER TABLE repositories ADD CONSTRAINT uq_new UNIQUE (id, path) DEFERRABLE INITIALLY DEFERRED;
               CREATE UNIQUE INDEX "uq Partial" ON repositories (lower(path)) WHERE id IS NOT NULL;
               ALTER TABLE code_chunks ADD CONSTRAINT fk_new FOREIGN KEY (repository_id)
                   REFERENCES repositories (id) DEFERRABLE INITIALLY DEFERRED;
               ALTER TABLE code_chunks ADD CONSTRAINT ck_lines CHECK (start_line > -5);
               ALTER TABLE repositories ALTER created_at SET NOT NULL; $1/ }],
    ['time-limit', 'a migration that gives up by itself',
     sub { s/(LOCK TABLE repositories.*?ACCESS EXCLUSIVE MODE);/$1 NOWAIT;/s }],
    ['time-limit', 'a migration with a lock timeout',
     sub { s/(LOCK TABLE repositories)/SET LOCAL lock_timeout = '40ms'; $1/ }],
);
for my $row (@sound) {
    my ($scenario, $what, $edit) = @$row;
    my ($status, $output) = rehearse_there(changed($script => $edit), '--scenario', $scenario);
    is($status, 0, "$scenario: $what") or diag $output;
}

# --- what lies outside the migration's own file
{
    my $suite = changed('suite.yaml' => sub { s/stamp: pgrehearse-migrate stamp \{revision\}/stamp: true {revision}/ },
        $script => sub { s/All at once/All/ });
    my ($status, $output) = rehearse_there($suite, '--scenario', 'version-conflict');
    isnt($status, 0, 'a stamp that does nothing is no success');
    like($output, qr/succeeded despite version-conflict/, 'and the conflict is not there');
}
for my $scenario (qw(orphaned-chunks time-limit)) {
    my $suite = changed('suite.yaml' => sub {
        s/upgrade: (pgrehearse-migrate upgrade)/upgrade: psql -Xqc "CREATE TABLE half_\$(date +%N) ()"; $1/ });
    my ($status, $output) = rehearse_there($suite, '--scenario', $scenario);
    ok($status == 1 && $output =~ /half_.*(?:no object|no row).* changed since 'planted'/s,
        "$scenario: a change of its own transaction is left") or diag "status $status\n$output";
}

{
    my $project = copy_of(suite('alembic'));
    my ($file) = glob "$project/versions/002*.py";
    (my $source = read_file($file)) =~
        s/^(    with steps\.step\(\n +"Adding project_id to code_chunks)/    op.execute("COMMIT")\n$1/m
        or BAIL_OUT('the step is no more');
    write_file($file, $source);
    my ($status, $output) = rehearse_there(suite(), '--migrator', 'alembic', '--migrations', $project,
        '--scenario', 'orphaned-chunks');
    ok($status == 1 && $output =~ /the schema changed: .*project_id.*no object changed since 'planted'/s,
        'orphaned-chunks: a COMMIT in the middle, with alembic') or diag "status $status\n$output";
}

# --- a role that is not a superuser
{
    my $server = $ENV{PGREHEARSE_TEST_SERVER};
    (my $template = $server) =~ s{/postgres\?}{/template1?} or die 'the server URL has another form';
    sql($server, 'CREATE ROLE faults_test LOGIN CREATEDB');
    sql($template, 'CREATE EXTENSION IF NOT EXISTS vector'); # which only a superuser may
    (my $url = $server) =~ s{//[^@/]*@}{//faults_test@} or die 'the server URL has another form';
    my ($status, $output) = rehearse('--server', $url, '--scenario', 'orphaned-chunks,concurrent-index,constraints');
    is($status, 0, 'a role that is not a superuser') or diag $output;
    sql($template, 'DROP EXTENSION vector');
    sql($server, 'DROP ROLE faults_test');
}

# --- names of checks
{
    my ($status, $output) = run({}, qw(pgrehearse show round-trip));
    my %seen;
    my @twice = grep { $seen{$_}++ } $output =~ /^       - (.*)/mg;
    is("@twice", '', 'no check has the name of another, though the upgrade runs twice');
    like($output, qr/upgrade to 002 succeeds \(time 2\)/, 'the second one says so');
}

# --- suites with wrong faults; tests/cli/own_faults.t has suites with faults of their own
for my $row (
    ['two actions in one', sub { s/- stamp: "001"/- {stamp: "001", sql: SELECT 1}/ }, qr/faults.plant: fault 'version-conflict': expected one of/],
    ['a wrong SQLSTATE', sub { s/fails: "55P03"/fails: "55"/ }, qr/faults.plant: fault 'invalid-index': expected fails/],
    ['no regular expression', sub { s/words: orphan/words: (orphan/ }, qr/faults.words: not an extended/],
) {
    my ($what, $edit, $message) = @$row;
    my ($status, $output) = rehearse(changed('suite.yaml' => $edit));
    ok($status == 2 && $output =~ $message, "suite.yaml: $what") or diag "status $status\n$output";
}
{
    my $suite = changed('suite.yaml' => sub { s/fails: "55P03"/fails: "23505"/ });
    my ($status, $output) = rehearse_there($suite, '--scenario', 'concurrent-index');
    ok($status == 3 && $output =~ /cannot plant invalid-index/, 'a fault that cannot be planted is an error')
        or diag "status $status\n$output";
}
done_testing;
