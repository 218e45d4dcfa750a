#!/usr/bin/perl
# The full cross of tests/cli/hostile_environment.t: each value of each variable by itself, and a TMPDIR of
# every length from 57 to 200 bytes.
use strict;
use warnings;
use FindBin;

$ENV{PGREHEARSE_LONG} = 'yes';
chdir "$FindBin::Bin/../.." or die;
exec 'tests/support/with-server', $^X, 'tests/cli/hostile_environment.t' or die "with-server: $!";
