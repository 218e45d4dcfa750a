#!/usr/bin/perl
# The house stands as cmake/rooms.cmake says: a room includes only what is below it. The rule is
# first seen to refuse a small house that breaks it.
use strict;
use warnings;
use Test::More;

# NAME, FOLDER in the order of the file: the lowest first
sub rooms_of { return $_[0] =~ /^room\((\w+)\s+([^\s)]+)/mg }

sub whole {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}

# Complaints about includes: FILE => text, and the rooms as rooms_of() gives them.
sub wrong_includes {
    my ($texts, @rooms) = @_;
    my (%height, %folder, @complaints);
    while (my ($name, $folder) = splice @rooms, 0, 2) { $height{$name} = keys %height; $folder{$name} = $folder }
    for my $file (sort keys %$texts) {
        my ($room) = grep { index($file, "$folder{$_}/") == 0 } keys %folder;
        push @complaints, "$file: in no room" and next if !$room;
        for my $included ($texts->{$file} =~ /^\s*#\s*include\s+"([^"]+)"/mg) {
            next if $included =~ m{^pgrehearse/};
            my ($other) = $included =~ m{^(\w+)/};
            if    (!$other)                           { push @complaints, "$file: \"$included\" names no room" }
            elsif (!exists $height{$other})           { push @complaints, "$file: there is no room '$other'" }
            elsif ($height{$other} > $height{$room})  { push @complaints, "$file: $room may not include $other, which stands above it" }
        }
    }
    return @complaints;
}

my @small = rooms_of("room(low src/low)\nroom(high src/high USES low)\n");
is_deeply([wrong_includes({'src/high/a.c' => "#include \"low/b.h\"\n#include \"pgrehearse/x.h\"\n"}, @small)], [],
    'a room may include what is below it');
like((wrong_includes({'src/low/b.h' => "#include \"high/a.h\"\n"}, @small))[0], qr/low may not include high/, 'not what is above it');
like((wrong_includes({'src/low/b.h' => "#include \"a.h\"\n"}, @small))[0], qr/names no room/, 'nor a bare name');
like((wrong_includes({'src/b.c' => ''}, @small))[0], qr/in no room/, 'and every file is in a room');

my @rooms = rooms_of(whole('cmake/rooms.cmake'));
cmp_ok(@rooms / 2, '>', 10, 'cmake/rooms.cmake lists rooms');
my %texts = map { $_ => whole($_) } grep { -f && /\.[ch]$/ } split /\0/,
    `git ls-files -z --cached --others --exclude-standard src harness fixtures reports scenarios`;
my @wrong = wrong_includes(\%texts, @rooms);
ok(!@wrong, 'every include goes down') or diag(map {"$_\n"} @wrong);
done_testing;
