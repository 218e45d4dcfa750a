#!/usr/bin/perl
# What a migration costs: each budget kept by a sound migration and broken by a damaged one, and
# what others are kept waiting for.
use strict;
use warnings;
use FindBin qw($Bin);
use lib "$Bin/../support";
use JSON::PP;
use RunTest;
use Test::More;

my $requirements = 'requirements: requirements.yaml';

# A suite with these budgets and probes; its upgrade has SQL before the sound one's, in its
# transaction.
sub suite_of {
    my ($yaml, $before, $after) = @_;
    $_ //= '' for $before, $after;
    return suite_with("exec psql -X -q -v ON_ERROR_STOP=1 -1 -c \"$before SELECT 1\" -f upgrade-2.sql "
            . "-c \"$after SELECT 1\" >/dev/null", undef, $requirements => "$requirements\n$yaml");
}

sub measured {
    my ($suite, @arguments) = @_;
    my $run = run_it($suite, ['--scenario', @arguments]);
    $run->{record} = eval { decode_json(read_file("$run->{folder}/run.json")) } // {};
    return $run;
}

sub psql { system('psql', '-Xq', '-d', $ENV{PGREHEARSE_TEST_SERVER}, '-c', $_[0]) == 0 or die "psql: $_[0]" }

sub findings {
    my ($run) = @_;
    return join '', grep {/^(finding|error|pgrehearse)/} split /^/, output_of($run);
}

sub measurement {
    my ($run, $name) = @_;
    my ($found) = map { $_->{value} } grep { $_->{name} eq $name }
        map { @{ $_->{measurements} } } map { @{ $_->{steps} } } @{ $run->{record}{scenarios} };
    return $found;
}

# A sound upgrade has all the time that a busy machine may need; the damaged one sleeps for longer
# than its budget, however fast or slow the machine is.
my $figure = qr/[\d.]+ (?:ms|s|min)(?: \d+ s)?/;

sub checks { return map { @{ $_->{checks} } } map { @{ $_->{steps} } } @{ $_[0]{record}{scenarios} } }

# budget, damage before and after the sound upgrade, message; another budget for the sound one
my @budgets = (
    ['rewrites: 0', 'ALTER TABLE books ADD COLUMN label uuid DEFAULT gen_random_uuid();', '',
        qr/statement \d+ \(ALTER TABLE books ADD COLUMN label.*\) rewrites public\.books, over the budget of 0 rewritten tables/],
    ['{rewrites: 0, table: books}', 'ALTER TABLE books ADD COLUMN label uuid DEFAULT gen_random_uuid();', '',
        qr/rewrites public\.books, over/],
    ['wal_bytes: 100000', 'UPDATE books SET title = title || repeat(md5(title), 10);', '',
        qr/the upgrade writes \d{6,} bytes of WAL, most of them by statement \d+ \(UPDATE books.*\), over the budget of 100000 bytes/],
    ['temp_bytes: 0', q{SET LOCAL work_mem = '64kB'; CREATE TABLE t AS SELECT g FROM generate_series(1, 100000) g ORDER BY md5(g::text); DROP TABLE t;}, '',
        qr/writes \d+ bytes of temporary files, .*over the budget of 0 bytes/],
    ['{lock: AccessExclusiveLock, table: books, seconds: 0.2}', '', 'SELECT pg_sleep(0.3);',
        qr/statement \d+ \(ALTER TABLE books .*\) takes AccessExclusiveLock on table public\.books, which is held for $figure, over the budget of $figure/,
        '{lock: AccessExclusiveLock, table: books, seconds: 100}'],
    # on authors the sound one takes no such lock, however long it takes
    ['{lock: ShareLock, table: authors, seconds: 0.2}', 'LOCK TABLE authors IN EXCLUSIVE MODE;', 'SELECT pg_sleep(0.3);',
        qr/takes ExclusiveLock on table public\.authors, which is held/],
    ['seconds: 0.8', '', 'SELECT pg_sleep(1);',
        qr/the upgrade takes $figure, longest in statement \d+ \(SELECT pg_sleep.*\), over the budget of 0\.8 s/, 'seconds: 100'],
);
my $sound = measured(suite_of('budgets: [' . join(', ', map { my $kept = $_->[4] // $_->[0]; $kept =~ /^\{/ ? $kept : "{$kept}" } @budgets) . ']'), 'cost');
is($sound->{code}, 0, 'all budgets are kept by the sound upgrade') or diag(output_of($sound));
is(scalar(grep { $_->{kind} eq 'budget' && $_->{outcome} eq 'passed' } checks($sound)), scalar @budgets, 'each of them');
for (@budgets) {
    my ($budget, $before, $after, $message) = @$_;
    my $run = measured(suite_of('budgets: [' . ($budget =~ /^\{/ ? $budget : "{$budget}") . ']', $before, $after), 'cost');
    is($run->{code}, 1, "$budget: broken by the damaged one") or diag(output_of($run));
    like(findings($run), $message, "$budget: statement, figure and limit are named");
}

# Without counters a budget of theirs cannot be judged, and one of locks can.
{
    my $bare = "cost_test_$$"; # other tests may have put the extension into the usual one
    psql("CREATE DATABASE $bare TEMPLATE template0");
    my @server = ('--server', $ENV{PGREHEARSE_TEST_SERVER} =~ s{/postgres\?}{/$bare?}r);
    my $run = measured(suite_of('budgets: [{lock: AccessExclusiveLock, seconds: 60}, {rewrites: 0}]'), 'cost', @server);
    is($run->{code}, 0, 'a server of ours without the extension: locks and rewrites are known') or diag(output_of($run));
    my ($cost) = map { $_->{cost} } @{ $run->{record}{scenarios} };
    like($cost->{missing}, qr/has no pg_stat_statements/, 'what is missing is told');
    is($cost->{totals}{wal_bytes}, undef, 'and not made up');
    $run = measured(suite_of('budgets: [{wal_bytes: 100000000}]'), 'cost', @server);
    is($run->{code}, 3, 'a budget of WAL is an error there, no finding') or diag(output_of($run));
    like(findings($run), qr/the figure is unknown: the counters: .*pg_stat_statements/, 'which says why');
    psql("DROP DATABASE $bare");
}

# A failed upgrade is a finding, told as any other.
{
    my $run = measured(suite_of('', 'SELECT 1/0;'), 'cost');
    is($run->{code}, 1, 'an upgrade that fails is a finding');
    like(findings($run), qr/division by zero/, 'which tells why');
}

my $probes = "probes:\n  - {name: titles, sql: SELECT count(*) FROM books WHERE author_id = \$1, parameters: SELECT id FROM authors}\n"
    . "  - {name: renames, sql: UPDATE authors SET name = name WHERE id = \$1, parameters: SELECT id FROM authors, writes: true}\n";
{
    my $yaml = "${probes}budgets: [{probe: titles, seconds: 100}]";
    my $run = measured(suite_of($yaml), 'stall');
    is($run->{code}, 0, 'stall: a sound upgrade is within its budget') or diag(output_of($run));
    cmp_ok(measurement($run, 'titles asked'), '>', 2, 'stall: the probe was asked again and again');
    is(measurement($run, 'titles failed'), 0, 'stall: and answered');
    cmp_ok(measurement($run, 'others waited behind it'), '>', 0.3, 'stall: readers wait behind a waiting ALTER TABLE');
    is(measurement($run, 'queue protected by lock_timeout'), 0, 'stall: nothing protects them');
    my ($cost) = map { $_->{cost} } @{ $run->{record}{scenarios} };
    is(join(' ', map { $_->{probe} } @{ $cost->{stalls} }), 'titles renames', 'stall: both probes are in the record');
    is($cost->{totals}{wal_bytes}, undef, 'stall: what the probes write is not counted as the migration\'s');
    like($cost->{missing}, qr/other sessions use the same database/, 'stall: which is reported');
    my ($waited) = grep { $_->{waited} > 0.3 } @{ $cost->{locks} };
    is("$waited->{object} $waited->{mode}", 'table public.books AccessExclusiveLock', 'stall: the lock was waited for');

    # the long transaction alone holds it up for half a second
    $run = measured(suite_of($yaml =~ s/100/0.8/r, '', 'SELECT pg_sleep(1);'), 'stall');
    is($run->{code}, 1, 'stall: over the budget is a finding') or diag(output_of($run));
    like(findings($run), qr/the upgrade keeps probe titles waiting for $figure, over the budget of 0\.8 s/, 'stall: with the figure');

    # a server that comes to its timeout late keeps others waiting: then once more
    for my $try (1 .. 5) {
        $run = measured(suite_of($yaml, q{SET lock_timeout = '100ms';}), 'stall');
        last if (measurement($run, 'others waited behind it') // 1) < 0.2;
    }
    is($run->{code}, 0, 'stall: an upgrade that gives up in time succeeds later') or diag(output_of($run));
    is(measurement($run, 'queue protected by lock_timeout'), 1, 'stall: its lock_timeout protects the queue');

    $run = measured(suite_of($yaml, 'SELECT 1/0;'), 'stall');
    is($run->{code}, 1, 'stall: an upgrade that fails is a finding');
}
{
    (my $broken = $probes) =~ s/count\(\*\)/nothing/;
    my $run = measured(suite_of($broken), 'stall');
    is($run->{code}, 3, 'stall: a probe that cannot be asked is an error') or diag(output_of($run));
    like(findings($run), qr/suite\.yaml: probe titles: column "nothing" does not exist/, 'stall: and named');
}
{
    my $run = measured(suite_of(''), 'stall');
    is($run->{code}, 2, 'stall: asked for without probes is a usage error');
    like(output_of($run), qr/the suite declares no probes/, 'stall: which says so');
}
is(leftovers(), '', 'nothing is left behind');
done_testing;
