#!/usr/bin/perl
# scripts/setup where something is missing: it runs with a PATH of our own making, on which one tool
# is hidden and apt-get, sudo and id are stand-ins that note how they were called.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

# What the script itself and compilers run, and each program that its table of packages asks for.
my @tools = (qw(env bash sh cat sed sort head tail awk grep mktemp rm mkdir tee printf uname dirname cc pg_config
    dpkg dpkg-query apt-cache id chromium), listed_programs());
my $calls;

sub listed_programs {
    open my $in, '<', 'scripts/setup' or die "scripts/setup: $!";
    return map { /^(?:build|run|tests)\s+\S+\s+command\s+(\S+)/ ? $1 : () } <$in>;
}

# run(PROGRAM => TEXT or undef to hide it, ..., args => [...]): (exit code, what it said)
sub run {
    my (%given) = @_;
    my $args = delete $given{args} // [];
    my $path = tempdir(CLEANUP => 1);
    $calls = "$path/calls";
    for my $tool (grep { !exists $given{$_} } @tools) {
        my ($real) = grep { -x } map {"$_/$tool"} split /:/, $ENV{PATH};
        symlink $real, "$path/$tool" if $real;
    }
    for my $tool (grep { defined $given{$_} } keys %given) {
        open my $out, '>', "$path/$tool" or die;
        print $out "#!/bin/sh\n$given{$tool}\n";
        close $out;
        chmod 0755, "$path/$tool";
    }
    my $said = do {
        local $ENV{PATH}  = $path;
        local $ENV{CALLS} = $calls;
        `/bin/bash scripts/setup @$args 2>&1 </dev/null`;
    };
    return ($? >> 8, $said);
}

sub calls {
    open my $in, '<', $calls or return '';
    local $/;
    return <$in> // '';
}
my $root     = 'echo 0';
my $somebody = 'echo 1000';
my $apt      = 'echo "$@" >>"$CALLS"';

my ($exit, $said) = run('apt-get' => $apt);
is($exit, 0, 'nothing is missing') or diag($said);
is($said, '', 'then it says nothing');
is(calls(), '', 'and asks apt for nothing');

($exit, $said) = run(args => ['--nonsense']);
is($exit, 2, 'an unknown argument is refused');
like($said, qr/--nonsense/, 'and named');

($exit, $said) = run(cmake => undef, 'apt-get' => undef);
is($exit, 3, 'without apt it gives up');
like($said, qr/cmake: configures the build/, 'and says what is missing and what for');
like($said, qr/no apt here/, 'and why it cannot help');

($exit, $said) = run(cmake => undef, id => $somebody, 'apt-get' => $apt);
is($exit, 3, 'not root and without sudo it gives up');
like($said, qr/apt-get install cmake$/m, 'with the command that somebody else may run');
is(calls(), '', 'and calls no apt');

($exit, $said) = run(cmake => undef, id => $root, 'apt-get' => $apt);
is($exit, 0, 'as root it installs') or diag($said);
is($said, "setup: installing cmake: configures the build\n", 'saying what for, on one line');
like(calls(), qr/ update\n.* install --no-install-recommends cmake\n\z/s, 'after an update, that package alone');
like(calls(), qr/DPkg::Lock::Timeout=\d+/, 'waiting for the lock of another apt');

($exit, $said) = run(cmake => undef, id => $somebody, 'apt-get' => $apt,
    sudo => 'echo "sudo $*" >>"$CALLS"; [ "$1" != -n ] || shift; exec "$@"', true => 'exit 0');
is($exit, 0, 'with sudo it installs') or diag($said);
like(calls(), qr/^sudo env .* apt-get .* install --no-install-recommends cmake$/m, 'through sudo');

($exit, $said) = run(cmake => undef, id => $root, 'apt-get' =>
        'echo "$@" >>"$CALLS"; case "$*" in *install*) [ $(grep -c install "$CALLS") = 2 ] ;; esac');
is($exit, 0, 'a failed fetch is tried again') or diag($said);
like(calls(), qr/ update\n.* install .*\n.* update\n.* install /, 'after another update');

($exit, $said) = run(cmake => undef, id => $root, 'apt-get' =>
        'echo "$@" >>"$CALLS"; case "$*" in *install*) echo "E: no space"; exit 100 ;; esac');
is($exit, 3, 'twice is enough');
like($said, qr/E: no space.*could not install: cmake/s, 'and the reason is shown');

($exit, $said) = run(xmllint => undef, 'apt-get' => $apt);
is($exit, 0, 'what only tests need is not missed') or diag($said);
($exit, $said) = run(xmllint => undef, id => $root, 'apt-get' => $apt, args => ['--tests']);
like(calls(), qr/ install .*\blibxml2-utils\b/, 'except with --tests');

# What running needs is named, and nothing is installed.
($exit, $said) = run(gnuplot => undef, cmake => undef, id => $root, 'apt-get' => $apt, args => ['--runtime']);
is($exit, 3, '--runtime: something is missing');
like($said, qr/^gnuplot-nox +the plots of a report \(missing\)$/m, 'which is said');
like($said, qr/^libpq5 +connections to PostgreSQL$/m, 'libraries are named as this release calls them');
unlike($said, qr/^(?:cmake|gcc|libpq-dev) /m, 'what only a build needs is not');
is(calls(), '', 'and apt is asked for nothing');
($exit, $said) = run('apt-get' => $apt, args => ['--runtime']);
is($exit, 0, '--runtime: all is there') or diag($said);

# A browser under another name will do; what only points to a snap is none.
my $stub = 'echo "requires the chromium snap to be installed" >&2; exit 1';
($exit, $said) = run(chromium => undef, 'chromium-browser' => $stub, id => $root, 'apt-get' => $apt, args => ['--tests']);
like(calls(), qr/ install .*\bchromium\b/, 'a pointer to a snap is no browser');
($exit, $said) = run(chromium => undef, 'google-chrome' => 'echo "Google Chrome 120.0.1"', id => $root,
    'apt-get' => $apt, args => ['--tests']);
unlike(calls(), qr/\bchromium\b/, 'a browser under another name will do') or diag($said);

# What apt knows it may tell at length: who stops reading early makes apt-cache fail.
my ($in_apt) = grep {/^in_apt\(\)/} do { open my $in, '<', 'scripts/setup' or die; <$in> };
for ([q{yes 'Package: x' | head -c 300000}, 0], ['true', 1]) {
    my ($answer, $expected) = @$_;
    is(system('bash', '-c', "set -euo pipefail; apt-cache() { $answer; }; $in_apt in_apt x") >> 8, $expected,
        $expected ? 'a package that apt does not know' : 'one that it says much of');
}
done_testing;
