# Commands that tests disturb, one way after the other, and the judgement of how each took it: the true
# verdict or "could not check", no crash, no hang, nothing left behind.
package Campaign;
use strict;
use warnings;
use Exporter 'import';
use POSIX qw(:sys_wait_h _exit);
use RunTest;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(commands true_verdict attempt sentence_of);

my $patience = 90;    # seconds, for a command of two; past it it hangs

# Name, arguments; OUT is a folder of the attempt's own, DATABASE the test's database at its baseline.
sub commands {
    my ($suite, $database, $certificate) = @_;
    return (
        ['run', 'run', $suite, '--scenario', 'fresh', '--output', 'OUT', '--report', 'html=OUT/page.html', '--report', 'junit=OUT/j.xml'],
        ['snapshot', 'snapshot', '--database', $database],
        ['validate', 'validate', $suite, 'pre-migration', '--database', $database],
        ['list', 'list'],
        ['show', 'show', $suite, 'fresh'],
        ['rules', 'rules'],
        ['schema', 'schema', 'suite'],
        ['doctor', 'doctor', $suite, '--server', $database, '--for', 'certify'],
        ['verify', 'verify', $suite, $certificate],
        ['shape', 'shape', '--source', $database],
        ['history', 'run', $suite, '--scenario', 'fresh', '--output', 'OUT', '--history', 'OUT/history.db'],
        ['rollback', 'run', $suite, '--scenario', 'rollback,cost', '--output', 'OUT'],
        ['interrupted', 'run', $suite, '--scenario', 'interrupted', '--output', 'OUT'],
        ['deployment', 'run', $suite, '--scenario', 'deployment', '--output', 'OUT'],
        ['certify', 'certify', $suite, '--source', $database, '--scenario', 'certification', '--output', 'OUT'],
        ['compare', 'compare', $suite, '--base-migrations', "$suite/migrations", '--rounds', '8', '--output', 'OUT'],
        ['forecast', 'forecast', $suite, '--rows', 'books=1000', '--output', 'OUT'],
    );
}

# Runs it in a TMPDIR of its own. Returns {code (128 + signal when one killed it), said, seconds, hangs, tmp}.
sub run_command {
    my ($command, $environment) = @_;
    my $place = area('campaign');
    mkdir "$place/tmp" or die "$place/tmp: $!";
    my @words = map { s{^(.*=)?OUT}{($1 // '') . "$place/out"}er } @{$command}[1 .. $#$command];
    my %run = (tmp => "$place/tmp", place => $place, started => time);
    mkdir "$place/out" if grep {m{\Q$place\E/out/}} @words;
    $run{pid} = fork // die "fork: $!";
    if (!$run{pid}) {
        setpgrp;
        %ENV = (%ENV, TMPDIR => $run{tmp}, %$environment);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$place/stdout" or _exit(99);
        open STDERR, '>', "$place/stderr" or _exit(99);
        exec "$RunTest::build/bin/pgrehearse", @words or _exit(99);
    }
    while (!waitpid $run{pid}, WNOHANG) {
        if (time - $run{started} > $patience) {
            $run{hangs} = 1;
            kill 'KILL', $run{pid};
            waitpid $run{pid}, 0;
            last;
        }
        sleep 0.002;
    }
    $run{code} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    $run{seconds} = time - $run{started};
    $run{said} = read_file("$place/stderr") . read_file("$place/stdout");
    return \%run;
}

sub true_verdict {
    my ($command) = @_;
    my $run = run_command($command, {});
    system('rm', '-r', $run->{place});
    return $run->{code};
}

# One disturbed attempt, judged: {fault ('' if none, else what), swept (left to the next run), …}.
sub attempt {
    my ($command, $truth, $sweep, $environment, @allowed) = @_;
    my $run = run_command($command, $environment);
    my $left = leftovers($run->{tmp});
    if ($left) {
        $run->{swept} = 1;
        sleep 0.1;
        sweep_in($run->{tmp}, $sweep);
        $left = leftovers($run->{tmp});
    }
    # glibc's regcomp(3) frees twice for want of memory (2.36)
    push @allowed, 134 if $run->{said} =~ /double free detected in tcache/;
    $run->{fault} = $run->{hangs} ? 'hangs'
        : $run->{code} >= 128 && !grep({ $_ == $run->{code} } @allowed) ? 'dies of signal ' . ($run->{code} - 128)
        : !grep({ $_ == $run->{code} } 3, $truth, @allowed) ? "says $run->{code}, not $truth"
        : $run->{code} == 3 && $truth != 3 && $run->{said} !~ /\S/ ? 'says 3, and not why'
        : $left ? "leaves $left" : '';
    system('rm', '-rf', $run->{place}) unless $run->{fault};
    return $run;
}

sub sweep_in {
    my ($tmp, $command) = @_;
    local $ENV{TMPDIR} = $tmp;
    my $out = area('sweep');
    system("$RunTest::build/bin/pgrehearse " . join(' ', map { s/OUT/$out/r } @{$command}[1 .. $#$command]) . ' >/dev/null 2>&1');
    return;
}

sub sentence_of {
    my ($run) = @_;
    my ($line) = grep {/\S/} reverse split /\n/, $run->{said};
    return "$run->{fault}: " . ($line // 'nothing was said');
}

1;
