#!/usr/bin/perl
# Kinds of checks: each that a verb makes is in the one table, by which YAML is validated, and in
# docs/suite.md; and each that is there is made.
use strict;
use warnings;
use Test::More;

sub content {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    local $/;
    return <$in>;
}

my %made;
for my $file (glob 'harness/rehearsal/*.c harness/rehearsal/*/*.c') {
    my $source = content($file);
    # the kind, or both of a choice
    while ($source =~ /\b(?:step_check|judge_untouched|try_all)\(\s*r,\s*([^;]*?),/g) {
        my $argument = $1;
        $made{$1} = $file while $argument =~ /"([a-z-]+)"/g;
    }
    # a choice that goes by the name of its variable
    while ($source =~ /\b(?:kind|what) = [^;]*?\? "([a-z-]+)" : "([a-z-]+)"/g) { @made{$1, $2} = ($file) x 2 }
}
cmp_ok(scalar keys %made, '>', 40, 'verbs make checks');
my ($table) = content('harness/rehearsal/check_kinds.c') =~ /kinds\[\] = \{(.*?)\};/s;
my %known = map { $_ => 1 } $table =~ /"([a-z-]+)"/g;
my ($page) = content('docs/suite.md') =~ /\| kind \| the check \|\n(.*?)\n(?!\|)/s;
my %told = map { map { $_ => 1 } /`([a-z-]+)`/g } map {/^\|([^|]*)\|/} split /\n/, $page;
is("@{[sort grep { !$known{$_} } keys %made]}", '', 'each kind that is made is in check_kinds.c');
is("@{[sort grep { !$made{$_} } keys %known]}", '', 'each kind in check_kinds.c is made');
is("@{[sort grep { !$told{$_} } keys %known]}", '', 'each is in docs/suite.md');
is("@{[sort grep { !$known{$_} } keys %told]}", '', 'docs/suite.md has no other');
done_testing;
