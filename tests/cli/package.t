#!/usr/bin/perl
# cpack: the Debian package names what it depends on, holds what lintian looks for, and rehearses a project
# from wherever it is unpacked; the tarball holds the same files.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Installed;
use Test::More;

my $source = abs_path("$Bin/../..");
my $build  = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");
my $work   = tempdir(CLEANUP => 1);

my ($code, $said) = command("cd $build && cpack -B $work/made");
is($code, 0, 'cpack') or diag($said);
my ($version) = read_text("$source/CHANGELOG.md") =~ /^## ([0-9.]+) \(/m;
chomp(my $architecture = `dpkg --print-architecture`);
my $deb = "$work/made/pgrehearse_${version}_$architecture.deb";
my $tar = "$work/made/pgrehearse-$version-linux-$architecture.tar.gz";
ok(-s $deb, 'makes the package') or BAIL_OUT('there is no package');
ok(-s $tar, 'and the tarball');
is((command("cd $work/made && sha256sum -c *.sha256"))[0], 0, 'with their checksums');

my (undef, $control) = command("dpkg-deb -f $deb");
my %field = $control =~ /^(\S+): (.*)$/mg;
is($field{Version}, $version, 'its version');
like($field{Depends}, qr/\b\Q$_\E/, "depends on $_") for qw(libc6 libpq5 libcyaml1 libjansson4 libcurl4 libgsl27);
unlike($field{Depends}, qr/-dev|gcc|cmake/, 'and on nothing that builds');
like($field{Recommends}, qr/\bpostgresql \(>= 14\)/, 'recommends a server: apt-get installs it, unless it is given one');
unlike($field{Recommends}, qr/gnuplot|git|ssh/, 'and no more: what a report or a certificate alone needs is asked for there');
my @needed = read_text("$source/scripts/setup") =~ /^run +(\S+) /mg;
cmp_ok(scalar @needed, '>', 3, 'scripts/setup names what running needs');
like("$field{Depends}, $field{Recommends}, $field{Suggests}", qr/(?:^|[ ,])\Q$_\E(?:[ ,]|$)/, "the package names $_ too") for @needed;
like($control, qr/^ \S/m, 'it has a description of several lines');

my (undef, $list) = command("dpkg-deb -c $deb");
unlike($list, qr{\A(?!\S+ root/root )|\n(?!\S+ root/root |\z)}, 'every file is root\'s');
unlike($list, qr/^-.{7}w/m, 'nobody else can write');
like($list, qr{ \./usr/share/doc/pgrehearse/\Q$_\E$}m, "it holds the $_") for 'copyright', 'README.md', 'docs/install.md';
like($list, qr{ \./usr/share/man/man1/$_\.1$}m, "and a manual page for $_") for 'pgrehearse', 'pgrehearse-migrate';
unlike($list, qr{ \./(?!usr/)\S}, 'and nothing outside /usr');

is((command("dpkg-deb -x $deb $work/root"))[0], 0, 'unpacked with dpkg-deb -x');
is((command("readelf -S $work/root/usr/bin/pgrehearse | grep -c debug_info"))[1], "0\n", 'the programs are stripped');
($code, $said) = rehearse("$work/root/usr", small_project("$work/shop"));
is($code, 0, 'it rehearses a project') or diag($said);
like($said, qr/^passed: /m, 'which passes');

is((command("mkdir $work/tar && tar -xzf $tar -C $work/tar --strip-components=1"))[0], 0, 'the tarball unpacks');
is_deeply([files_under("$work/tar")], [files_under("$work/root/usr")], 'to the same files');
done_testing;

sub read_text {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}
