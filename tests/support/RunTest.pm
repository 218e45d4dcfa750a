# Runs pgrehearse on copies of the small suite whose upgrade is a shell script, in temporary folders
# of its own, and looks for what a run has left behind.
package RunTest;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h _exit);
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(area wait_until suite_with start_run finish_run run_it leftovers segments output_of sound
    write_file read_file all_files);

my $root = abs_path(dirname(__FILE__) . '/../..');
our $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
our $sound = 'exec psql -X -q -v ON_ERROR_STOP=1 -1 -f upgrade-2.sql';
my ($base, $count) = (
    tempdir('pgr-XXXXXX', DIR => -d '/dev/shm' && -w _ ? '/dev/shm' : '/tmp', CLEANUP => 1), 0);
chmod 0755, $base;
$ENV{TMPDIR} = area('tmp');
delete @ENV{qw(DATABASE_URL PGPASSWORD PGHOST PGUSER PGDATABASE NO_COLOR)};

# A new folder that every account may write to; short, since sockets lie in it.
sub area {
    my $path = "$base/" . $_[0] . ++$count;
    mkdir $path or die "$path: $!";
    chmod 0777, $path or die "$path: $!";
    return $path;
}

sub sound { return $sound }

sub write_file {
    my ($path, $content) = @_;
    open my $file, '>', $path or die "$path: $!";
    print $file $content;
    close $file or die "$path: $!";
}

sub read_file {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    my $content = <$file>;
    return $content // '';
}

# A copy of the small suite; $upgrade is what its migrator does to reach revision 2, $baseline what
# it does to reach revision 1; %change replaces text in suite.yaml.
sub suite_with {
    my ($upgrade, $baseline, %change) = @_;
    my $folder = area('suite');
    system('cp', '-r', "$root/tests/suites/library/.", $folder) == 0 or die 'cp failed';
    my $yaml = read_file("$folder/suite.yaml");
    $yaml =~ s/upgrade: psql.*\n/upgrade: sh up.sh {revision}\n/ or die 'no upgrade in suite.yaml';
    while (my ($from, $to) = each %change) {
        $yaml =~ s/\Q$from\E/$to/ or die "no '$from' in suite.yaml";
    }
    write_file("$folder/suite.yaml", $yaml);
    $baseline //= 'exec psql -X -q -v ON_ERROR_STOP=1 -1 -f upgrade-1.sql';
    write_file("$folder/migrations/up.sh", "if [ \$1 = 1 ]; then\n$baseline\nfi\n$upgrade\n");
    system('chmod', '-R', 'a+rX', $folder);
    return $folder;
}

# Starts `pgrehearse run SUITE …` with its output in files; %how: as => account, environment => {},
# command => another than run; hangup, child => what happens upon SIGHUP, SIGCHLD.
sub start_run {
    my ($suite, $arguments, %how) = @_;
    my $out = area('out');
    my %run = (folder => "$out/reports", out => "$out/stdout", err => "$out/stderr");
    my @command = ("$build/bin/pgrehearse", $how{command} // 'run', $suite, '--output', $run{folder}, @$arguments);
    if ($how{as}) {
        my ($uid, $gid) = (getpwnam $how{as})[2, 3];
        unshift @command, 'setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups';
    }
    $run{started} = time;
    $run{pid} = fork // die "fork: $!";
    return \%run if $run{pid};
    setpgrp;
    $SIG{HUP} = $how{hangup} // 'DEFAULT';
    $SIG{CHLD} = $how{child} // 'DEFAULT';
    %ENV = (%ENV, %{$how{environment} // {}});
    defined $ENV{$_} or delete $ENV{$_} for keys %ENV;
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', $how{stdout} // $run{out} or die;
    open STDERR, '>', $run{err} or die;
    exec @command or _exit(99);
}

# Waits until the condition holds; two minutes are for one that never comes.
sub wait_until {
    my ($condition, $what) = @_;
    my $deadline = time + 120;
    do {
        return 1 if $condition->();
        sleep 0.02;
    } while time < $deadline;
    diag("waited in vain for: $what");
    return 0;
}

# Waits for its end; sets code (128 + signal when one killed it), out and err as text.
sub finish_run {
    my ($run, $limit) = @_;
    $limit //= 300;
    my $deadline = time + $limit;
    my $got;
    until ($got = waitpid $run->{pid}, WNOHANG) {
        if (time > $deadline) {
            kill 'KILL', $run->{pid};
            waitpid $run->{pid}, 0;
            fail("pgrehearse ends within $limit s; last seen: " . output_of($run));
            last;
        }
        sleep 0.01;
    }
    $run->{code} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    $run->{seconds} = time - $run->{started};
    return $run;
}

sub run_it { return finish_run(start_run(@_)) }

sub output_of {
    my ($run) = @_;
    return read_file($run->{err}) . read_file($run->{out});
}

# Files, and processes known by their TMPDIR or by working in our folder; one line each.
sub leftovers {
    my ($tmp) = @_;
    $tmp //= $ENV{TMPDIR};
    my @left = glob "$tmp/pgrehearse-* /var/cache/pgrehearse-61*/*.making-none";
    for my $proc (glob '/proc/[0-9]*') {
        my ($pid) = $proc =~ /(\d+)$/;
        next if $pid == $$;
        my $where = readlink("$proc/cwd") // '';
        my $environment = read_file("$proc/environ");
        next unless $where =~ /^\Q$tmp\E/
            or "\0$environment" =~ /\0PGREHEARSE_RUN=/ && "\0$environment\0" =~ /\0TMPDIR=\Q$tmp\E\0/;
        (my $words = read_file("$proc/cmdline")) =~ tr/\0/ /;
        push @left, "process $pid: $words";
    }
    return join "\n", @left;
}

# The System V segments that nobody is attached to, other than those of `$before`. Other tests' servers
# are killed too, and swept by their next runs: what is only theirs for a while is waited for.
sub segments {
    my ($before) = @_;
    my %known = map { $_ => 1 } split /^/, $before // '';
    my @left = my @all = grep { / 0\s*$/ } `ipcs -m`;
    return join '', @all if !defined $before;
    for (my $deadline = time + 60; time < $deadline; sleep 0.2) {
        last if !(@left = grep { !$known{$_} } `ipcs -m | grep ' 0 *\$'`);
    }
    return join '', @left;
}

sub all_files {
    my ($folder) = @_;
    my $all = '';
    for my $path (split /\n/, `find '$folder' -type f`) { $all .= read_file($path) }
    return $all;
}

1;
