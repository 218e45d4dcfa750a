# Variants of a suite's migration, each a patch with a header: applies them, rehearses them side by
# side, and says what was found. docs/mutants.md describes the files.
package Mutants;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use POSIX qw(_exit);

our @EXPORT = qw(variants header rehearse_all judge checks findings subject);

my $root = abs_path(dirname(__FILE__) . '/../..');
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
my $suites = "$root/fixtures/suites";
my $limit = 600;    # seconds; over it a rehearsal is stopped and has failed

my %key = map { $_ => 1 } qw(broken sound about migrator scenarios arguments finding exit share);
my @abouts = qw(schema data rights values atomicity messages timing rollback re-runs deployment);

# The variants of a suite, broken and sound; a header that is wrong dies.
sub variants {
    my ($suite) = @_;
    my $folder = "$suites/$suite/mutants";
    my @files = (sort(glob "$folder/*"), sort(glob "$folder/sound/*"));
    return map { header($suite, $_) } grep { -f } @files;
}

sub header {
    my ($suite, $file) = @_;
    my %v = (suite => $suite, file => $file, name => basename($file, '.patch'));
    $file =~ /\.patch\z/ or die "$file: a variant is a .patch\n";
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    while (my $line = <$in>) {
        last if $line =~ /^\s*$/;
        $line =~ /^([a-z]+): +(\S.*)$/ && $key{$1} && !exists $v{$1}
            or die "$file:$.: no line 'KEY: VALUE' with a key that is known and new\n";
        $v{$1} = $2;
    }
    my @needed = qw(about migrator scenarios exit);
    push @needed, 'finding' if $v{broken};
    $v{$_} // die "$file: has no line '$_:'\n" for @needed;
    $v{broken} xor $v{sound} or die "$file: is either broken: or sound:\n";
    (!!$v{sound}) == ($file =~ m{/sound/[^/]+\z}) or die "$file: sound variants lie in sound/\n";
    grep { $_ eq $v{about} } @abouts or die "$file: about: is one of @abouts\n";
    $v{exit} eq ($v{sound} ? 0 : 1) or die "$file: exit: is 1 for a broken one, 0 for a sound one\n";
    ($v{share} // 'always') eq 'always' or die "$file: share: is always, or left out\n";
    return \%v;
}

# Rehearses each variant, as many at a time as there are processors; adds status and record, or
# trouble, to each.
sub rehearse_all {
    my (@queue) = @_;
    my $scratch = tempdir(CLEANUP => 1);
    my $jobs = $ENV{PGREHEARSE_MUTANT_JOBS} || `nproc` || 1;
    my %running;
    my $stop = sub { kill TERM => keys %running; 1 while waitpid(-1, 0) > 0; exit 1 };    # leaves nothing behind
    local @SIG{qw(INT TERM HUP)} = ($stop) x 3;
    # the long ones first, so that none is left to run alone at the end
    @queue = sort { weight($b) <=> weight($a) } @queue;
    while (@queue || %running) {
        while (@queue && keys %running < $jobs) {
            my $v = shift @queue;
            $v->{folder} = "$scratch/" . ($v->{sound} ? 'sound-' : '') . $v->{name};
            my $pid = begin($v);
            $running{$pid} = $v if $pid;
        }
        next if !%running;
        my $pid = waitpid -1, 0;
        my $v = delete $running{$pid} or next;
        conclude($v, $?);
    }
}

sub weight {
    my ($v) = @_;
    my $all = $v->{scenarios};
    return ($all =~ /interrupted|\ball\b/ ? 100 : 0) + ($v->{migrator} eq 'alembic' ? 4 : 1) * (1 + ($all =~ tr/,//));
}

# A copy of the suite, the patch upon it, and pgrehearse as a child; nothing if the patch does not
# apply.
sub begin {
    my ($v) = @_;
    my $suite = "$v->{folder}/suite";
    mkdir $v->{folder} or die "$v->{folder}: $!\n";
    system('cp', '-r', "$suites/$v->{suite}", $suite) == 0 or die "cannot copy the suite\n";
    system('rm', '-rf', "$suite/mutants");
    my $said = `cd '$suite' && patch -p1 -F0 --no-backup-if-mismatch --batch <'$v->{file}' 2>&1`;
    if ($?) {
        $v->{trouble} = "the patch does not apply:\n$said";
        return;
    }
    my @command = ('timeout', '-k', 10, $limit, "$build/bin/pgrehearse", 'run', $suite, '--jobs', 1,
        '--migrator', $v->{migrator}, '--output', "$v->{folder}/out");
    push @command, '--scenario', $v->{scenarios} if $v->{scenarios} ne 'all';
    push @command, split ' ', $v->{arguments} // '';
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    open STDOUT, '>', "$v->{folder}/log";
    open STDERR, '>&', \*STDOUT;
    $ENV{PATH} = "$build/bin:/usr/bin:$ENV{PATH}";    # Debian's alembic wants Debian's python3
    $ENV{PYTHONDONTWRITEBYTECODE} = 1;
    exec @command or _exit(127);
}

sub conclude {
    my ($v, $status) = @_;
    $v->{status} = $status & 127 ? "signal @{[$status & 127]}" : $status >> 8;
    my $record = read_file("$v->{folder}/out/run.json");
    if (defined $record) {
        $v->{record} = decode_json($record);
    } else {
        $v->{trouble} = "no run.json; exit $v->{status}:\n" . (read_file("$v->{folder}/log") // '');
    }
}

sub read_file {
    my ($path) = @_;
    open my $in, '<', $path or return;
    local $/;
    return scalar <$in>;
}

# The checks with this outcome, each with its scenario.
sub checks {
    my ($v, $outcome) = @_;
    my @found;
    for my $scenario (@{ $v->{record}{scenarios} // [] }) {
        for my $check (map { @{ $_->{checks} } } @{ $scenario->{steps} }) {
            push @found, { %$check, scenario => $scenario->{name} }
                if !defined $outcome || $check->{outcome} eq $outcome;
        }
    }
    return @found;
}

sub findings { return checks($_[0], 'finding') }

# What a check is about, for the question which checks find what: its kind, and of the suite's own
# validations each one.
sub subject {
    my ($check) = @_;
    return $check->{kind} eq 'validation' ? "validation: $check->{name}" : $check->{kind};
}

sub told { return map {"  $_->{scenario}: $_->{kind}: $_->{name}: " . ($_->{message} // '') . "\n"} @_ }

# Why the variant was not judged as its header says; nothing if it was.
sub judge {
    my ($v) = @_;
    return $v->{trouble} if $v->{trouble};
    my @findings = findings($v);
    my @errors = checks($v, 'error');
    my @why;
    push @why, "exit $v->{status} instead of $v->{exit}\n" if $v->{status} ne $v->{exit};
    push @why, "could not be checked: $v->{record}{error}\n" if defined $v->{record}{error};
    push @why, "checks that could not be made:\n", told(@errors) if @errors;
    if ($v->{broken} && !grep {"$_->{name}: $_->{message}" =~ /$v->{finding}/} @findings) {
        push @why, "no finding is like /$v->{finding}/; found:\n", told(@findings);
    }
    if ($v->{sound}) {
        my @missed = checks($v, 'not run');
        push @why, "it is sound, and blamed:\n", told(@findings) if @findings;
        push @why, "checks that did not run:\n", told(@missed) if @missed;
    }
    return @why;
}

1;
