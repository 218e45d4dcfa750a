#!/usr/bin/perl
# The pages: docs/README.md lists each of them once, every link leads somewhere, and none is longer than a
# reader's patience.
use strict;
use utf8;
use warnings;
use File::Basename qw(dirname);
use Test::More;

my $patience = 2000;    # words; docs/rules.md, which is made, is looked things up in, not read

my @all = grep { -f } split /\0/, `git ls-files -z --cached --others --exclude-standard -- '*.md'`;
my %text = map { $_ => slurp($_) } grep { !m{^tests/} } @all;
my @pages = sort grep {m{^docs/} && $_ ne 'docs/README.md'} keys %text;
cmp_ok(scalar @pages, '>', 30, 'there are pages');

my %listed;
$listed{"docs/$1"}++ while $text{'docs/README.md'} =~ /^\| \[[^]]+\]\(([^)]+)\) \|/mg;
is_deeply([grep { ($listed{$_} // 0) != 1 } @pages], [], 'docs/README.md lists each page once');
is_deeply([sort grep { !$text{$_} } keys %listed], [], 'and no other');
is_deeply([$text{'docs/README.md'} =~ /^## (.+)$/mg], [qw(Tutorial How-to Reference Explanation)], 'by the four kinds');

is_deeply([map { dead_links($_, $text{$_}) } sort keys %text], [], 'every link leads to a file and a heading');
is_deeply([map { my $words = () = $text{$_} =~ /\S+/g; $_ ne 'docs/rules.md' && $words > $patience ? "$_: $words words" : () } @pages],
    [], "no page has more than $patience words");

# The test of links is able to fail.
is_deeply([dead_links('docs/run.md', "[a](nosuch.md) [b](project.md#nosuch) [c](project.md#rows) ![d](e.png)\n")],
    ['docs/run.md: nosuch.md', 'docs/run.md: project.md#nosuch', 'docs/run.md: e.png'], 'dead links are seen');
done_testing;

sub dead_links {
    my ($page, $text) = @_;
    my @dead;
    $text =~ s/^```.*?^```//msg;
    $text =~ s/`[^`\n]*`//g;
    while ($text =~ /\]\(([^)\s]+)\)/g) {
        my $target = $1;
        next if $target =~ /^https?:/;
        my ($file, $heading) = $target =~ /^([^#]*)(?:#(.*))?$/;
        my $path = $file eq '' ? $page : dirname($page) . "/$file";
        1 while $path =~ s{(^|/)[^/.]+/\.\./}{$1};
        $path =~ s{^\./}{};
        push @dead, "$page: $target" if !-e $path || defined $heading && !grep { $_ eq $heading } headings($path);
    }
    return @dead;
}

# As GitHub makes anchors of headings.
sub headings { return map { lc(s/[^\w\s-]//gr) =~ s/\s/-/gr } (slurp($_[0]) =~ /^#+ (.+)$/mg) }

sub slurp {
    open my $in, '<:encoding(UTF-8)', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar(<$in>) // '';
}
