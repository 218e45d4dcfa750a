#!/usr/bin/perl
# pgrehearse deploy, killed with SIGKILL after each of its steps and within those that write: the
# next deploy finishes or rolls back, and what must not run twice does not.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use DeployTest;
use Fcntl qw(F_SETFL O_DIRECT);
use IO::Select;
use MigrationTest;
use POSIX qw(:sys_wait_h);
use Test::More;

my ($status, $out, $err);
sub shows { return diag($out, $err) }
sub revision { return value($_[0]{url}, 'SELECT version_num FROM alembic_version') }

# Every run of the migrator's upgrade and downgrade leaves a line in a file beside the migrations.
my $t = certified(upgrade => q(sh -c 'echo upgrade >>"$APPLICATION_STATE/runs"; wait_for() { while [ -e "$APPLICATION_STATE/$1.held" ]; do sleep 0.1; done; [ ! -e "$APPLICATION_STATE/$1" ] || sleep $(cat "$APPLICATION_STATE/$1"); }; wait_for slow-before; pgrehearse-migrate upgrade {revision} && wait_for slow-after'));
my $before = everything($t);
my $runs = "$t->{state}/runs";
sub count_runs { return scalar grep { /upgrade/ } split /\n/, -e $runs ? read_file($runs) : '' }

# Sends it a signal when it has written the line that matches, before it can write the next: its output
# is a pipe with room for one write, and it is stopped while the line is taken out.
use constant {F_SETPIPE_SZ => 1031, PAGE => 4096};
sub killed_at { return signalled_at('KILL', @_) }
sub signalled_at {
    my ($signal, $pattern, @more) = @_;
    unlink $runs;
    pipe my $reader, my $writer or die "pipe: $!";
    fcntl $writer, F_SETFL, O_DIRECT or die "a pipe of packets: $!"; # each write needs room of its own
    fcntl $writer, F_SETPIPE_SZ, PAGE or die "a pipe of a page: $!";
    my $child = do { local $t->{environment}{OUTPUT} = fileno $writer; deploy_start($t, @more) };
    close $writer;
    my ($seen, $all) = (0, '');
    while (!$seen && IO::Select->new($reader)->can_read) {
        kill 'STOP', $child->{pid};
        waitpid $child->{pid}, WUNTRACED;
        last if !-e "/proc/$child->{pid}"; # it has ended
        last if !sysread $reader, $all, PAGE, length $all;
        $seen = $all =~ $pattern;
        kill $signal, $child->{pid} if $seen;
        kill 'CONT', $child->{pid};
    }
    while (sysread $reader, $all, PAGE, length $all) { }
    write_file($child->{out}, $all);
    if ($seen) {
        ($status, $out, $err) = finish($child);
    } else {
        kill 'KILL', $child->{pid};
        ($status, $out, $err) = ($? >> 8, $all, read_file($child->{err}));
        shows();
    }
    return $seen;
}

my @steps = qw(backup stop verify-baseline pre-validation upgrade verify-target post-validation start);
for my $step (@steps) {
    ok(killed_at(qr/^done +$step /m), "killed after $step");
    is($status, 137, "$step: it was killed") or shows();
    ($status, $out, $err) = deploy($t);
    is($status, 0, "$step: the next deploy finishes") or shows();
    # the next step may have begun
    my $most = $err =~ /upgrade: the interrupted run left no changes; running it again/ ? 2 : 1;
    ok(count_runs() >= 1 && count_runs() <= $most, "$step: the migration ran once, or again after one that left nothing") or shows();
    is(revision($t), '002', "$step: the database is at the target");
    ok(is_up($t), "$step: the services are up");
    ($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
    is($status, 0, "$step: it can be rolled back") or shows();
    is(everything($t), $before, "$step: and everything is as it was");
}

# in the middle of the migration: before it has done anything, and when it has committed
sub killed_within {
    my ($name, $flag, $ready, $then) = @_;
    write_file("$t->{state}/$flag", "900.25\n");
    unlink $runs;
    my $child = deploy_start($t);
    ok(wait_until($ready, $name), "$name: it is in the middle of the migration");
    kill 'KILL', $child->{pid};
    ($status, $out, $err) = finish($child);
    unlink "$t->{state}/$flag";
    ($status, $out, $err) = deploy($t, @$then);
    unlike(scalar `ps -eo args`, qr/sleep 900\.25/, "$name: nothing of the dead migrator is left, not even a shell that sleeps");
}
killed_within('before', 'slow-before', sub { count_runs() == 1 }, []);
is($status, 0, 'killed before the migration changed anything: the next deploy finishes') or shows();
like($err, qr/upgrade: the interrupted run left no changes; running it again/, 'it looked');
is(count_runs(), 2, 'the migration ran again, since the first had done nothing');
is(revision($t), '002', 'at the target');
deploy($t, '--rollback', '--restore-rows');
is(everything($t), $before, 'and back');

killed_within('after', 'slow-after', sub { revision($t) eq '002' }, []);
is($status, 0, 'killed when the migration had committed: the next deploy finishes') or shows();
like($err, qr/upgrade: the interrupted run had finished: nothing to repeat/, 'it looked');
is(count_runs(), 1, 'the migration did not run again');
deploy($t, '--rollback', '--restore-rows');
is(everything($t), $before, 'and back');

killed_within('back', 'slow-after', sub { revision($t) eq '002' }, ['--rollback', '--restore-rows']);
is($status, 0, 'killed when the migration had committed: or it is rolled back') or shows();
is(everything($t), $before, 'and everything is as it was');
ok(is_up($t), 'with the services up');

# in the middle of the start: the service has not told yet that it is there
my $slow = folder_of('sitecustomize.py' => "import time\ntime.sleep(2)\n");
sub half_started {
    application($t, 'stop');
    my $control = start({%{$t->{environment}}, PYTHONPATH => $slow}, 'sh', "$t->{suite}/application/control", 'start');
    ok(wait_until(sub { `ps -eo args` =~ m{\Q$t->{suite}\E.*server\.py} }, 'it'), 'a service that is starting');
    kill 'KILL', $control->{pid};
    finish($control);
    return;
}
half_started();
is(application($t, 'start'), 0, 'killed within the start: it can be started again');
half_started();
is(application($t, 'stop'), 0, 'killed within the start: it can be stopped');
unlike(scalar `ps -eo args`, qr{\Q$t->{suite}\E.*server\.py}, 'and nothing of it is left that could come up');
application($t, 'start');

# in the rollback
for my $step (qw(rollback-stop downgrade rollback-verify rollback-validation restore-rows rollback-start)) {
    ($status, $out, $err) = deploy($t);
    die "not deployed, to be rolled back: $out$err" if $status;
    ok(killed_at(qr/^done +$step /m, '--rollback', '--restore-rows'), "killed after $step");
    is($status, 137, "killed after $step") or shows();
    ($status, $out, $err) = deploy($t, '--restore-rows');
    is($status, 1, "$step: the next deploy ends the rollback: exit 1") or shows();
    is(scalar(grep { $_->{outcome} eq 'done' } last_of('downgrade')), 1, "$step: one downgrade");
    is(scalar(grep { $_->{outcome} eq 'done' } last_of('restore-rows')), 1, "$step: rows restored once");
    is(everything($t), $before, "$step: and everything is as it was");
    ok(is_up($t), "$step: the services are up");
}

# The ends of a step in the last deployment.
sub last_of {
    my ($step) = @_;
    my ($opened) = reverse journal($t, 'opened');
    my ($path) = glob "$t->{output}/*.journal";
    my @lines = split /\n/, read_file($path);
    my $from = (grep { $lines[$_] =~ /"event":"opened"/ } 0 .. $#lines)[-1];
    return map { JSON::PP::decode_json($_) } grep { /"event":"ended"/ && /"step":"$step"/ } @lines[$from .. $#lines];
}

# Ctrl-C in the migration: it is let go on to its end, then it stops and says where it stands
write_file("$t->{state}/slow-after.held", '');
unlink $runs;
my $child = deploy_start($t);
ok(wait_until(sub { revision($t) eq '002' }, 'the migration'), 'the migration is running');
kill 'INT', $child->{pid};
unlink "$t->{state}/slow-after.held";
($status, $out, $err) = finish($child);
is($status, 3, 'Ctrl-C: exit 3') or shows();
like($out, qr/^done +upgrade /m, 'the migrator came to its end');
like($out, qr/^unfinished: .*interrupted.*\n(.*\n)*last done +upgrade .*\nnext +verify-target .*\nto continue, run the same command again:\n(.*\n)*to go back, run it with --rollback:$/m, 'it says where it stands') or shows();
($status, $out, $err) = deploy($t);
is($status, 0, 'the next one goes on') or shows();
is(count_runs(), 1, 'without the migration');
deploy($t, '--rollback', '--restore-rows');
is(everything($t), $before, 'and back');

# Ctrl-C before it: the services go up again
ok(signalled_at('INT', qr/^done +stop /m), 'Ctrl-C after stop');
is($status, 3, 'Ctrl-C before the migration: exit 3') or shows();
ok(is_up($t), 'the services are up again');
is(everything($t), $before, 'and nothing was changed');
done_testing;
