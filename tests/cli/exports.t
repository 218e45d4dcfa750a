#!/usr/bin/perl
# What is public: the program and the scenarios export the functions of cmake/plugin.symbols, the library those
# of cmake/library.symbols, and nothing else; the headers declare the same.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin qw($Bin);
use Test::More;

my $source = abs_path("$Bin/../..");
my $build  = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");

# What the linker gives to every program; what it copies from libc has a version.
my %common = map { $_ => 1 } qw(_IO_stdin_used __bss_start __data_start _edata _end _start data_start _init _fini);

sub exported {
    my ($file) = @_;
    my @lines = `nm -D --defined-only $file`;
    return grep { !$common{$_} } sort map {/ [A-Za-z] ([^@\s]+)$/ ? $1 : ()} @lines;
}

sub listed {
    open my $in, '<', "$source/cmake/$_[0]" or die "$_[0]: $!\n";
    chomp(my @names = <$in>);
    return @names;
}

sub declared {
    open my $in, '<', "$source/include/pgrehearse/$_[0]" or die "$_[0]: $!\n";
    local $/;
    my $text = <$in>;
    return sort $text =~ /^PGR_API [^;(]*?\b(\w+)\(/mg;
}

my @plugin = listed('plugin.symbols');
is_deeply(\@plugin, [sort @plugin], 'cmake/plugin.symbols is sorted');
is_deeply([exported("$build/bin/pgrehearse")], \@plugin, 'pgrehearse exports what it lists, and nothing else');
is_deeply([exported("$build/scenarios/fresh.t")], \@plugin, 'so does the program of a scenario');
is_deeply([exported("$build/bin/pgrehearse-migrate")], [], 'pgrehearse-migrate exports nothing');
is_deeply([grep { $_ ne 'pgr_plugin' } declared('plugin.h')], \@plugin, 'plugin.h declares the same');

my $calls = join '', map { slurp($_) } "$source/tests/support/every_function.c", glob "$source/tests/samples/*/*.c $source/tests/unit/test_throwaway_library.c";
is_deeply([grep { $calls !~ /\b$_\(/ } @plugin, listed('library.symbols')], [], 'a test calls each of them');

my @library = listed('library.symbols');
is_deeply(\@library, [sort @library], 'cmake/library.symbols is sorted');
my @versioned = map {/ T (\S+)$/ ? $1 : ()} `nm -D --defined-only $build/libpgrehearse.so`;
is_deeply([sort @versioned], [map {"$_\@\@PGREHEARSE_1"} @library], 'libpgrehearse exports what it lists, each with its version');
my @others = grep { !/ (?:T|A) / } `nm -D --defined-only $build/libpgrehearse.so`;
is_deeply(\@others, [], 'and no data');
is_deeply([declared('throwaway.h')], \@library, 'throwaway.h declares the same');
is_deeply([grep { !/^pgr_/ } @plugin, @library], [], 'every name begins with pgr_');
my @needed = map {/NEEDED.*\[(lib[a-z]+)/ ? $1 : ()} `readelf -d $build/libpgrehearse.so`;
is_deeply([sort @needed], [qw(libc libcrypto libm libpq)], 'it needs libpq and little else');
done_testing;

sub slurp {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}
