#!/usr/bin/perl
# Measures: each fixed name stands once in the code, in the one table, with its unit; docs/history.md
# lists the same names and units.
use strict;
use warnings;
use Test::More;

sub content {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    local $/;
    return <$in>;
}

my $table = content('src/record/measure_table.c');
my %unit = $table =~ /^ +\[MEASURE_\w+\] = \{"([^"]+)",\s*"([^"]*)"/mg;
my ($listed) = content('src/record/measure_table.h') =~ /enum measure_id \{(.*?)\bMEASURES\b/s;
my @ids = $listed =~ /\b(MEASURE_\w+)/g;
cmp_ok(scalar @ids, '>', 30, 'there are measures');
is("@{[grep { $table !~ /\[$_\] = \{/ } @ids]}", '', 'each has a row');
is(scalar keys %unit, scalar @ids, 'and a name of its own');

my ($page) = content('docs/history.md') =~ /\| measure \| unit \| what \|\n(.*?)\n\n/s;
my %listed = $page =~ /^\| `([^`]+)` \| ([^|]*?) \|/mg;
is_deeply(\%listed, \%unit, 'docs/history.md has the same names and units');

# A verb that retypes a name would drift from it.
my @retyped;
for my $file (glob 'harness/rehearsal/*.c harness/rehearsal/*/*.c harness/measures/*/*.c') {
    my $source = content($file);
    while ($source =~ /\b(?:step_measure|record_add_measurement)\(\s*[^,]+,\s*"([^"]*)"/g) { push @retyped, "$file: $1" }
}
is("@retyped", '', 'no fixed name is typed again');
done_testing;
