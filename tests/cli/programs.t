#!/usr/bin/perl
# The build leaves every program where the README and the scenarios' users look for it.
use strict;
use warnings;
use Test::More;

my $build = $ENV{PGREHEARSE_BUILD} || 'build';
for my $program (qw(bin/pgrehearse bin/pgrehearse-migrate),
    map {"scenarios/$_.t"} qw(fresh existing-data idempotency rollback performance validation interrupted deployment))
{
    ok(-x "$build/$program", "the build leaves $program");
}
done_testing;
