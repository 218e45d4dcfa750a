#!/usr/bin/perl
# What is kept on disk is readable by its owner alone, whatever the umask: reports, logs, history.
use strict;
use warnings;
use File::Find;
use File::Temp 'tempdir';
use Test::More;

umask 0;
my $area = tempdir(CLEANUP => 1);
my @open; # paths that others may read, write or enter

sub open_to_others {
    my @found;
    find({no_chdir => 1, wanted => sub { push @found, $_ if $_ ne $_[0] && (stat)[2] & 077 }}, @_);
    return grep { !-l } @found;
}

open my $plain, '>', "$area/plain" or die;
is_deeply([grep {m{/plain$}} open_to_others($area)], ["$area/plain"], 'the test sees a file that others may read');
unlink "$area/plain";

my $output = `pgrehearse run --scenario fresh --output $area/out --history $area/history.db --report json=$area/run.json 2>&1`;
is($? >> 8, 0, 'a run with reports and a history') or diag($output);
for ("$area/out/report.html", "$area/out/junit.xml", "$area/history.db", "$area/run.json") { ok(-s, "$_ is there") }
ok(scalar(glob("$area/out/logs/*.log")), 'and logs are there');
is_deeply([grep { $_ ne $area } open_to_others($area)], [], 'nobody else can read any of it');

mkdir "$area/shared", 0755;
system("pgrehearse run --scenario fresh --output $area/shared >/dev/null 2>&1");
is((stat "$area/shared")[2] & 0777, 0755, 'a folder that was there keeps its mode');
done_testing;
