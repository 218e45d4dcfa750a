#!/usr/bin/perl
# A bare Debian, made by debootstrap: apt-get installs the package with what it depends on and recommends, and
# somebody who is not root rehearses an Alembic project there, without a compiler and without the source tree.
# From bare to the verdict takes less than two minutes, counted in seconds of processor, since another program may
# keep the machine busy. These are the release that this machine has, and Debian 13: a package is made for the release that it was built
# on, for the other one in a second folder.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Installed;
use Test::More;

my $source  = abs_path("$Bin/../..");
chomp(my $own = `. /etc/os-release; echo \$VERSION_CODENAME`);
my $work = tempdir(CLEANUP => 1);
my ($root, $code, $said);

# the mirror that apt uses here, and how apt reaches it
my ($mirror) = `apt-get indextargets --format '\$(REPO_URI)' 'Created-By: Packages'` =~ m{^(\S+/debian/?)$}m;
ok($mirror, 'apt here has an archive of Debian') or BAIL_OUT('no archive');
my ($proxy) = `apt-config dump Acquire::http::Proxy` =~ /"([^"]+)"/;
local $ENV{http_proxy} = $proxy if $proxy;

# A bare system of a release, to which inside() goes from then on.
sub bare_system {
    my ($release, $name) = @_;
    $root = "$work/$name";
    ($code, $said) = command("debootstrap --variant=minbase --include=ca-certificates $release $root $mirror");
    is($code, 0, "debootstrap makes a bare $release") or BAIL_OUT($said);
    command("cp /etc/resolv.conf /etc/hosts $root/etc/; cp /etc/apt/apt.conf.d/* $root/etc/apt/apt.conf.d/");
}

# The folder with the package for the release.
sub package_for {
    my ($release) = @_;
    if ($release eq $own) {
        ($code, $said) = command("$source/scripts/package $work/made-$release");
        return "$work/made-$release";
    }
    bare_system($release, "builder-$release");
    ($code, $said) = command("bash -o pipefail -c 'mkdir $root/root/src && git -C $source archive HEAD | tar -x -C $root/root/src'");
    is($code, 0, 'the source of the last commit is there') or BAIL_OUT($said);
    ($code, $said) = inside('cd /root/src && scripts/setup && DEBIAN_FRONTEND=noninteractive apt-get -qy install dpkg-dev file'
            . ' && scripts/package /root/made');
    return "$root/root/made";
}

rehearse_on($_) for $own, $own eq 'trixie' ? () : 'trixie';
done_testing;

sub rehearse_on {
    my ($release) = @_;
    my $made = package_for($release);
    is($code, 0, "the package for $release is built") or BAIL_OUT($said);
    bare_system($release, $release);
    command("cp $made/*.deb $root/root/ && cp -a $source/tests/projects/alembic $root/srv/shop");

    my ($since, $used) = (time, used());
    ($code, $said) = inside('apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install /root/pgrehearse_*.deb'
            . ' alembic python3-psycopg2');
    is($code, 0, 'apt-get installs it') or BAIL_OUT($said);
    my ($since_run, $used_run) = (time, used());
    isnt((inside("command -v $_"))[0], 0, "there is no $_") for qw(gcc cc git);
    is((inside('useradd --create-home somebody && chown -R somebody /srv/shop'))[0], 0, 'somebody has a project');
    ($code, $said) = inside("setpriv --reuid=somebody --regid=somebody --init-groups env HOME=/home/somebody sh -c 'cd /srv/shop && pgrehearse run'");
    is($code, 0, 'pgrehearse run passes there') or diag($said);
    like($said, qr/^pgrehearse: rehearsing the project shop: Alembic/m, 'with Alembic');
    like($said, qr/^passed: \d+ scenarios/m, 'to the end');
    diag(sprintf '%s: apt-get %d s, of which %.0f s of processor; all %d s, of which %.0f s', $release, $since_run - $since,
        $used_run - $used, time - $since, used() - $used);
    cmp_ok(used() - $used, '<', 120, 'in less than two minutes');
    like((inside('man -w pgrehearse-run || ls /usr/share/man/man1/pgrehearse-run.1*'))[1], qr/pgrehearse-run\.1/, 'its manual pages are there');

    rehearse_with_pgvector() if $release eq 'trixie';

    # An image is not built: no container engine answers here. What the Containerfile would run is run in the folder.
    my $file = do { open my $in, '<', "$source/Containerfile" or die; local $/; <$in> };
    my @lines = map { s/\\\n//gr =~ s/^RUN //r } $file =~ /^(RUN (?:.*\\\n)*.*)$/mg;
    is(scalar @lines, 1, 'the Containerfile runs one line');
    command("cp $made/*.deb $root/tmp/");
    ($code, $said) = inside($lines[0] // 'false');
    is($code, 0, 'which works in that Debian') or diag($said);
    like($said, qr/^pgrehearse \d/m, 'to its end, the version');
}

# The shipped suite and a certificate with PostgreSQL 17, which Debian 13 has pgvector for.
sub rehearse_with_pgvector {
    is((inside('DEBIAN_FRONTEND=noninteractive apt-get -qy install postgresql-17-pgvector'))[0], 0, 'pgvector of PostgreSQL 17');
    open my $out, '>', "$root/srv/certify" or die "$root/srv/certify: $!\n";
    print $out <<'END';
set -e
cd && PATH=/usr/lib/postgresql/17/bin:$PATH
pgrehearse run migration_002 --scenario quickstart
initdb -A trust -D pg -U postgres >/dev/null
pg_ctl -D pg -o "-k $HOME -c listen_addresses=" -l log -w start >/dev/null
createdb -h "$HOME" -U postgres source
url="postgresql://postgres@/source?host=$HOME"
DATABASE_URL=$url pgrehearse-migrate -m /usr/share/pgrehearse/suites/migration_002/migrations upgrade 005
code=0
pgrehearse certify migration_002 --scenario certification --source "$url" || code=$?
pg_ctl -D pg stop -m fast >/dev/null
exit $code
END
    close $out or die;
    ($code, $said) = inside('setpriv --reuid=somebody --regid=somebody --init-groups env HOME=/home/somebody sh /srv/certify');
    is($code, 0, 'the shipped suite passes, and is certified on a copy') or diag($said);
    like($said, qr/^certificate \(passed\)/m, 'with a certificate');
}

# Seconds of processor of all programs so far.
sub used {
    my @times = times;
    return $times[2] + $times[3];
}

# in namespaces of its own, so that what is mounted there goes with it
sub inside {
    my ($line) = @_;
    $line =~ s/'/'\\''/g;
    return command("unshare --mount --pid --fork sh -ec 'cd $root; mount --rbind /dev dev; mount -t tmpfs tmpfs dev/shm;"
            . " mount -t proc proc proc; exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 sh -c \"\$0\"' '$line'");
}
