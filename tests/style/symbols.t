#!/usr/bin/perl
# No name means two things: no symbol is defined twice, no tag of a header is defined in another
# room. And files do not call each other in a circle. Symbols are read from the built objects.
use strict;
use warnings;
use Test::More;

my $build = $ENV{PGREHEARSE_BUILD} // 'build';

my (%uses, %defined_in);
my @objects = grep { !m{/tests?/|/benchmarks/} } split /\n/, `find $build/CMakeFiles -name '*.c.o'`;
open my $symbols, '-|', 'nm', '-gA', @objects or die "nm: $!";
while (<$symbols>) {
    my ($object, $kind, $name) = /^(.*?):.*([A-Z]) (\S+)$/ or next;
    (my $file = $object) =~ s{.*\.dir/|\.o$}{}g;
    next unless -f $file;    # of a source that is gone
    if ($kind eq 'U') { $uses{$file}{$name} = 1 }
    else              { $defined_in{$name}{$file} = 1 }
}
cmp_ok(scalar keys %uses, '>', 100, 'there are objects to look at');

is(join("\n", duplicates()), '', 'no symbol is defined twice');
is(join("\n", circles()), '', 'no files call each other in a circle');
is(join("\n", tags()), '', 'no tag of a header is defined in another room');
done_testing;

sub duplicates {
    return map {"$_: @{[sort keys %{$defined_in{$_}}]}"}
        grep { $_ ne 'main' && keys %{ $defined_in{$_} } > 1 } sort keys %defined_in;
}

# Files that each reach the other, by Tarjan's algorithm.
sub circles {
    my (%calls, %index, %low, %open, @stack, @circles);
    for my $file (keys %uses) {
        for my $name (keys %{ $uses{$file} }) {
            $calls{$file}{$_} = 1 for grep { $_ ne $file } keys %{ $defined_in{$name} // {} };
        }
    }
    my $visit;
    $visit = sub {
        my ($file) = @_;
        $index{$file} = $low{$file} = keys %index;
        push @stack, $file;
        $open{$file} = 1;
        for my $other (sort keys %{ $calls{$file} // {} }) {
            if    (!exists $index{$other}) { $visit->($other); lower(\%low, $file, $low{$other}) }
            elsif ($open{$other})          { lower(\%low, $file, $index{$other}) }
        }
        return if $low{$file} != $index{$file};
        my @circle;
        do { push @circle, pop @stack; delete $open{ $circle[-1] } } while ($circle[-1] ne $file);
        push @circles, join(', ', sort @circle) if @circle > 1;
    };
    no warnings 'recursion';
    exists $index{$_} or $visit->($_) for sort keys %uses;
    return sort @circles;
}

sub lower {
    my ($low, $file, $value) = @_;
    $low->{$file} = $value if $value < $low->{$file};
}

sub tags {
    my (%places, %in_header);
    for my $file (grep { -f && !m{^(tests|benchmarks)/} } split /\n/, `git ls-files -co --exclude-standard '*.[ch]'`) {
        open my $in, '<', $file or die "$file: $!";
        local $/;
        my $text = <$in>;
        while ($text =~ /^[ \t]*(?:(?:typedef|static|const) )*(?:struct|enum|union) (\w+)\s*\{/mg) {
            my $tag = $1;
            $places{$tag}{$file} = 1;
            $in_header{$tag} = 1 if $file =~ /\.h$/;
        }
    }
    return map {"$_: @{[sort keys %{$places{$_}}]}"} grep { keys %{ $places{$_} } > 1 } sort keys %in_header;
}
