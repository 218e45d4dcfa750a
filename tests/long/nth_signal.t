#!/usr/bin/perl
# tests/cli/nth_call.t with signals: each command gets SIGINT and SIGTERM at 40 of its calls, a thousand in all; a
# day's are others than the day's before.
use strict;
use warnings;
use FindBin;

$ENV{NTH_CALL_KINDS} = 'INT,TERM';
$ENV{NTH_CALL_COMMANDS} //= 'all';
$ENV{NTH_CALL_MOST} //= 40;
$ENV{NTH_CALL_SEED} //= int(time / 86400);
chdir "$FindBin::Bin/../.." or die;
exec 'tests/support/with-server', $^X, 'tests/cli/nth_call.t' or die "with-server: $!";
