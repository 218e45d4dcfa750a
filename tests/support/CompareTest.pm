# Puts the planted regressions of benchmarks/compare/regressions into copies of a suite's
# migrations, and compares the two: for the benchmark and for tests/cli/compare.t.
package CompareTest;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::PP;

our @EXPORT = qw(regressions plant compare_them);

my $root = abs_path(dirname(__FILE__) . '/../..');
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
my $folder = "$root/benchmarks/compare/regressions";

# Where the planted SQL goes: the suite's folder, the file, and the line before which it is put
# (none: at the end).
my %place = (
    migration_002 => ["$root/fixtures/suites/migration_002", '002_remove_non_search_tables.sql',
        '-- step: Adding validation constraints...'],
    library => ["$root/tests/suites/library", 'upgrade-2.sql', undef],
);

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!";
    local $/;
    return scalar <$file>;
}

# Each with its name, what it is, suite, expected outcome, by what, and the SQL of both sides.
sub regressions {
    my @found;
    for my $path (sort glob "$folder/*.sql") {
        my ($name) = $path =~ m{([^/]+)\.sql$};
        my ($head, $base, $candidate) = slurp($path) =~ /^(.*?)^-- base\n(.*?)^-- candidate\n(.*)/ms
            or die "$path: expected '-- base' and '-- candidate'";
        my %one = (name => $name, base => $base, candidate => $candidate);
        $one{$1} = $2 while $head =~ /^-- (\w+): (.*)$/mg;
        push @found, \%one;
    }
    return @found;
}

# A copy of the migrations with the SQL in it; $usual is what the upgrade takes in seconds.
sub plant {
    my ($one, $side, $usual) = @_;
    my ($suite, $file, $before) = @{$place{$one->{suite}} or die "$one->{name}: no such suite"};
    my $copy = tempdir('compare-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    system('cp', '-R', "$suite/migrations/.", $copy) == 0 or die 'cp failed';
    my ($sql, $text) = ($one->{$side}, slurp("$copy/$file"));
    $sql =~ s/\{sleep ([0-9.]+)\}/sprintf '%.4f', $1 * $usual/ge;
    if (defined $before) {
        $text =~ s/^\Q$before\E$/$sql$before/m or die "$file: no line '$before'";
    } else {
        $text .= $sql;
    }
    open my $out, '>', "$copy/$file" or die "$file: $!";
    print $out $text;
    close $out or die "$file: $!";
    return $copy;
}

# Runs the comparison: exit status, comparison.json (undef without one), what was said, and where the
# findings are: "FILE:LINE", the file without its folder.
sub compare_them {
    my ($suite, $base, $candidate, @arguments) = @_;
    my $output = tempdir('compare-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    my @command = ("$build/bin/pgrehearse", 'compare', $place{$suite}[0], '--base-migrations', $base,
        '--migrations', $candidate, '--output', $output, @arguments);
    my $quoted = join ' ', map { s/'/'\\''/gr =~ s/.*/'$&'/sr } @command;
    my $said = `$quoted 2>&1 </dev/null`;
    my $status = $? >> 8;
    my $json = -e "$output/comparison.json" ? decode_json(slurp("$output/comparison.json")) : undef;
    my $run = -e "$output/run.json" ? decode_json(slurp("$output/run.json")) : {};
    my @places = map { ($_->{file} // '') =~ s{.*/}{}r . ':' . ($_->{line} // 0) } grep { $_->{outcome} eq 'finding' }
        map { @{$_->{checks}} } map { @{$_->{steps}} } @{$run->{scenarios} // []};
    return ($status, $json, $said, @places);
}
1;
