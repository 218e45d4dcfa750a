#!/usr/bin/perl
# What a reader of the sources may rely on: layout, shell without known traps, executable tests,
# and no file that nobody could read through.
use strict;
use warnings;
use Test::More;

my @files = grep { -f } split /\0/, `git ls-files -z --cached --others --exclude-standard`;
@files or die "git lists no file here\n";

sub holds {
    my ($name, @complaints) = @_;
    ok(!@complaints, $name) or diag(@complaints > 30 ? (@complaints[0 .. 29], "...\n") : @complaints);
}

my @c = grep {/\.[ch]$/} @files;
cmp_ok(scalar @c, '>', 10, 'there are C sources to look at');
holds('C is laid out as .clang-format says (clang-format -i mends it)',
    grep {/: error:/} `clang-format --dry-run -Werror @{[map { quotemeta } @c]} 2>&1`);
is($? >> 8, 0, 'clang-format ran to its end without complaint');

my @shell = grep { !/\.[a-z]+$/ || /\.(sh|t)$/ } grep { -x && first_line($_) =~ m{^#!.*\b(ba|da)?sh\b} } @files;
cmp_ok(scalar @shell, '>', 3, 'there are shell scripts to look at');
holds('shellcheck finds nothing', `shellcheck @{[map { quotemeta } @shell]} 2>&1`);

my @tests = grep { m{^tests/.*\.t$} } @files;
holds('every test can be executed', map {"$_\n"} grep { !-x } @tests);
holds('no C file has more than 500 lines', map {"$_\n"} grep { lines($_) > 500 } @c);
done_testing;

sub first_line {
    open my $in, '<', $_[0] or return '';
    return scalar(<$in>) // '';
}

sub lines {
    open my $in, '<', $_[0] or return 0;
    my $count = () = <$in>;
    return $count;
}
