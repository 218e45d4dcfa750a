#!/usr/bin/perl
# Errors move as they are: error_take and error_prefix keep kind and SQLSTATE, and the first error. Writing one
# out of another's members, or over another, loses one or the other.
use strict;
use warnings;
use Test::More;

my $copied = qr/\berror_set(?:_sqlstate)?\((?:[^;"]|"(?:[^"\\]|\\.)*")*?\b\w+(?:\.|->)kind,/;
my $overwritten = qr/^\s*\*e = /m;
my @wrong;
my $files = 0;
for my $file (split /\0/, `git ls-files -z 'src/*.c' 'fixtures/*.c' 'harness/*.c' 'reports/*.c'`) {
    next if $file eq 'src/base/error.c' || !-f $file;
    open my $in, '<', $file or die "$file: $!";
    my $source = do { local $/; <$in> };
    $files++;
    push @wrong, $file if $source =~ $copied || $source =~ $overwritten;
}
cmp_ok($files, '>', 200, 'there are sources');
is("@wrong", '', 'none rewrites an error, none overwrites one');

# Proven able to fail.
like('return error_set_sqlstate(e, refused.kind, refused.sqlstate, "%s;", refused.message);', $copied, 'a copy by hand is seen');
like("    *e = other;\n", $overwritten, 'and so is an overwriting');
done_testing;
