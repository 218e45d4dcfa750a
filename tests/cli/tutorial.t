#!/usr/bin/perl
# docs/tutorial.md, command by command as it stands there, each with the exit code and the output that the
# page shows. Whole runs are cut to the scenarios of which the page shows findings, unless
# PGREHEARSE_LONG is set (tests/long/tutorial.t).
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use Test::More;

my $root  = abs_path("$Bin/../..");
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
my $shop  = tempdir(CLEANUP => 1);
$ENV{PATH} = "$build/bin:/usr/bin:$ENV{PATH}";
@ENV{qw(GIT_AUTHOR_NAME GIT_COMMITTER_NAME)}   = ('Sue') x 2;
@ENV{qw(GIT_AUTHOR_EMAIL GIT_COMMITTER_EMAIL)} = ('sue@example.org') x 2;
delete @ENV{grep {/^(?:GITHUB|GITLAB|CI|TF_|TEAMCITY|PG(?!REHEARSE))/} keys %ENV};
my @few = qw(existing-data rollback rules);    # of the first whole run; of the last: rollback

open my $in, '<', "$root/docs/tutorial.md" or die $!;
my $page = do { local $/; <$in> };

# Durations and counts of rows differ from machine to machine.
sub plain { return $_[0] =~ s/[\d.]+ (?:ms|s|min)\b/TIME/gr =~ s/ +/ /gr =~ s/\d+ values/N values/r }

# Each block of commands, with what the page shows after it.
my $runs = 0;
my $folder = $shop;
while ($page =~ /^```sh\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?/msg) {
    my ($commands, $shown) = ($1, $2 // '');
    my $wanted = $commands =~ /# exit code (\d)$/m ? $1 : 0;
    my $first  = ($commands =~ /^((?!cat|SQL).*)/m)[0];
    my $cut    = !$ENV{PGREHEARSE_LONG} && $commands =~ s/^(pgrehearse run(?!.*--scenario).*?)( +#.*)?$/"$1 --scenario " . join ',', $runs ? 'rollback' : @few/me;
    $runs++ if $commands =~ /^pgrehearse run/m;
    open my $script, '>', "$shop/script" or die $!;
    print $script "set -e\n${commands}";
    close $script;
    my $printed = `cd $folder && bash $shop/script 2>&1; echo "exit \$?"`;
    my ($code) = $printed =~ /^exit (\d+)\n\z/m;
    is($code, $wanted, "exit $wanted: $first") or diag($printed);
    $folder = "$shop/shop" if $first =~ /cd shop/;
    my $seen = plain($printed);
    for my $line (grep { length && $_ ne '…' } split /\n/, $shown) {
        next if $cut && $line =~ /^(?:✓|✗) (\S+)/ && !grep { $_ eq $1 } @few;
        ok(index($seen, plain($line)) >= 0, "shown: $line") or diag($printed);
    }
}
is($runs, 5, 'the page rehearses five times');
is(`git -C $shop/shop status --porcelain`, '', 'and all that is to be committed is committed');
ok(-s "$shop/shop/rehearsal/report.html", 'the report is where the page says');
done_testing;
