#!/usr/bin/perl
# One thing that is wrong is one finding, however many checks see it: migration 002 without its
# index, and without its own check of it.
use strict;
use utf8;
use warnings;
use FindBin qw($Bin);
use lib "$Bin/../support";
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use Test::More;

my $pgrehearse = abs_path($ENV{PGREHEARSE_BUILD} || "$Bin/../../build") . "/bin/pgrehearse";
my $scratch = tempdir(CLEANUP => 1);
my $suites = "$Bin/../../fixtures/suites";
sub shell { system('sh', '-c', @_) == 0 or die "@_\n" }
shell("cp -r $suites/migration_002 $scratch/broken && patch -s -p1 -d $scratch/broken <$suites/migration_002/mutants/index-missing.patch");

my $code = system("$pgrehearse run $scratch/broken --scenario fresh,existing-data,rollback,round-trip,validation "
        . "--output $scratch/reports --report tap=$scratch/run.tap >$scratch/out 2>$scratch/err") >> 8;
is($code, 1, 'the migration is bad');
my $out = slurp("$scratch/out");
my @findings = $out =~ /^(finding .*)$/mg;

# What a person would count: the validation, the schema's difference, the rollback that trips over it.
is(@findings, 3, 'three causes, a line each') or diag($out);
is(scalar(grep {/is not there/} @findings), 1, 'the validation once');
is(scalar(grep {/missing index public\.repositories\.idx_project_repository/} @findings), 1, 'the schema once');
is(scalar(grep {/index "idx_project_repository" does not exist/} @findings), 1, 'the rollback once');
like($out, qr/^ +in rollback and round-trip · downgrade/m, 'with the scenarios that have seen it');
like($out, qr/^not run  \d+ checks in 2 scenarios because of the above$/m, 'what did not run is one line');
is(scalar(() = $out =~ /^not run/mg), 1, 'and no more than one');
unlike(slurp("$scratch/err"), qr/^finding/m, 'off a terminal no finding is printed twice');
like($out, qr{^findings: .*\nReport: \Q$scratch\E/reports/report\.html\nLogs:   \Q$scratch\E/reports/logs/\n\z}m,
    'the last lines name the report and the logs');

my $junit = slurp("$scratch/reports/junit.xml");
is(scalar(() = $junit =~ /<failure /g), 3, 'as many failures in JUnit');
is(scalar(() = $junit =~ /<error /g), 0, 'and no error');
like($junit, qr/<testsuites [^>]*failures="3" errors="0"/, 'as its head counts');
like($junit, qr/<skipped message="same cause as in fresh: /, 'who else has seen it is skipped, and names the first');
like($junit, qr/<skipped message="not run: the downgrade to 005 failed"/, 'so is what did not run');

my $run = decode_json(slurp("$scratch/reports/run.json", 1));
is_deeply([map { $_->{level} } @{ $run->{causes} }], [('finding') x 3], 'run.json lists the same causes');
my $seen = 0;
$seen += @{ $_->{places} } for @{ $run->{causes} };
is($seen, $run->{counts}{findings}, 'with every check that has seen one');
like(slurp("$scratch/run.tap"), qr/\ATAP version 13\n/, '--report tap=FILE wrote a document of its own');
done_testing;

sub slurp {
    my ($path, $raw) = @_;
    open my $in, $raw ? '<:raw' : '<:encoding(UTF-8)', $path or die "$path: $!\n";
    local $/;
    return scalar(<$in>) // '';
}
