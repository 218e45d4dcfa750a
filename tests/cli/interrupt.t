#!/usr/bin/perl
# Ctrl-C, SIGTERM and SIGHUP at any moment: exit 3 (1 after a finding), reports written, nothing
# left behind; also while initdb fills a cold cache.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;
use Time::HiRes qw(sleep time);

my @arguments = ('--scenario', 'fresh,idempotency');
# a script with children of its own, one in a session of its own
my $children = '(setsid sleep 900 &) >/dev/null 2>&1; sleep 901 & '
    . (sound() =~ s/exec //r) . '; code=$?; sleep 0.2; kill $!; exit $code';
my $suite = suite_with($children);
my $before = segments();
my $longest = run_it($suite, \@arguments);
is($longest->{code}, 0, 'undisturbed, it passes') or diag(output_of($longest));

sub interrupted_at {
    my ($signal, $moment, @how) = @_;
    my $run = start_run($suite, \@arguments, @how);
    sleep $moment;
    kill $signal, $run->{pid};
    my $sent = time;
    finish_run($run, 200);
    my $what = sprintf 'SIG%s after %.2f s', $signal, $moment;
    if ($run->{code} == 0) { pass("$what: it had ended already") }
    elsif ($run->{code} == 128 + { INT => 2, TERM => 15, HUP => 1 }->{$signal}) {
        is(output_of($run) . join('', glob "$run->{folder}/*"), '', "$what: before anything had begun");
    } else {
        is($run->{code}, 3, "$what: exit 3") or diag(output_of($run));
        like(output_of($run), qr/interrupted/, "$what: it is said");
        ok(-s "$run->{folder}/$_", "$what: $_ is written") for qw(junit.xml run.json fresh.tap);
    }
    is(leftovers(), '', "$what: nothing left behind");
    return time - $sent;
}

srand(20);
my @signals = qw(INT TERM HUP);
for my $i (0 .. 8) {
    my $moment = $longest->{seconds} * ($i + rand) / 9;
    my $took = interrupted_at($signals[$i % 3], $moment);
    cmp_ok($took, '<', 100, 'it does not wait for what the migrator has started');
}

# as an ordinary user, whose cache is cold: in the middle of initdb
SKIP: {
    skip 'only root can become another user', 1 if $>;
    for my $moment (0.1, 0.3, 0.6) {
        my $home = area('home');
        interrupted_at('TERM', $moment, as => 'nobody', environment => {HOME => $home});
        is(join(' ', glob "$home/.cache/pgrehearse/*.making-*"), '', 'no half-made cluster');
    }
}
is(segments($before), '', 'no shared memory is left');

# after a finding
my $bad = suite_with('echo bad; exit 5');
write_file("$bad/migrations/up.sh", read_file("$bad/migrations/up.sh")
        =~ s/echo bad; exit 5/mkdir "\$FLAG" 2>\/dev\/null && { echo bad; exit 5; }; touch "\$FLAG.again"; exec sleep 900/r);
my $flag = area('flag') . '/first';
my $run = start_run($bad, ['--scenario', 'fresh,idempotency', '--jobs', '1'],
    environment => {FLAG => $flag});
ok(wait_until(sub { -e "$flag.again" }, 'the second upgrade'), 'the first upgrade has failed, the second has begun')
    or diag(output_of($run));
kill 'INT', $run->{pid};
finish_run($run);
is($run->{code}, 1, 'a finding before the signal: exit 1') or diag(output_of($run));
is(leftovers(), '', 'nothing left behind');

# while the server is stopped: it answers nothing, not even the request to cancel
{
    my $flag = area('flag') . '/stopped';
    my $postmaster = '$(head -1 "${PGHOST%/socket}/data/postmaster.pid")';
    my $stopping = suite_with("p=$postmaster; " . (sound() =~ s/exec //r)
            . ' && kill -STOP $p && pkill -STOP -P $p && touch "$FLAG"');
    my $run = start_run($stopping, ['--scenario', 'fresh'], environment => {FLAG => $flag});
    ok(wait_until(sub { -e $flag }, 'the server to be stopped'), 'a stopped server') or diag(output_of($run));
    kill 'INT', $run->{pid};
    finish_run($run);
    is($run->{code}, 3, 'a signal while the server is stopped: exit 3') or diag(output_of($run));
    is(leftovers(), '', 'nothing left behind');
}

# nohup
$run = start_run($suite, \@arguments, hangup => 'IGNORE');
wait_until(sub { -d $run->{folder} }, 'it to run');
kill 'HUP', $run->{pid};
finish_run($run);
is($run->{code}, 0, 'beneath nohup a hangup disturbs nobody') or diag(output_of($run));

done_testing;
