#!/usr/bin/perl
# English as an engineer would say it aloud: wordings that made readers stumble cannot come back. Each
# is refused in messages (strings of C, texts of rules in SQL), in comments of C, and in the pages.
use strict;
use utf8;
use warnings;
use Test::More;
binmode(Test::More->builder->$_, ':encoding(UTF-8)') for qw(output failure_output todo_output);

# where: m messages, c comments, d documents. Wording, what to write instead.
my @refused = (
    ['mcd', qr/\bbut for\b/,                                    'except for'],
    ['mcd', qr/\banew\b/,                                       'again; recreate, rewrite, rebuild'],
    ['mcd', qr/\b(?:he|him|his|himself)\b/,                     'name the role: the caller, the owner'],
    ['mcd', qr/\bmend(?:s|ed|ing)?\b/,                          'fix, repair'],
    ['mcd', qr/\bstands? at\b/,                                 'is at'],
    ['mcd', qr/\bwhere (?:it|the \w+) stands\b/,                'where it is, its revision'],
    ['mcd', qr/\bends? with success\b|\bended with success\b/,  'succeeds, succeeded'],
    ['mcd', qr/\bin spite of\b/,                                'despite'],
    ['mcd', qr/(?<!there )(?<!There )\b(?:is|are|be) no (?!longer\b|more\b|less\b|such\b|other\b|match\b|way back\b|[a-z]+ server\b)[a-z]/,
        'is not a'],
    ['mcd', qr/\b(?:is|are) there twice\b/,                     'duplicate'],
    ['md',  qr/\b(?:tell|tells|told)\b/,                        'report, print, show, record'],
    ['md',  qr/\bdo(?:es)? not hold\b|\bstill holds?\b/,        'is violated, fails, is not valid'],
    ['md',  qr/\bthere is none\b/,                              'name what is missing'],
    ['md',  qr/\bis there already\b/,                           'already exists'],
    ['md',  qr/\bwho(?:m)? (?:has|have|is|can|may)\b/,          'which, that; or name the role'],
    ['md',  qr/\b(?:gone again|in its stead|yet to come|by half|up still|cannot be had|of our making)\b/, 'a plain word'],
    ['md',  qr/\bspeaks? of\b/,                                 'mentions'],
    ['md',  qr/\bswitched (?:off|on)\b/,                        'disabled, enabled'],
    ['md',  qr/\banother \w+ than\b|\bother than was\b/,        'differs from'],
    ['md',  qr/\bbars? (?:reading|writing|changes)\b/,          'blocks reads, writes'],
    ['mg',  qr/(?<![\d.,:\/-])\b1 (?:checks|findings|scenarios|tables|rows|validations|probes|differences|columns|lines|files)\b/,
        'the singular'],
);

my @c = grep {/\.[ch]$/} listed('src', 'harness', 'reports', 'scenarios', 'include', 'fixtures/generator');
my @sql = grep {/\.sql$/} listed('harness/rules/sql');
my @pages = grep {/\.md$/} listed('README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs');
my @golden = grep {/\.(?:txt|md|tap)$/} listed('tests/golden');
cmp_ok(scalar @$_, '>', 5, 'there are files to read') for \@c, \@sql, \@golden;

my %found;
for my $file (@c) {
    my $text = slurp($file);
    while ($text =~ m{(/\*.*?\*/|//[^\n]*)|"((?:\\.|[^"\\\n])*(?:"\s*"(?:\\.|[^"\\\n])*)*)"|'(?:\\.|[^'\\])+'}gs) {
        my $at = $-[0];
        if (defined $1) { judge('c', $file, $text, $at, $1) }
        elsif (defined $2) { judge('m', $file, $text, $at, $2 =~ s/"\s*"//gsr) }
    }
}
for my $file (@sql) {
    my $text = slurp($file) =~ s/^\s*--.*$//gmr;
    judge('m', $file, $text, $-[0], $1) while $text =~ /'((?:[^']|'')*)'/g;
}
for my $file (@pages) {
    my $text = slurp($file);
    judge('d', $file, $text, $-[0], $1) while $text =~ /^(.+)$/gm;
}
for my $file (@golden) {
    my $text = slurp($file);
    judge('g', $file, $text, $-[0], $1) while $text =~ /^(.+)$/gm;
}
for my $i (0 .. $#refused) {
    my @places = @{ $found{$i} || [] };
    ok(!@places, "$refused[$i][1]: write $refused[$i][2]")
        or diag(@places > 20 ? (@places[0 .. 19], '... and ' . (@places - 20) . " more\n") : @places);
}

# The list itself works: each sentence is refused.
for ('the rest, but for one', 'a view made anew', 'it is no text', 'mend the migration', '1 checks failed', 'there is none',
    'the database stands at 001', 'the upgrade ended with success') {
    my $sentence = $_;
    ok(scalar(grep { $sentence =~ $_->[1] } @refused), "refused: $sentence");
}
done_testing;

sub judge {
    my ($kind, $file, $text, $at, $words) = @_;
    $words =~ s/\s*\n\s*\*?\s*/ /g;
    $words =~ s/^told$|`told`//;    # a key of comparison.json
    for my $i (0 .. $#refused) {
        next if index($refused[$i][0], $kind) < 0 || $words !~ $refused[$i][1];
        my $line = 1 + (substr($text, 0, $at) =~ tr/\n//);
        my $here = substr($words, $-[0] > 30 ? $-[0] - 30 : 0, 80);
        push @{ $found{$i} }, "$file:$line: $here\n";
    }
}

sub listed { return grep { -f } split /\0/, `git ls-files -z --cached --others --exclude-standard -- @_` }

sub slurp {
    open my $in, '<:encoding(UTF-8)', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar(<$in>) // '';
}
