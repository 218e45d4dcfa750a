#!/usr/bin/perl
# What a migrator leaves when it is cut off: sound ones pass, and each way of leaving a half-made
# database is found, by what it left and at the statement where it first can.
# Takes long.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Handle;
use Test::More;

my $build = $ENV{PGREHEARSE_BUILD} || 'build';
my $scratch = tempdir(CLEANUP => 1);
my $copies = 0;

# The exit status, and the lines that name findings and errors.
sub rehearse {
    my (@arguments) = @_;
    my $command = join ' ', map {"'$_'"} "$build/bin/pgrehearse", 'run', @arguments,
        '--scenario', 'interrupted', '--output', "$scratch/output";
    my $output = `$command 2>&1 </dev/null`;
    my ($status, %told) = ($? >> 8);
    return ($status, join '', grep {/^(finding|error|not run|passed|pgrehearse)/ && !$told{$_}++} split /^/, $output);
}

# A copy of a folder in which a file was changed by `change`, which works on $_.
sub changed {
    my ($from, $file, $change) = @_;
    my $to = "$scratch/copy-" . ++$copies;
    system('cp', '-R', $from, $to) == 0 or die 'cp failed';
    edit("$to/$file", $change);
    return $to;
}

sub edit {
    my ($path, $change) = @_;
    local $_ = do { local (@ARGV, $/) = $path; <> };
    my $before = $_;
    $change->();
    $_ ne $before or die "$path: nothing was changed\n";
    open my $out, '>', $path or die "$path: $!";
    print {$out} $_;
    close $out or die "$path: $!";
}

# Told that its psql is slow, the library is cut off less often: enough for most faults.
my $library = 'tests/suites/library';
sub quick_library {
    my ($file, $change) = @_;
    my $suite = changed($library, 'suite.yaml', sub {s/^    directory:/    slow: true\n    directory:/m});
    edit("$suite/$file", $change) if $file;
    return $suite;
}

{
    my ($status, $said) = rehearse($library);
    is($status, 0, 'a sound migration survives every cut') or diag($said);
    my $report = do { local (@ARGV, $/) = "$scratch/output/run.json"; <> };
    my @points = $report =~ /"points at which it was cut off",\s*"unit": "points",\s*"value": (\d+)/g;
    is("@points", '12 12', 'the record has the points: before, in and after the transaction, in each manner');
    my @others = $report =~ /"points whose cut leaves the same as one of these",\s*"unit": "points",\s*"value": (\d+)/g;
    is("@others", '18 18', 'and how many are covered by them: of 5 statements up and 5 down, each six ways');
}
# What serializable transactions have read stays locked beyond their end, by design: as long as one of others lasts.
{
    my $server = $ENV{PGREHEARSE_TEST_SERVER};
    open my $other, '|-', 'psql', '-Xq', '-o', '/dev/null', '-d', "$server&application_name=lasting_$$" or die "psql: $!";
    $other->autoflush;
    print {$other} "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM pg_class;\n";
    my $lasts = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lasting_$$' AND state = 'idle in transaction'";
    select undef, undef, undef, 0.02 until `psql -XAtd '$server' -c "$lasts"` eq "1\n";
    my ($status, $said) = rehearse(quick_library(), '--server', "$server&options=-c%20default_transaction_isolation%3Dserializable");
    is($status, 0, 'and does so in serializable transactions') or diag($said);
    close $other;
}
{
    my $suite = changed($library, 'migrations/upgrade-2.sql', sub {s/^DROP/COMMIT;\nBEGIN;\nDROP/m});
    edit("$suite/migrations/downgrade-1.sql", sub {s/^ALTER/COMMIT;\nBEGIN;\nALTER/m});
    my ($status, $said) = rehearse($suite);
    is($status, 1, 'a COMMIT in the middle is a finding') or diag($said);
    for my $manner (qr/closing its connection/, qr/SIGKILL/, qr/terminating its backend/) {
        like($said, qr/cut by $manner after statement 3 \(COMMIT;?\): the database is half migrated: .*language.* \(3 of 7 points/,
            "found by $manner, at the COMMIT");
    }
    is(() = $said =~ /^finding.*half migrated/mg, 6, 'both ways, in every manner');
}
{
    my ($status, $said) = rehearse(quick_library());
    is($status, 0, 'a slow migrator is cut off less often') or diag($said);
}
{
    my $suite = quick_library('migrations/upgrade-2.sql', sub {s/^UPDATE/COMMIT;\nBEGIN;\nUPDATE/m});
    my ($status, $said) = rehearse($suite);
    is($status, 1, 'the version in a transaction of its own is a finding') or diag($said);
    like($said, qr/half migrated: .*nor as after \(public\.schema_version: /, 'which names its table');
}
{
    my $suite = quick_library('migrations/upgrade-2.sql', sub {
        s/\A/COMMIT;\n\\set ON_ERROR_STOP 0\nCREATE UNIQUE INDEX CONCURRENTLY by_author ON books (author_id);\n\\set ON_ERROR_STOP 1\nDROP INDEX by_author;\nBEGIN;\n/;
    });
    my ($status, $said) = rehearse($suite);
    is($status, 1, 'an invalid index that stays is a finding') or diag($said);
    like($said, qr/half migrated: index by_author is invalid/, 'which names the index');
}
{
    my $suite = quick_library('migrations/upgrade-2.sql', sub {
        s/\A/\\! mkdir lock || kill -USR1 \$PPID\n/;
        s/\z/\\! rmdir lock\n/;
    });
    my ($status, $said) = rehearse($suite);
    is($status, 1, 'a migrator that cannot be run again is a finding') or diag($said);
    like($said, qr/run again, the migrator /, 'which says so');
}
{
    my $suite = quick_library('suite.yaml', sub {s/upgrade: psql /upgrade: PGHOST= psql -h \$OTHER_HOST /});
    local $ENV{OTHER_HOST} = '/nowhere';
    my ($status, $said) = rehearse($suite);
    is($status, 3, 'a baseline that cannot be built is no finding') or diag($said);
}
{
    my $folder = changed('fixtures/suites/migration_002/migrations', '002_remove_non_search_tables.sql',
        sub {s/^(-- step: Creating performance index)/COMMIT; BEGIN;\n\n$1/m});
    my ($status, $said) = rehearse('--migrations', $folder);
    is($status, 1, 'native: a COMMIT in a step is a finding') or diag($said);
    like($said, qr/finding .*cut by SIGKILL after statement \d+ .*: the database is half migrated/,
        'native: found at the step');
    like($said, qr/^findings: 3 of 13 checks failed/m, 'native: the downgrade is not blamed');
}
{
    my $folder = changed('fixtures/suites/migration_002/alembic', 'versions/002_remove_non_search_tables.py',
        sub {s/^(    with steps\.step\("Creating performance index)/    with op.get_context().autocommit_block():\n        op.execute("ANALYZE")\n$1/m});
    my ($status, $said) = rehearse('--migrator', 'alembic', '--migrations', $folder);
    is($status, 1, 'Alembic: an autocommit block in the middle is a finding') or diag($said);
    like($said, qr/finding .*cut by SIGKILL after statement \d+ .*: the database is half migrated/, 'Alembic: found');
    like($said, qr/^findings: 3 of 13 checks failed/m, 'Alembic: the downgrade is not blamed');
}
done_testing;
