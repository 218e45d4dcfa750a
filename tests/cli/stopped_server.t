#!/usr/bin/perl
# A process of the server that is stopped while a command waits for it: no command waits for ever, each says why
# and leaves nothing. On this machine a command sees that itself, elsewhere the server is asked.
use strict;
use warnings;
use lib 'tests/support';
use CutProxy;
use POSIX ();
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my ($socket) = $server =~ /host=([^&]+)/;
my $suite = suite_with(sound());
write_file("$suite/deployment.yaml", "stop: 'true'\nstart: 'true'\n");
my $name = "stopped_$$";
my (@made, @stopped);
my $proxy = CutProxy->new("$socket/.s.PGSQL.5432", area('proxy'));

sub url { my ($database) = @_; return $server =~ s{/postgres\?}{/$database?}r }
sub answer { my ($statement) = @_; my $said = `psql -XAtqd '$server' -c "$statement"`; chomp $said; return $said }
sub make { my ($database, $more) = @_; push @made, $database; system("psql -Xqd '$server' -c 'CREATE DATABASE $database $more'") == 0 or die }
# DROP DATABASE waits for the processes of all sessions, whichever database they are in.
END { local $?; kill 'CONT', @stopped; system("psql -Xqd '$server' -c 'DROP DATABASE IF EXISTS $_ WITH (FORCE)'") for @made }

make($name, '');
system("cd $suite/migrations && psql -Xq -1 -d '" . url($name) . "' -f upgrade-1.sql") == 0 or die;
my $certificate = run_it($suite, ['--source', url($name), '--scenario', 'certification'], command => 'certify');
is($certificate->{code}, 0, 'there is a certificate') or diag(output_of($certificate));
my $elsewhere = "postgresql://postgres\@127.0.0.1:$proxy->{port}";

# Each command works on a database of its own, and has to wait there for what we have locked; then its process
# is stopped, and what we hold is given free.
my @runs;
for my $case (
    ['snapshot', 'pg_catalog.pg_constraint', sub { 'snapshot', '--database', url($_[0]) }],
    ['snapshot of a server elsewhere', 'pg_catalog.pg_constraint', sub { 'snapshot', '--database', "$elsewhere/$_[0]" }],
    ['validate', 'books', sub { 'validate', $suite, 'pre-migration', '--database', url($_[0]) }],
    ['generate', 'books', sub { 'generate', $suite, '--database', url($_[0]) }],
    ['shape', 'pg_catalog.pg_statistic', sub { 'shape', '--source', url($_[0]) }],
    ['certify', 'pg_catalog.pg_constraint', sub { 'certify', $suite, '--source', url($_[0]), '--output', area('certified') }],
    ['verify', 'pg_catalog.pg_constraint', sub { 'verify', $suite, "$certificate->{folder}/certificate.json", '--database', url($_[0]) }],
    ['deploy', 'pg_catalog.pg_constraint', sub { 'deploy', $suite, '--database', url($_[0]), '--yes',
            '--deployment', "$suite/deployment.yaml", '--certificate', "$certificate->{folder}/certificate.json", '--output', area('deployed') }],
    ['doctor', 'pg_catalog.pg_depend', sub { 'doctor', $suite, '--server', url($_[0]), '--for', 'certify' }])
{
    my ($what, $table, $command) = @$case;
    my $database = "${name}_" . @runs;
    make($database, "TEMPLATE $name");
    my ($out, $fifo) = (area('out'), area('hold') . '/end');
    my %run = (what => $what, database => $database, fifo => $fifo, out => "$out/stdout", err => "$out/stderr", started => time);
    system('mkfifo', $fifo) == 0 or die;
    $run{holder} = fork // die;
    if (!$run{holder}) {
        exec 'sh', '-c', "(echo 'BEGIN; LOCK TABLE $table;'; cat $fifo) | psql -Xqd '" . url($database) . "' >$out/holder 2>&1" or POSIX::_exit(99);
    }
    ok(wait_until(sub { answer("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = '$database')") > 0 },
        'the lock'), "$what: a lock is held");
    $run{pid} = fork // die;
    if (!$run{pid}) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $run{out};
        open STDERR, '>', $run{err};
        exec "$RunTest::build/bin/pgrehearse", $command->($database) or POSIX::_exit(99);
    }
    push @runs, \%run;
}
for my $run (@runs) {
    my $waiting = "SELECT pid FROM pg_stat_activity WHERE datname = '$run->{database}' AND wait_event_type = 'Lock' AND application_name LIKE 'pgrehearse%' AND backend_type = 'client backend' LIMIT 1";
    ok(wait_until(sub { $run->{backend} = answer($waiting) }, 'the command to wait'), "$run->{what} waits for the lock") or diag(output_of($run));
    push @stopped, $run->{backend} if $run->{backend};
    ok($run->{backend} && kill('STOP', $run->{backend}), '  and the process of the server is stopped') or diag("process '$run->{backend}': $!");
    open my $end, '>', $run->{fifo} or die;
    close $end;
    waitpid $run->{holder}, 0;
}
for my $run (@runs) {
    finish_run($run);
    is($run->{code}, 3, "$run->{what}, stopped: exit 3") or diag(output_of($run));
    like(output_of($run), qr/is stopped/, '  and says so');
}
kill 'CONT', @stopped;

# on the embedded server: the migrator stops the processes of our sessions
my $stopping = suite_with('p=$(head -1 "$TMPDIR"/pgrehearse-*$PGREHEARSE_RUN/data/postmaster.pid); '
        . (sound() =~ s/exec //r) . ' && pkill -STOP -P $p -f pgrehearse_admin');
@runs = (
    ['a run', start_run($stopping, ['--scenario', 'fresh'])],
    ['compare', start_run($stopping, ['--base-migrations', "$suite/migrations", '--rounds', 8], command => 'compare')],
    ['forecast', start_run($stopping, ['--rows', 'books=1000'], command => 'forecast')]);
for (@runs) {
    my ($what, $run) = @$_;
    finish_run($run);
    is($run->{code}, 3, "$what: exit 3") or diag(output_of($run));
    like(output_of($run), qr/is stopped|no answer/, '  and says so');
}
is(leftovers(), '', 'nothing is left');
done_testing;
