#!/usr/bin/perl
# migration_002.t [NAME ...]: rehearses our broken and sound variants of migration 002. Each broken
# one has to be found, by the finding that it names; each sound one has to pass. With
# PGREHEARSE_MUTANTS=share only those with 'share: always' run. PGREHEARSE_SCORE names a file for
# the score. By name, what was found is told too.
use strict;
use warnings;
use FindBin qw($Bin);
use lib "$Bin/../support";
use Mutants;
use Test::More;

binmode $_, ':encoding(UTF-8)'
    for *STDOUT, *STDERR, map { Test::More->builder->$_ } qw(output failure_output todo_output);

my @all = variants('migration_002');
my $share = ($ENV{PGREHEARSE_MUTANTS} // '') eq 'share';
my %wanted = map { $_ => 1 } @ARGV;
my @chosen = %wanted ? grep { $wanted{ $_->{name} } } @all : $share ? grep { $_->{share} } @all : @all;
rehearse_all(@chosen);

my (%count, %good);
for my $v (@chosen) {
    my $sort = $v->{broken} ? 'broken' : 'sound';
    my @why = judge($v);
    ok(!@why, $v->{broken} ? "$v->{name} is found" : "$v->{name} passes") or diag($v->{broken} // $v->{sound}, "\n", @why);
    $count{$sort}++;
    $good{$sort} += !@why;
    note("$v->{name}: $_->{scenario}: $_->{kind}: $_->{name}: $_->{message}") for %wanted ? findings($v) : ();
}
test_of_the_tests() if !$share && !%wanted;
my $score = sprintf '%d of %d found, %d of %d sound variants pass', map { $_ // 0 } $good{broken}, $count{broken}, $good{sound},
    $count{sound};
note("mutants: $score");
if (defined $ENV{PGREHEARSE_SCORE}) {
    open my $out, '>', $ENV{PGREHEARSE_SCORE} or die "$ENV{PGREHEARSE_SCORE}: $!\n";
    print $out "mutants: $score\n";
    close $out or die "$ENV{PGREHEARSE_SCORE}: $!\n";
}
done_testing;

# Whether something would get through if a check were switched off: of every kind of check, and of
# every validation of the suite, there is a variant that nothing else finds. Those that are left
# out, and why:
sub test_of_the_tests {
    my %never = map { $_ => 1 } qw(database fixture scale remember planted remedy sessions-ended probes twin);
    my @implied = (    # what else finds whatever it finds, in each scenario that has it
        qr/^undone$/ => 'schema-restored or delta or rows-kept',
        qr/^validation: post-rollback: .* data preserved$/ => 'rows-kept',
        qr/^validation: post-rollback: / => 'schema-restored',
        qr/^validation: backfill: every chunk/ => 'the same in post-migration',
        qr/^validation: accepted-values: / => 'the pattern in post-migration',
    );
    my (%subject, %finds, %alone);
    for my $v (grep { $_->{record} } @chosen) {
        $subject{ subject($_) } = 1 for checks($v);
        my %found = map { subject($_) => 1 } findings($v);
        push @{ $finds{$_} }, $v->{name} for keys %found;
        push @{ $alone{$_} }, $v->{name} for keys %found == 1 ? keys %found : ();
    }
    # a rule has its cases in tests/cases, or tests/cli for the one that needs two migrators at once
    delete @subject{grep { -d "$Bin/../cases/$_" || $_ eq 'two-at-once' } keys %subject};
    for my $subject (sort keys %subject) {
        my ($why) = map { $implied[2 * $_ + 1] } grep { $subject =~ $implied[2 * $_] } 0 .. $#implied / 2;
        if ($never{$subject}) {
            ok(!$finds{$subject}, "$subject: prepares the ground, and has errors but no findings");
        } elsif ($why) {
            ok($finds{$subject}, "$subject: finds a variant, as does $why");
        } else {
            ok($alone{$subject}, "$subject: without it a variant would get through") or diag(
                'found, but not alone: ', join(', ', @{ $finds{$subject} // [] }), "\n");
        }
    }
}
