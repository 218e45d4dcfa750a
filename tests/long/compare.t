#!/usr/bin/perl
# Every regression of benchmarks/compare, of which tests/cli/compare.t tries a share.
use strict;
use warnings;
use FindBin;

$ENV{PGREHEARSE_LONG} = 'yes';
exec $^X, "$FindBin::Bin/../cli/compare.t" or die "compare.t: $!";
