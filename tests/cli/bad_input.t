#!/usr/bin/perl
# What bad input and bad luck get: one line that says what is wrong, the right exit code, a finding
# never taken for an error or the other way round, and nothing left behind.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my @quick = ('--scenario', 'fresh');

sub expect_run {
    my ($what, $run, $code, $message, $tmp) = @_;
    my $told = output_of($run);
    is($run->{code}, $code, "$what: exit $code") or diag($told);
    like($told, $message, "$what: it says why") if $message;
    my @lines = split /\n/, read_file($run->{err});
    my @own = grep {/^pgrehearse: /} @lines;
    cmp_ok(scalar @own, '<=', 1, "$what: at most one message of ours") or diag("@own");
    is(leftovers($tmp), '', "$what: nothing left behind");
}

# Runs of [what, suite, code, message], a few side by side, each in a temporary folder of its own.
sub expect_runs {
    my @cases = @_;
    while (my @batch = splice @cases, 0, 3) {
        my @temporary = map { area('tmp') } @batch;
        my @runs = map {
            start_run($batch[$_][1], [@quick], environment => {TMPDIR => $temporary[$_]})
        } 0 .. $#batch;
        finish_run($_) for @runs;
        expect_run($batch[$_][0], $runs[$_], @{$batch[$_]}[2, 3], $temporary[$_]) for 0 .. $#batch;
    }
}

# the upgrade hangs: 20 s, beside everything else
my $hangs = start_run(suite_with('trap "" TERM; while :; do sleep 1; done'),
    [@quick, '--time-limit', '1'], environment => {TMPDIR => my $hanging = area('tmp')});
my $baseline_hangs = start_run(suite_with('true', 'exec sleep 600'),
    [@quick, '--time-limit', '1'], environment => {TMPDIR => my $waiting = area('tmp')});

my $good = suite_with(sound());
expect_run('a sound migration', run_it($good, [@quick]), 0, qr/passed/);

# the command line
my $elsewhere = area('none');
for my $case (
    [['--server', ''], 2, qr/--server: expected a connection URL/],
    [['--server', 'nonsense'], 2, qr/--server: not a PostgreSQL connection URL/],
    [['--server', 'postgresql://postgres@127.0.0.1:1/x'], 3, qr/Connection refused/],
    [['--output', ''], 2, qr/--output.*(folder|twice)/],
    [['--jobs', '18446744073709551615'], 2, qr/--jobs: expected 1 to 256/],
    [['--jobs', '0'], 2, qr/--jobs: expected 1 to 256/],
    [['--seed', '18446744073709551616'], 2, qr/--seed.*whole number/],
    [['--authors', '-1'], 2, qr/--authors.*whole number/],
    [['--scenario', 'nosuch'], 2, qr/no scenario 'nosuch'/],
    [['--migrator', 'nosuch'], 2, qr/no migrator 'nosuch'/],
    [['--migrations', "$elsewhere/nosuch"], 2, qr/no such folder of migrations/],
    )
{
    my ($arguments, $code, $message) = @$case;
    expect_run("@$arguments", run_it($good, $arguments), $code, $message);
}
expect_run('no such suite', run_it('nosuch', []), 2, qr/no suite 'nosuch'/);
is(system("$RunTest::build/bin/pgrehearse run '$good' --output '' 2>/dev/null") >> 8,
    2, 'an output folder without a name is refused');
ok(!-e '/logs', 'and nothing is written to the root');

# where reports go
write_file("$elsewhere/file", '');
for my $folder ("$elsewhere/file", "$elsewhere/file/below", '/proc/nosuch') {
    my $told = `$RunTest::build/bin/pgrehearse run '$good' --output '$folder' 2>&1`;
    is($? >> 8, 3, "$folder as output: exit 3");
    like($told, qr/^pgrehearse: the output folder .* cannot be written: .*--output$/, 'and why');
}
like(`$RunTest::build/bin/pgrehearse run '$good' --output /sys/nosuch 2>&1`, qr/\/sys\/nosuch cannot be written: (?!No such file)/,
    'why a folder cannot be made, not that it is not there');
for my $out ('/dev/full') {
    my $run = run_it($good, [@quick], stdout => $out);
    is($run->{code}, 3, 'a full standard output: exit 3');
    like(read_file($run->{err}), qr/standard output cannot be written/, 'and it is said');
}
my $command = "$RunTest::build/bin/pgrehearse run '$good' --scenario fresh --output $elsewhere/r";
system("$command >&- 2>$elsewhere/err");
is($? >> 8, 3, 'a closed standard output: exit 3');
system("$command <&- >&- 2>&-");
is($? >> 8, 3, 'everything closed: exit 3');
system("$command <&- >$elsewhere/out 2>&-");
is($? >> 8, 0, 'only the output open: the run is fine') or diag(read_file("$elsewhere/out"));
like(read_file("$elsewhere/r/logs/baseline.log") . 'x', qr/^[^{]*$/, 'and no log got a report');
is(leftovers(), '', 'nothing left behind');

# the migrator
my $postmaster = '$(head -1 "${PGHOST%/socket}/data/postmaster.pid")';
my $apply = (sound() =~ s/exec //r);
my $before = segments();
expect_runs(map { ["a migrator that $_->[0]", suite_with($_->[1]), $_->[2], $_->[3]] }
    ['exits with 7', 'echo oops >&2; exit 7', 1, qr/exited with status 7: oops/],
    ['dies by a signal', 'kill -SEGV $$', 1, qr/the upgrade (was killed by signal 11|.*status 139)/],
    ['is not installed', 'exec nosuchprogram', 3, qr/not installed/],
    ['closes its output', 'exec >&- 2>&-; ' . sound(), 0, qr/passed/],
    ['writes megabytes without a line end',
        "head -c 30000000 /dev/zero | tr '\\0' x; " . sound(), 0, qr/passed/],
    ['writes rubbish', 'printf "\\377 \\0 \\033[31mred \\201\\n" >&2; exit 4', 1,
        qr/exited with status 4: [^\x00\x1b\x80-\xff]*red [^\x81]*$/m],
    ['leaves a daemon that holds the pipe', "$apply; setsid sleep 97 & exit 0", 0, qr/passed/],
    ['leaves a daemon deaf to signals',
        "$apply; (trap '' TERM QUIT HUP; setsid sleep 98 >/dev/null 2>&1) & exit 0", 0, qr/passed/],
    ['leaves a daemon that is connected',
        "$apply; (setsid psql -X -c 'SELECT pg_sleep(99)' >/dev/null 2>&1 &) ; exit 0", 0, undef],
    ['loses its connection', 'psql -X -c "SELECT pg_terminate_backend(pg_backend_pid())"', 3,
        qr/the server failed: terminating connection/],
    ['ends the server', "kill -QUIT $postmaster; sleep 0.3; " . sound(), 3, qr/server/],
    # a session that is still connected says: terminating connection due to unexpected postmaster exit
    ['kills the server', "$apply; kill -9 $postmaster", 3, qr/server|postmaster/],
    ['kills the server that is busy',
        "psql -X -c 'DO \$\$ BEGIN LOOP END LOOP; END \$\$' & sleep 0.3; kill -9 $postmaster; exit 1",
        3, qr/server|postmaster/],
    ['fills its own disk', 'echo "write: No space left on device" >&2; exit 1', 3,
        qr/the server or this machine failed: .*No space left/],
    ['has no open files left', 'ulimit -n 3; exec 3</dev/null', 3, qr/the server or this machine failed: .*Too many open files/],
    ['cannot fork', 'echo "sh: 1: Cannot fork" >&2; exit 2', 3, qr/the server or this machine failed: .*Cannot fork/],
    ['cannot fork, as Go says it', 'echo "fork/exec /bin/sh: resource temporarily unavailable" >&2; exit 1', 3,
        qr/the server or this machine failed: .*temporarily unavailable/]);
is(segments($before), '', 'no shared memory is left');
expect_runs(map { ["a migrator that $_->[0]", suite_with('true', $_->[1]), 3, $_->[2]] }
    ['exits with 7 at the baseline', 'echo oops; exit 7', qr/baseline 1 cannot be built.*status 7: oops/],
    ['does nothing at the baseline', 'exit 0', qr/at the baseline 1 there is no/],
    ['is not installed at the baseline', 'exec nosuchprogram', qr/not installed/]);

# what the server lacks
expect_run('an extension that is nowhere',
    run_it(suite_with(sound(), undef, 'time_limit: 60' => "time_limit: 60\nextensions: [nosuch]"),
        [@quick]),
    3, qr/no extension nosuch: install it/);

# disks
SKIP: {
    skip 'only root can mount a small disk', 9 if $>;
    my $disk = area('disk');
    my @mount = ('mount', '-t', 'tmpfs', '-o', 'size=24m,mode=1777', 'tmpfs', $disk);
    skip 'no disk can be mounted here', 9 if system(@mount) != 0;
    my $run = run_it($good, [@quick], environment => {TMPDIR => $disk});
    is($run->{code}, 3, 'no room for the server: exit 3') or diag(output_of($run));
    like(output_of($run), qr/No space left on device/, 'and why');
    is(leftovers($disk), '', 'nothing left behind');
    system('mount', '-o', 'remount,size=200m', $disk);
    $run = run_it(
        suite_with(q{psql -X -q -v ON_ERROR_STOP=1 -c "CREATE TABLE big AS SELECT repeat('x', 2000) FROM generate_series(1, 1000000)"}),
        [@quick], environment => {TMPDIR => $disk});
    is($run->{code}, 3, 'the disk is full in the middle of the migration: exit 3')
        or diag(output_of($run));
    like(output_of($run), qr/No space left on device|could not (extend|write)/, 'and why');
    is(leftovers($disk), '', 'nothing left behind');
    system("head -c 300000000 /dev/zero >$disk/full 2>/dev/null");
    my $told = `$RunTest::build/bin/pgrehearse run '$good' --output $disk/reports 2>&1`;
    is($? >> 8, 3, 'no room for the reports: exit 3');
    like($told, qr/the output folder \S+ cannot be written: No space left/, 'told at once');
    is(leftovers(), '', 'nothing left behind');
    system('umount', $disk);
}

finish_run($_) for $hangs, $baseline_hangs;
is($hangs->{code}, 1, 'an upgrade that hangs is a finding') or diag(output_of($hangs));
like(output_of($hangs), qr/was stopped after .* far over the limit of 1 s/, 'and is said to be');
is(leftovers($hanging), '', 'nothing is left of it');
is($baseline_hangs->{code}, 3, 'a baseline that hangs is an error') or diag(output_of($baseline_hangs));
like(output_of($baseline_hangs), qr/baseline 1 cannot be built: .* was stopped after/, 'and why');
is(leftovers($waiting), '', 'nothing is left of it');

done_testing;
