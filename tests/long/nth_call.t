#!/usr/bin/perl
# tests/cli/nth_call.t at length: every call of snapshot, validate and shape, and three of each kind of every other
# command; a day's are others than the day's before.
use strict;
use warnings;
use FindBin;

$ENV{NTH_CALL_LONG} = 'yes';
$ENV{NTH_CALL_COMMANDS} //= 'all';
$ENV{NTH_CALL_KINDS} //= 'malloc,open,write,fsync,fork,thread,connect,unlink';
$ENV{NTH_CALL_SEED} //= int(time / 86400);
chdir "$FindBin::Bin/../.." or die;
exec 'tests/support/with-server', $^X, 'tests/cli/nth_call.t' or die "with-server: $!";
