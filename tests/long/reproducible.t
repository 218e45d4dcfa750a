#!/usr/bin/perl
# The same commit, built in two folders, gives the same packages, byte for byte. Another commit's time would
# show: the comparison is proven able to fail.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Digest::SHA;
use Installed;
use Test::More;

my $source = abs_path("$Bin/../..");
my $work   = tempdir(CLEANUP => 1);
$ENV{CCACHE_DISABLE} = 1;    # what another folder's build left would prove nothing
delete $ENV{SOURCE_DATE_EPOCH};

my %digests;
for my $folder ('one', 'two/deeper') {
    my ($code, $said) = command("git clone -q $source $work/$folder && umask "
            . ($folder eq 'one' ? '022' : '077') . " && $work/$folder/scripts/package $work/$folder-made");
    is($code, 0, "scripts/package in $folder") or diag($said);
    $digests{$folder} = {map { (split m{/})[-1] => Digest::SHA->new(256)->addfile($_)->hexdigest }
            grep {-f} glob "$work/$folder-made/pgrehearse*"};
}
my $one = $digests{'one'};
is(scalar(grep {/\.(?:deb|tar\.gz)$/} keys %$one), 2, 'each leaves a package and a tarball');
is_deeply($digests{'two/deeper'}, $one, 'the same bytes from both');

my ($code, $said) = command("SOURCE_DATE_EPOCH=1000000000 $work/one/scripts/package $work/one-made");
is($code, 0, 'once more, for another time') or diag($said);
my ($deb) = glob "$work/one-made/*.deb";
isnt(Digest::SHA->new(256)->addfile($deb)->hexdigest, $one->{(split m{/}, $deb)[-1]}, 'gives other bytes');
done_testing;
