#!/usr/bin/perl
# kill -9 at any moment, then the next run: no server, database, process or temporary file of the
# dead run is left. Runs side by side leave each other alone.
use strict;
use warnings;

# It asks what is left on the server, where other tests have runs of their own: so it has one of its own.
# In a BEGIN, before the module makes a folder that nobody would remove.
BEGIN {
    exec 'tests/support/with-server', 'env', 'PGREHEARSE_SERVER_OF_ONE=yes', $^X, $0
        unless $ENV{PGREHEARSE_SERVER_OF_ONE};
}
use lib 'tests/support';
use RunTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $url = $ENV{PGREHEARSE_TEST_SERVER}
    or BAIL_OUT('set PGREHEARSE_TEST_SERVER, or run this beneath tests/support/with-server');
my @arguments = ('--scenario', 'fresh,idempotency');
my $suite = suite_with('(setsid sleep 900 &) >/dev/null 2>&1; sleep 901 & '
        . (sound() =~ s/exec //r) . '; code=$?; sleep 0.2; kill $!; exit $code');

sub databases {
    return `psql -X -A -t -d '$url' -c "SELECT datname FROM pg_database WHERE datname ~ '^pgrehearse_' ORDER BY 1"`;
}

sub killed_at {
    my ($moment, $what, $extra, @how) = @_;
    my $run = start_run($suite, [@arguments, @$extra], @how);
    sleep $moment;
    kill 'KILL', $run->{pid};
    finish_run($run);
    my $next = run_it(suite_with(sound()), ['--scenario', 'fresh', @$extra], @how);
    $what = sprintf '%s killed after %.2f s', $what, $moment;
    is($next->{code}, 0, "$what: the next run is well") or diag(output_of($next));
    is(leftovers(), '', "$what: nothing is left after it");
}

my $before = segments();
srand(9);
my $time = run_it($suite, \@arguments)->{seconds};
killed_at($time * ($_ + rand) / 4, 'a run', []) for 0 .. 3;
killed_at($time * ($_ + rand) / 3, 'a run on a server', ['--server', $url]) for 0 .. 2;
is(databases(), '', 'no database is left on the server');
SKIP: {
    skip 'only root can become another user', 1 if $>;
    for my $moment (0.3) {
        my $home = area('home');
        killed_at($moment, 'an initdb', [], as => 'nobody', environment => {HOME => $home});
        is(join(' ', glob "$home/.cache/pgrehearse/*.making-*"), '', 'no half-made cluster');
    }
}
is(segments($before), '', 'no shared memory is left');

# side by side: a long one must survive the sweeps of others, also of those with another TMPDIR
my $mark = area('mark');
my $long = suite_with("touch $mark/begun.\$\$; until [ -e $mark/enough ]; do sleep 0.1; done; " . sound());
my @alive = (start_run($long, ['--scenario', 'fresh']),
    start_run($long, ['--scenario', 'fresh', '--server', $url]));
ok(wait_until(sub { (my @begun = glob "$mark/begun.*") == 2 }, 'both upgrades'), 'two runs are in their upgrades');
for my $extra ([], ['--server', $url]) {
    my $run = run_it(suite_with(sound()), ['--scenario', 'fresh', @$extra]);
    is($run->{code}, 0, 'a run beside another passes') or diag(output_of($run));
}
run_it(suite_with(sound()), ['--scenario', 'fresh'], environment => {TMPDIR => area('tmp')});
write_file("$mark/enough", '');
for my $run (@alive) {
    finish_run($run);
    is($run->{code}, 0, 'a live run is left alone by the sweeps of others') or diag(output_of($run));
}
is(leftovers() . databases(), '', 'nothing left behind');

# kept: not swept, and can be started as told
my $kept = run_it(suite_with(sound()), ['--scenario', 'fresh', '--keep']);
is($kept->{code}, 0, '--keep passes') or diag(output_of($kept));
my ($folder, $bin) = output_of($kept) =~ m{kept: (\S+); start it with (?:setpriv \S+ \S+ \S+ )?(\S+)/pg_ctl};
ok($folder && -d "$folder/data", 'the cluster is kept') or diag(output_of($kept));
run_it(suite_with(sound()), ['--scenario', 'fresh']);
ok(-d "$folder/data", 'the next run does not sweep it');
my ($start) = output_of($kept) =~ m{start it with (?:setpriv \S+ \S+ \S+ )?(.*? start),};
my $owner = (stat "$folder/data")[4];
my @as = $> ? () : ('setpriv', "--reuid=$owner", "--regid=$owner", '--clear-groups');
is(system(@as, 'sh', '-c', "cd / && $start -w >/dev/null 2>&1"), 0, "it starts as told: $start");
my ($socket) = output_of($kept) =~ m{psql -h (\S+) -U pgrehearse_admin};
like(`psql -X -A -t -h $socket -U pgrehearse_admin -l 2>&1`, qr/^pgrehearse_[0-9a-f]{12}_fresh/m,
    'and the database of the scenario is there');
is(system(@as, 'sh', '-c', "cd / && $bin/pg_ctl -D $folder/data -m immediate stop >/dev/null"), 0,
    'it is stopped');
system('rm', '-r', $folder);
is(leftovers(), '', 'removed as told, nothing is left');

done_testing;
