#!/usr/bin/perl
# Kinds of checks: each that is made is in the one table, by which YAML is validated, and in
# docs/requirements.md; and each that is there is made.
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
my $table = content('src/record/check_kind_table.c');
my %known = map { $_ => 1 } $table =~ /\{"([a-z-]+)", true\}/g;
my %other = map { $_ => 1 } $table =~ /\{"([a-z-]+)", false\}/g;
my ($page) = content('docs/requirements.md') =~ /\| kind \| the check \|\n(.*?)\n(?!\|)/s;
my %told = map { map { $_ => 1 } /`([a-z-]+)`/g } map {/^\|([^|]*)\|/} split /\n/, $page;
is("@{[sort grep { !$known{$_} } keys %made]}", '', 'each kind that is made is in check_kind_table.c');
is("@{[sort grep { !$made{$_} } keys %known]}", '', 'each kind in it is made');
is("@{[sort grep { !$told{$_} } keys %known]}", '', 'each is in docs/requirements.md');
is("@{[sort grep { !$known{$_} } keys %told]}", '', 'docs/requirements.md has no other');

# Kinds of other commands: what compare, forecast, the history and deploy give their checks.
my %elsewhere;
for my $file (glob 'harness/measures/*/*.c harness/deployment/*.c') {
    my $source = content($file);
    while ($source =~ /->kind = memory_copy_of\("([a-z-]+)"\)|\bplan_check\([^;]*?"([a-z-]+)", name\)/g) {
        $elsewhere{$1 // $2} = 1;
    }
    while ($source =~ /ledger_checks\[\] = \{(.*?)\};/sg) {
        my $rows = $1;
        $elsewhere{$1} = 1 while $rows =~ /\{"([a-z-]+)",/g;
    }
}
cmp_ok(scalar keys %elsewhere, '>', 4, 'other commands make checks');
is("@{[sort grep { !$known{$_} && !$other{$_} } keys %elsewhere]}", '', 'their kinds are in the table');
is("@{[sort grep { !$elsewhere{$_} } keys %other]}", '', 'and each there is made');
my ($line) = content('docs/formats.md') =~ /^`checks\[\]\.kind` (.*?)\n\n/ms;
is("@{[sort grep { ($line // '') !~ /`$_`/ } keys %other]}", '', 'docs/formats.md names them');
done_testing;
