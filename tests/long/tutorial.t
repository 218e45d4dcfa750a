#!/usr/bin/perl
# docs/tutorial.md with its whole runs, as tests/cli/tutorial.t tries it in part.
use strict;
use warnings;
use FindBin;

$ENV{PGREHEARSE_LONG} = 'yes';
exec $^X, "$FindBin::Bin/../cli/tutorial.t" or die "tutorial.t: $!";
