#!/usr/bin/perl
# One ground for every command: when nothing but the migrator's connection to a server is cut, each of
# them says that it could not check, and none that the migration is bad.
use strict;
use warnings;
use lib 'tests/support';
use CutProxy;
use DeployTest ();
use RunTest;
use Test::More;

unless ($ENV{GROUND_TEST}) { # once more, beside a server of its own: at the end all databases are counted
    $ENV{GROUND_TEST} = 1;
    system('tests/support/with-server', $^X, $0) == -1 and die 'with-server';
    exit($? >> 8);
}
my ($socket) = $ENV{PGREHEARSE_TEST_SERVER} =~ /host=([^&]+)/;
my $proxy = CutProxy->new("$socket/.s.PGSQL.5432", area('proxy'));
my $through = "postgresql://postgres\@127.0.0.1:$proxy->{port}/postgres";
my $directly = "postgresql://postgres\@/ground_source?host=$socket";
my $program = "$RunTest::build/bin/pgrehearse";
my $statement = 'DROP TABLE work_items';

sub prepare {
    my @psql = ('psql', '-XqAt', '-d', $ENV{PGREHEARSE_TEST_SERVER}, '-c');
    system(@psql, 'CREATE DATABASE ground_source') == 0 or die 'psql';
    (my $inside = $ENV{PGREHEARSE_TEST_SERVER}) =~ s{/postgres\?}{/ground_source?};
    system('psql', '-Xq', '-d', $inside, '-c', 'CREATE EXTENSION vector') == 0 or die 'psql';
    local $ENV{DATABASE_URL} = $directly;
    system("cd fixtures/suites/migration_002/migrations && $RunTest::build/bin/pgrehearse-migrate upgrade 005 >/dev/null") == 0
        or die 'pgrehearse-migrate';
}

sub output { my ($folder) = @_; return ('--output', area($folder)) }

# The command, with the migrator's connection cut at the statement, or with its backend ended.
sub with_cut {
    my (@command) = @_;
    $proxy->cut_at('', $statement, only => 1);
    my $said = qx{@{[join ' ', map { "'$_'" } @command]} --server '$through' 2>&1};
    return ($? >> 8, $said);
}

my @few = qw(--repositories 2 --chunks-per-repo 4 --embeddings 0);
my @commands = (
    ['run', 'run', '--scenario', 'rollback', output('run')],
    ['run, through the relay', 'run', '--scenario', 'cost', @few, output('cost')],
    ['run, interrupted', 'run', '--scenario', 'interrupted', output('interrupted')],
    ['certify', 'certify', '--source', $directly, '--scenario', 'certification', output('certify')],
    ['compare', 'compare', '--base-migrations', 'fixtures/suites/migration_002/migrations', @few,
        '--rounds', 8, output('compare')],
    ['forecast', 'forecast', '--at-sizes', '2,4,8', '--rows', 'repositories=100', '--rounds', 3, output('forecast')],
);

prepare();
for my $row (@commands) {
    my ($name, @command) = @$row;
    my ($status, $said) = with_cut($program, @command);
    ok($proxy->was_cut, "$name: the connection was cut");
    is($status, 3, "$name: exit 3") or diag($said);
    unlike($said, qr/REGRESSED|^finding|\d+ findings?/m, "$name: no finding");
    like($said, qr/server|connection/, "$name: it says why");
}
# Commands on a database that its owner names: whatever it is that is cut, nothing speaks against the migration.
my $sound = "postgresql://postgres\@127.0.0.1:$proxy->{port}/ground_source";
for my $row (['validate', 'pgrehearse_validation', 'validate', 'pre-migration', '--database', $sound],
    ['generate', 'COPY ', 'generate', '--database', $sound, '--repositories', 3, '--chunks-per-repo', 3],
    ['generate --all', 'INSERT INTO', 'generate', '--all', '--database', $sound, '--seed', 7],
    ['doctor', 'alembic_version', 'doctor', '--server', $through]) {
    my ($name, $at, @command) = @$row;
    $proxy->cut_at('', $at, only => 1);
    my $said = qx{@{[join ' ', map { "'$_'" } $program, @command]} 2>&1};
    ok($proxy->was_cut, "$name: the connection was cut");
    is($? >> 8, 3, "$name: exit 3") or diag($said);
    unlike($said, qr/^finding|\d+ findings|regressed/m, "$name: no finding");
    like($said, qr/server|connection/, "$name: it says why");
}
{
    my $t = DeployTest::certified(scenarios => 'certification');
    (my $name) = $t->{url} =~ m{/(\w+)\?};
    $t->{deploy_url} = "postgresql://postgres\@127.0.0.1:$proxy->{port}/$name";
    $proxy->cut_at('', $statement, only => 1);
    my ($status, $out, $err) = DeployTest::deploy($t);
    ok($proxy->was_cut, 'deploy: the connection was cut');
    is($status, 3, 'deploy: exit 3') or diag($out, $err);
    unlike($out . $err, qr/^(?:failed|finding|rolled back)/m, 'deploy: no step failed, nothing is rolled back');
    like($out, qr/^unchecked +upgrade .*(?:server|connection)/m, 'deploy: it says why') or diag($out, $err);
    unlike(read_file("$t->{output}/run.json"), qr/"verdict": "findings"/, 'deploy: nor do the reports speak of a finding');
}
# A migrator that keeps the reason to itself: the server's counters and the signal give it away.
my $ended = 'psql -X -c "SELECT pg_terminate_backend(pg_backend_pid())" >/dev/null 2>&1; exit 1';
for my $row (['a session that was ended', $ended, 3, qr/terminated the migrator's session/],
    ['a migrator that was killed', 'kill -KILL $$', 3, qr/signal 9.*from outside/],
    ['a migrator that fails by itself', 'exit 1', 1, qr/exited with status 1/]) {
    my ($name, $upgrade, $code, $why) = @$row;
    my $suite = suite_with($upgrade);
    my $said = qx{$program run $suite --scenario fresh --server '$ENV{PGREHEARSE_TEST_SERVER}' @{[output('suite')]} 2>&1};
    is($? >> 8, $code, "$name: exit $code") or diag($said);
    like($said, $why, "$name: the reason");
}
# The stamp of a remedy is the migrator's work too.
for my $row (['a stamp whose session was ended', $ended, 3, qr/terminated the migrator's session/],
    ['a stamp that fails by itself', 'exit 1', 1, qr/the stamp with 005 exited with status 1/]) {
    my ($name, $stamp, $code, $why) = @$row;
    my $suite = area('suite');
    system('cp', '-r', 'fixtures/suites/migration_002/.', $suite) == 0 or die 'cp';
    my $yaml = read_file("$suite/suite.yaml");
    $yaml =~ s/stamp: pgrehearse-migrate stamp/stamp: sh stamp.sh/ or die 'no stamp in suite.yaml';
    write_file("$suite/suite.yaml", $yaml);
    write_file("$suite/migrations/stamp.sh", "[ \$1 = 001 ] && exec pgrehearse-migrate stamp 001\n$stamp\n");
    my $said = qx{$program run $suite --scenario version-conflict --server '$ENV{PGREHEARSE_TEST_SERVER}' @{[output('suite')]} 2>&1};
    is($? >> 8, $code, "$name: exit $code") or diag($said);
    like($said, $why, "$name: the reason");
}
# The same while a cut is mended: a migrator that notes its version after the migration's transaction.
my $psql = 'psql -X -q -v ON_ERROR_STOP=1';
my $in_two = "sed '/schema_version/d' upgrade-2.sql | $psql -1 -f - && exec $psql -c 'UPDATE schema_version SET revision = 2'";
for my $row (['a mending stamp whose session was ended', $ended, 3, qr/terminated the migrator's session/],
    ['a mending stamp', "exec $psql -c \"UPDATE schema_version SET revision = \$1\"", 0, qr/correct the version \(stamp\)/]) {
    my ($name, $stamp, $code, $why) = @$row;
    my $suite = suite_with($in_two, undef, 'atomic: true' => 'atomic: false',
        '    history: cat' => "    stamp: sh stamp.sh {revision}\n    history: cat");
    write_file("$suite/migrations/stamp.sh", "$stamp\n");
    my $said = qx{$program run $suite --scenario interrupted --server '$ENV{PGREHEARSE_TEST_SERVER}' @{[output('suite')]} 2>&1};
    is($? >> 8, $code, "$name: exit $code") or diag($said);
    like($said, $why, "$name: the reason");
}
is(qx{psql -XqAt -d '$ENV{PGREHEARSE_TEST_SERVER}' -c "SELECT count(*) FROM pg_database WHERE datname ~ '^pgrehearse_'"},
    "0\n", 'no database stays behind');
$proxy->stop;
done_testing;
