#!/usr/bin/perl
# pgrehearse compare, on what is deterministic: counters, locks, rewrites, failures. That times are
# judged well is shown by tests/unit/test_statistics_paired.t and benchmarks/compare/run; here the
# threshold is so high that no noise reaches it. One regression of each kind of counter is tried, and
# all of them where PGREHEARSE_LONG is set (tests/long/compare.t).
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use CompareTest;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Test::More;

my $build = abs_path($ENV{PGREHEARSE_BUILD} || 'build');
# Enough rows that what a scan of the table reads stands out from what the catalogs cost.
my @small = qw(--repositories 30 --chunks-per-repo 300 --embeddings 0 --rounds 8);
my @calm = (@small, '--threshold', 900);
# where it is not about figures
my @tiny = qw(--repositories 2 --chunks-per-repo 2 --embeddings 0 --rounds 8 --threshold 900);
my %sizes = (migration_002 => \@small, library => [qw(--authors 30 --books-per-author 100 --rounds 8)]);
my %all = map { $_->{name} => $_ } regressions();
my %share = map { $_ => 1 } qw(extra-index extra-rewrite stronger-lock lost-batch long-lock);
my $scratch = tempdir(CLEANUP => 1);

sub worse {
    my ($json) = @_;
    return grep { $_->{kind} eq 'worse' && $_->{check} ne 'time' } @{$json->{differences}};
}

# The same on both sides.
my $usual; # what the upgrade took at most, in seconds
{
    my $same = $all{same};
    my ($status, $json, $said) =
        compare_them('migration_002', plant($same, 'base', 0), plant($same, 'candidate', 0), @calm);
    is($status, 0, 'the same migrations: fine') or diag($said);
    is($json->{outcome}, 'fine', 'and so says the file');
    is(scalar worse($json), 0, 'no counter differs');
    is(scalar @{$json->{times}[1]{base_seconds}}, 8, 'as many pairs as were allowed are in the file');
    ($usual) = sort { $b <=> $a } @{$json->{times}[1]{base_seconds}};
}

# What a counter, a lock or a new file tells of is found every time.
for my $name (sort keys %all) {
    my $one = $all{$name};
    next if !$ENV{PGREHEARSE_LONG} && !$share{$name};
    # outside of a transaction locks are only sampled: that one needs more rows
    next if $one->{by} ne 'counters' || $name eq 'lost-concurrently';
    my ($status, $json, $said, @places) = compare_them($one->{suite}, plant($one, 'base', 0),
        plant($one, 'candidate', 0), @{$sizes{$one->{suite}}});
    is($status, 1, "$name: regressed") or diag($said);
    ok($json && worse($json), "$name: and not by its time alone");
    my $file = $one->{suite} eq 'library' ? 'upgrade-2.sql' : '002_remove_non_search_tables.sql';
    is(scalar(grep { !/^\Q$file\E:\d+$/ } @places), 0, "$name: the findings name the migration's file") or diag("@places\n$said");
}

# Time, by several times what the upgrade takes here; the step is named, and fresh rounds confirm it.
{
    my %slow = (%{$all{same}}, candidate => "SELECT pg_sleep({sleep 2});\n");
    my ($status, $json, $said) = compare_them('migration_002', plant(\%slow, 'base', 0),
        plant(\%slow, 'candidate', $usual), @small, '--threshold', 50);
    is($status, 1, 'a sleep: regressed') or diag($said);
    like($said, qr/^worse +step 4 Adding project_id to code_chunks.*more of the whole upgrade/m,
        'the step is named');
    is(scalar @{$json->{confirmation}[1]{base_seconds}}, 8, 'fresh pairs confirmed it');
}

# Failures: the candidate's is a finding, the base's an error, and so is another baseline.
{
    my %broken = (%{$all{same}}, candidate => "SELECT 1 / 0;\n", base => '');
    my ($base, $bad) = (plant(\%broken, 'base', 0), plant(\%broken, 'candidate', 0));
    my ($status, $json, $said, @places) = compare_them('migration_002', $base, $bad, @tiny);
    is($status, 1, 'a candidate that fails is a finding');
    my $line = 1 + (split(/^SELECT 1 \/ 0;/m, do { local (@ARGV, $/) = "$bad/002_remove_non_search_tables.sql"; <> }))[0] =~ tr/\n//;
    is("@places", "002_remove_non_search_tables.sql:$line", 'at its file and line');
    like($said, qr/^regressed: the candidate's upgrade failed: .*division by zero/m, 'with its word');
    ($status, $json, $said) = compare_them('migration_002', $bad, $base, @tiny);
    is($status, 3, 'a base that fails is an error');
    like($said, qr/the base's upgrade to 002 failed, so there is nothing to compare with/, 'that says so');
    my $other = plant(\%broken, 'base', 0);
    system('sed', '-i', 's/^    path .*text .*NOT NULL,/&\n    extra text,/',
        "$other/001_initial_schema.sql") == 0 or die 'sed failed';
    ($status, $json, $said) = compare_them('migration_002', $base, $other, @tiny);
    is($status, 3, 'another baseline cannot be compared') or diag($said);
    like($said, qr/the two cannot be compared: at the baseline 005 .*repositories\.extra/, 'what differs is named');
    my $empty = tempdir(CLEANUP => 1);
    ($status, $json, $said) = compare_them('migration_002', $base, $empty, @tiny);
    is($status, 3, 'nor can one whose baseline cannot be built, as in a run');
    like($said, qr/^pgrehearse: candidate: the baseline 005 cannot be built/m, 'whose it is is said');
}

# The base from git.
{
    my $work = "$scratch/project";
    my $sound = plant($all{same}, 'base', 0);
    my $git = "git -C $work -c user.name=t -c user.email=t\@example.org -c init.defaultBranch=main";
    system("mkdir -p $work/db $work/none && cp -R $sound/. $work/db && git init -q $work && "
            . "$git add -A && $git commit -qm one && $git tag v1 && "
            . "git clone -q --bare $work $scratch/bare && "
            . "echo 2 >$work/none/2 && $git add -A && $git commit -qm two && $git tag -a -m 2 v2 && "
            . "$git tag v3-rc1 && $git tag nightly && "
            . "git clone -q --depth 1 file://$work $scratch/shallow") == 0 or die 'git failed';
    system('cp', '-R', plant($all{'extra-rewrite'}, 'candidate', 0) . '/.', "$work/db") == 0 or die;
    my $said = `$build/bin/pgrehearse compare --base-ref v1 --migrations $work/db @tiny \\
        --output '$scratch/git' 2>&1`;
    is($? >> 8, 1, 'compared with a tag') or diag($said);
    like($said, qr/^base +v1$/m, 'which is named');
    like($said, qr/table public\.code_chunks is rewritten/, 'and has less to rewrite');
    is(`git -C $work status --porcelain | grep -v '^ M'`, '', 'the work tree is as it was');

    # What is no commit of a work tree's folder is told in one line.
    for my $case (
        ['--base-ref nosuch', "$work/db", qr/--base-ref nosuch: .*: no such commit, tag or branch$/],
        ['--base-ref v1', "$work/none", qr/: the folder did not exist then$/],
        ['--base-ref v1', "$scratch/shallow/db", qr/: no such commit.*; the clone is shallow: git fetch/],
        ['--base-ref v1', "$scratch/bare", qr/: it is not in a work tree: a bare repository\?$/],
        ['--base-ref v1', $sound, qr/: fatal: not a git repository/],
        ['', "$scratch/shallow/none", qr/: no earlier release.*; the clone is shallow: .*; name a commit/])
    {
        my ($option, $folder, $expected) = @$case;
        my $said = `$build/bin/pgrehearse compare $option --migrations $folder --output '$scratch/git' 2>&1`;
        is($? >> 8, 2, "compare $option --migrations " . $folder =~ s{\Q$scratch\E}{}r);
        chomp $said;
        like($said, qr/\Apgrehearse: [^\n]*\z/, 'one line');
        like($said, $expected, 'that says why');
    }

    # Without a base it is the last release: of changed migrations the newest, otherwise the one
    # before it. Also where a hook of git points git elsewhere.
    my $last = sub {
        my $said = `cd $work && GIT_DIR=.git $build/bin/pgrehearse compare --migrations db @tiny --output '$scratch/git' 2>&1`;
        return $said =~ /^base +(.*)$/m ? $1 : $said;
    };
    is($last->(), 'v2 (the last release)', 'no pre-release, and no other tag');
    system("git -C $work checkout -q -- db") == 0 or die;
    is($last->(), 'v1 (the last release)', 'at a release itself it is the one before');
}

# The command line.
for my $case (
    [['--base-migrations', 'a', '--base-ref', 'b'], qr/compare: give only one of/],
    [['--base-migrations', '/nowhere'], qr{/nowhere: no such folder}],
    [['--base-migrations', '.', '--rounds', 3], qr/--rounds: expected 8 to/],
    [['--base-migrations', '.', '--threshold', 'x'], qr/--threshold x: expected a percentage/])
{
    my ($arguments, $expected) = @$case;
    my $said = `$build/bin/pgrehearse compare @$arguments --output '$scratch/usage' 2>&1`;
    is($? >> 8, 2, "usage: @$arguments");
    like($said, $expected, 'and why');
}
done_testing;
