#!/usr/bin/perl
# A process of the server that is stopped while a command waits for it: no command waits for ever, each says why
# and leaves nothing.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $suite = suite_with(sound());
my $name = "stopped_$$";
my $database = $server =~ s{/postgres\?}{/$name?}r;

sub answer { my ($statement) = @_; my $said = `psql -XAtqd '$server' -c "$statement"`; chomp $said; return $said }
system("psql -Xqd '$server' -c 'CREATE DATABASE $name' && cd $suite/migrations && psql -Xq -1 -d '$database' -f upgrade-1.sql") == 0 or die;
END { local $?; system("psql -Xqd '$server' -c 'DROP DATABASE IF EXISTS $name WITH (FORCE)'") if $name }

# Starts a command, which has to wait for what we have locked; stops its process there, and gives the lock free.
for my $case (
    ['snapshot', 'pg_catalog.pg_constraint', 'snapshot', '--database', $database],
    ['validate', 'books', 'validate', $suite, 'pre-migration', '--database', $database],
    ['generate', 'books', 'generate', $suite, '--database', $database],
    ['shape', 'pg_catalog.pg_statistic', 'shape', '--source', $database])
{
    my ($what, $table, @command) = @$case;
    my ($out, $fifo) = (area('out'), area('hold') . '/end');
    system('mkfifo', $fifo) == 0 or die;
    my $holder = fork // die;
    if (!$holder) {
        exec 'sh', '-c', "(echo 'BEGIN; LOCK TABLE $table;'; cat $fifo) | psql -Xqd '$database' >$out/holder 2>&1";
        die;
    }
    my $waiting = "SELECT pid FROM pg_stat_activity WHERE datname = '$name' AND wait_event_type = 'Lock' AND application_name = 'pgrehearse' AND backend_type = 'client backend' LIMIT 1";
    ok(wait_until(sub { answer("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = '$name')") > 0 },
        'the lock'), "$what: a lock is held");
    my %run = (out => "$out/stdout", err => "$out/stderr", started => time);
    $run{pid} = fork // die;
    if (!$run{pid}) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $run{out};
        open STDERR, '>', $run{err};
        exec 'pgrehearse', @command;
        die;
    }
    my $backend = '';
    ok(wait_until(sub { $backend = answer($waiting) }, 'the command to wait'), '  for which it waits') or diag(output_of(\%run));
    ok($backend && kill('STOP', $backend), '  and the process of the server is stopped') or diag("process '$backend': $!");
    open my $end, '>', $fifo or die;
    close $end;
    waitpid $holder, 0;
    finish_run(\%run);
    is($run{code}, 3, '  stopped: exit 3') or diag(output_of(\%run));
    like(read_file($run{err}), qr/is stopped/, '  and says so');
    kill 'CONT', $backend;
}

# in a run: the migrator stops the processes of our sessions
my $stopping = suite_with('p=$(head -1 "${PGHOST%/socket}/data/postmaster.pid"); '
        . (sound() =~ s/exec //r) . ' && pkill -STOP -P $p -f pgrehearse_admin');
my $run = run_it($stopping, ['--scenario', 'fresh']);
is($run->{code}, 3, 'a run: exit 3') or diag(output_of($run));
like(output_of($run), qr/is stopped|no answer/, '  and says so');
is(leftovers(), '', 'nothing is left');
done_testing;
