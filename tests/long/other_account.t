#!/usr/bin/perl
# Takes long.
# The unit tests and those of the command line once more, as an account without rights, in a home that cannot be
# written and with umask 077. They run in a copy of the tree, which that account owns. OTHER_ACCOUNT_TESTS names
# some of them.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use Test::More;

my $source = abs_path("$Bin/../..");
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");
my ($name, undef, $uid, $gid) = $> == 0 ? getpwnam 'nobody' : getpwuid $>;
my $tree = tempdir('pgr-account-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $tree;
system("cp -a '$source'/. $tree && rm -rf $tree/build && cp -a '$build' $tree/build") == 0 or die "no copy of the tree\n";
system('chown', '-R', "$uid:$gid", $tree) == 0 or die "no account $name\n" if $> == 0;

my @given = split / /, $ENV{OTHER_ACCOUNT_TESTS} // '';
chdir $tree or die;
my %groups = ('unit tests' => [glob 'build/tests/unit/*.t'], 'command line' => [glob 'tests/cli/*.t']);
my @as = $> == 0 ? ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups') : ();
for my $group (reverse sort keys %groups) {
    my @tests = grep { my $test = $_; !@given || grep { $test =~ /\b\Q$_\E\.t$/ } @given } @{$groups{$group}};
    next if !@tests;
    my $said = `cd $tree && @as env -i LANG=C.UTF-8 HOME=/nonexistent PGREHEARSE_BUILD=$tree/build PATH=$tree/build/bin:/usr/local/bin:/usr/bin:/bin sh -c 'umask 077; exec "\$@"' sh tests/support/with-server tests/support/run-group -j 4 -t 900 "as $name, $group" @tests 2>&1`;
    is($?, 0, "as $name, $group") or diag($said);
    note($said);
}
done_testing;
