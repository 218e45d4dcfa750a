#!/usr/bin/perl
# Code that the docs show is the code that there is: each C block stands in a source, word for word,
# and docs/reports.md lists the reporters that there are.
use strict;
use warnings;
use Test::More;

my @docs = grep {/\.md$/} split /\0/, `git ls-files -z --cached --others --exclude-standard`;
my @sources = grep {/\.[ch]$/} split /\0/, `git ls-files -z --cached --others --exclude-standard`;
my $all = join "\n", map { slurp($_) } grep { -f } @sources;

my ($shown, @strange) = (0);
for my $page (grep { -f } @docs) {
    my $text = slurp($page);
    while ($text =~ /^( *)```c\n(.*?)^ *```/msg) {
        my ($indent, $code) = ($1, $2);
        $code =~ s/^$indent//mg;
        $shown++;
        push @strange, "$page shows what is in no source: " . ($code =~ /^(.*)/)[0] . "\n" if index($all, $code) < 0;
    }
}
cmp_ok($shown, '>', 0, 'the docs show C code');
ok(!@strange, 'and all of it is in the sources, word for word') or diag(@strange);

# Proven able to fail: the block of docs/scenarios.md with one line less is in no source.
my ($code) = slurp('docs/scenarios.md') =~ /^```c\n(SCENARIO.*?)^```/ms;
ok(defined $code, 'docs/scenarios.md shows a scenario');
(my $damaged = $code // '') =~ s/^ +upgrade\(.*\n//m;
ok(index($all, $code // '?') >= 0 && index($all, $damaged) < 0, 'a line left out would be seen');

my ($section) = slurp('docs/reports.md') =~ /^## Reporters\n(.*?)^## /ms;
my %named = map { $_ => 1 } ($section // '') =~ /^\| `([a-z-]+)` \|/mg;
my %known = map { $_ => 1 } map { slurp($_) =~ /\.name = "([a-z-]+)"/g } glob 'reports/*.c reports/outward/*.c';
is_deeply([sort grep { !$named{$_} } keys %known], [], 'docs/reports.md lists every reporter');
is_deeply([sort grep { !$known{$_} } keys %named], [], 'and no other');
done_testing;

sub slurp {
    open my $in, '<:encoding(UTF-8)', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar(<$in>) // '';
}
