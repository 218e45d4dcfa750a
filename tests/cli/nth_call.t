#!/usr/bin/perl
# One call fails, of memory, files, processes, sockets, or a signal comes at it: the verdict is the true one or
# exit 3 with a reason, and nothing is left. Here a sample; tests/long/nth_call.t tries every call of the cheap
# commands and some of all others. NTH_CALL_COMMANDS, NTH_CALL_KINDS, NTH_CALL_MOST (attempts of each) and
# NTH_CALL_SEED choose others.
use strict;
use warnings;
use lib 'tests/support';
use Campaign;
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my @kinds = split /,/, $ENV{NTH_CALL_KINDS} // 'malloc,open,write,fsync,fork,thread,connect,unlink,INT,TERM';
my %few = map { $_ => 1 } split /,/, $ENV{NTH_CALL_COMMANDS} // 'run,snapshot';
my $long = ($ENV{NTH_CALL_LONG} // '') eq 'yes';
my $least = $ENV{NTH_CALL_MOST} // ($long ? 3 : 1);
my %quick = (INT => 130, TERM => 143);    # before anything had begun
my $seed = $ENV{NTH_CALL_SEED} // 1;
my $shim = area('shim') . '/nth_call.so';
system('cc', '-std=gnu17', '-shared', '-fPIC', '-O1', '-fno-builtin', '-o', $shim, 'tests/support/nth_call.c', '-ldl') == 0
    or die "no compiler\n";

my $name = "nth_call_$$";
my $database = $server =~ s{/postgres\?}{/$name?}r;
my $suite = suite_with(sound());
system("psql -Xqd '$server' -c 'CREATE DATABASE $name' && cd $suite/migrations && psql -Xq -1 -d '$database' -f upgrade-1.sql") == 0 or die;
END { local $?; system("psql -Xqd '$server' -c 'DROP DATABASE IF EXISTS $name WITH (FORCE)'") if $name }
my @commands = commands($suite, $database, 'tests/golden/certificate-passed/certificate.json');
my ($sweep) = grep { $_->[0] eq 'run' } @commands;

my ($tried, $swept, %outcomes) = (0, 0);
for my $command (grep { $few{all} || $few{$_->[0]} } @commands) {
    my $truth = true_verdict($command);
    my $most = $long && $command->[0] =~ /^(snapshot|validate|shape)$/ ? 1e9 : $least;
    for my $kind (@kinds) {
        next if $kind eq 'malloc' && $command->[0] eq 'run' && !$ENV{NTH_CALL_COMMANDS};    # 180,000 of them
        my $tally = area('tally') . '/tally';
        my $forget = sub { write_file($tally, "\0" x 16) };
        $forget->();
        attempt($command, $truth, $sweep, {LD_PRELOAD => $shim, NTH_CALL => "$kind:0:$tally"});
        my ($calls) = unpack 'Q2', read_file($tally);
        my @numbers = $calls <= $most ? 1 .. $calls : map { 1 + int(($_ + ($seed * 0.618034 - int($seed * 0.618034))) * $calls / $most) } 0 .. $most - 1;
        my @faults;
        for my $number (@numbers) {
            $forget->();
            my $run = attempt($command, $truth, $sweep, {LD_PRELOAD => $shim, NTH_CALL => "$kind:$number:$tally"}, $quick{$kind} // ());
            $tried++;
            $swept += $run->{swept} // 0;
            $outcomes{$run->{code}}++;
            push @faults, "$kind $number: " . sentence_of($run) if $run->{fault};
        }
        is(join("\n", @faults), '', "$command->[0]: " . @numbers . " of $calls calls of $kind");
    }
}
note("$tried tried, $swept left to the next run; exit codes: " . join ', ', map {"$outcomes{$_} of $_"} sort keys %outcomes);
done_testing;
