#!/usr/bin/perl
# Whatever the environment says to libpq, and wherever TMPDIR points, the verdict is that of a plain run,
# or a refusal in one line. tests/long/hostile_environment.t tries each value by itself.
use strict;
use warnings;
use lib 'tests/support';
use HostileEnvironment;
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $long = ($ENV{PGREHEARSE_LONG} // '') eq 'yes';
my @quick = ('--scenario', 'fresh', '--report', 'tap=/dev/stdout');
my $sound = suite_with(sound());
my $broken = suite_with('psql -X -v ON_ERROR_STOP=1 -c "SELECT 1/0"');

# What was checked, and how it came out.
sub checks { my ($run) = @_; return join '', map { s/ +\d+(\.\d+)? m?s$//r } $run->{out} =~ /^\s*(?:not )?ok .*\n/mg }

sub finish {
    my ($run) = @_;
    finish_run($run);
    $run->{$_} = read_file("$run->{$_}") for qw(out err);
    return $run;
}
my $plain = finish(start_run($sound, \@quick));
is($plain->{code}, 0, 'a plain run passes') or diag($plain->{out}, $plain->{err});
ok(length checks($plain), 'and has checks');

# whoever starts it may ignore SIGCHLD, and the children of such a process end unheard
for my $way ([$sound, 0], [$broken, 1]) {
    my $run = finish(start_run($way->[0], \@quick, child => 'IGNORE'));
    is($run->{code}, $way->[1], "with SIGCHLD ignored, exit $way->[1]") or diag($run->{out}, $run->{err});
}

my @environments = $long ? map { {$_->[0] => $_->[1]} } variables() : batches();
for my $environment (@environments) {
    my $what = $long ? join '=', %$environment : 'all of ' . join ' ', map {"$_=$environment->{$_}"} sort keys %$environment;
    my ($good, $bad) = (start_run($sound, \@quick, environment => $environment),
        start_run($broken, \@quick, environment => $environment));
    is(finish($good)->{code}, 0, "$what: the sound migration passes") or diag($good->{out}, $good->{err});
    is(checks($good), checks($plain), 'by the same checks');
    is(finish($bad)->{code}, 1, 'and the broken one does not') or diag($bad->{out}, $bad->{err});
    like($bad->{out} . $bad->{err}, qr/division by zero/, 'for its own reason');

    # a server that is given is reached the way that the environment says, or not at all
    my $given = finish(start_run($sound, [@quick, '--server', $server], environment => $environment));
    like($given->{code}, qr/^[03]$/, 'on a given server it passes, or that is not reached') or diag($given->{out}, $given->{err});
    is(checks($given), checks($plain), 'by the same checks') if $given->{code} == 0;
    my @said = $given->{err} =~ /^pgrehearse: .*/mg;
    is(scalar @said, 1, 'with one line that says why') or diag($given->{err}) if $given->{code} == 3;
}

my @lengths = $long ? 57 .. 200 : (57, 61, 107, 200);
my @folders = temporaries(area('t'), @lengths);
while (my @two = splice @folders, 0, 2) {
    my @runs = map { start_run($sound, \@quick, environment => {TMPDIR => $_->[1]}) } @two;
    for my $i (0 .. $#two) {
        my $run = finish($runs[$i]);
        is($run->{code}, 0, "a TMPDIR $two[$i][0]") or diag($run->{out}, $run->{err});
        is(checks($run), checks($plain), 'the same checks');
        opendir my $left, $two[$i][1] or die;
        is(join(' ', grep { !/^\.\.?$/ } readdir $left), '', 'and nothing is left there');
    }
}
for my $refused (['relative', 'a/folder', qr/has to be an absolute path/], ['nowhere', '/nonexistent', qr/no such folder/],
    ['a file', '/etc/passwd', qr/no such folder/], ['empty', '', undef])
{
    my ($what, $path, $message) = @$refused;
    my $run = finish(start_run($sound, \@quick, environment => {TMPDIR => $path}));
    is($run->{code}, $message ? 3 : 0, "a TMPDIR that is $what");
    like($run->{err}, qr/^pgrehearse: TMPDIR is .*$message/m, 'is refused in a line') if $message;
}
is(leftovers(), '', 'nothing is left');
done_testing;
