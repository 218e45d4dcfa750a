#!/usr/bin/perl
# A run that is divided, joined, begun again for what failed, tried again, or stopped at the first failure.
use strict;
use warnings;
use lib 'tests/support';
use JSON::PP;
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";
my $suite = 'tests/suites/library';
my @five = ('--scenario', 'fresh,existing-data,rollback,schema,round-trip');
my @all = qw(fresh existing-data rollback round-trip constraints);

sub record { return decode_json(read_file($_[0] =~ /json$/ ? $_[0] : "$_[0]/run.json")) }
sub names { return map { $_->{name} } @{record($_[0])->{scenarios}} }
sub merge {
    my (@arguments) = @_;
    my $output = area('merged');
    my $out = qx{$program merge --output $output/whole @arguments 2>$output/stderr};
    return {code => $? >> 8, out => $out, err => read_file("$output/stderr"), folder => "$output/whole"};
}
sub fails {
    my ($run, $words, $what) = @_;
    is($run->{code}, 2, "$what: exit 2") or diag($run->{err}, $run->{out});
    like($run->{err}, qr/^pgrehearse: .*$words.*\n\z/, '  in one line');
}

# --- the parts are the whole, each scenario once
my @parts = map { run_it($suite, [@five, '--partition', "$_/3"]) } 1 .. 3;
is(join(' ', map { $_->{code} } @parts), '0 0 0', 'each part passes') or diag(map { output_of($_) } @parts);
my %seen;
$seen{$_}++ for map { names($_->{folder}) } @parts;
is_deeply(\%seen, {map { $_ => 1 } @all}, 'each scenario is in exactly one part');
like(read_file($parts[0]{err}), qr/^partition 1 of 3: 2 of 5 scenarios; pgrehearse merge joins them$/m, 'which is said');
my @folders = map { $_->{folder} } @parts;
like(read_file("$folders[1]/junit.xml"), qr{name="circumstance.partition" value="2/3"}, 'and recorded');

my $whole = merge(@folders[2, 0, 1]);
is($whole->{code}, 0, 'merged: exit 0') or diag($whole->{err}, $whole->{out});
is_deeply([names($whole->{folder})], \@all, 'merged: the scenarios in the order of the plan');
like($whole->{out}, qr/^passed: 5 scenarios, \d+ checks/m, 'merged: the verdict');
ok(-s "$whole->{folder}/$_", "merged: $_") for qw(junit.xml report.html run.json fresh.tap constraints.tap);
unlike(read_file("$whole->{folder}/junit.xml"), qr/circumstance.partition/, 'merged: it is whole');
is(system("tests/golden/check-reports $whole->{folder} >/dev/null 2>&1"), 0, 'merged: readers of each format take it');

my $tap = merge(@folders, '--format', 'tap');
like($tap->{out}, qr/\ATAP version 13\n1\.\.\d+\n/, 'merged: as TAP');

# --- partial is never passed
my $partial = merge(@folders[0, 2]);
is($partial->{code}, 3, 'a part that is missing: exit 3');
like($partial->{out}, qr/^could not check: /m, '  it could not be checked');
like($partial->{err}, qr/^pgrehearse: partition 2 of 3 is missing$/m, '  which is said');
like(read_file("$partial->{folder}/junit.xml"), qr/<error message="[^"]*partition 2 of 3 is missing/, '  in JUnit, too');

# --- what does not belong together
fails(merge(@folders, $folders[0]), 'are both partition 1 of 3', 'a part twice');
my $other = run_it($suite, ['--scenario', 'fresh,rollback', '--partition', '1/2']);
fails(merge($folders[0], $other->{folder}), 'is not a part of the same run as', 'parts of other plans');
$other = run_it($suite, ['--scenario', 'fresh', '--authors', '3']);
fails(merge($folders[0], $other->{folder}), 'is not a part of a run', 'a whole run');
sub changed {
    my ($change) = @_;
    my $record = record($folders[1]);
    $change->($record);
    my $file = area('changed') . '/run.json';
    write_file($file, encode_json($record));
    return $file;
}
sub circumstance {
    my ($name, $value) = @_;
    return changed(sub { $_->{name} eq $name and $_->{value} = $value for @{$_[0]{circumstances}} });
}
fails(merge($folders[0], changed(sub { $_[0]{suite} = 'another' })), 'the suite is another, not library', 'another suite');
fails(merge($folders[0], circumstance('server_version', '13.1')), 'server_version is 13\.1', 'another server');
fails(merge($folders[0], circumstance('migrations.digest', 'abc')), 'migrations\.digest is abc', 'other migrations');
fails(merge($folders[0], circumstance('size.authors', '7')), 'size\.authors is 7', 'other sizes');
fails(merge(changed(sub { $_[0]{partition}{count} = 20_000_000 })), 'partition: expected a number from 1 to count', 'more parts than scenarios');
fails(merge(), 'give the output folders of the parts', 'nothing to merge');
fails(merge('/nowhere'), '/nowhere: cannot be read', 'a folder that is missing');
fails(merge("$folders[0]/junit.xml"), 'not JSON', 'another file');
my $here = qx{$program merge $folders[0] --output $folders[0] 2>&1};
is($? >> 8, 2, 'an output folder that is a part: exit 2');
like($here, qr/is one of the folders to merge/, '  in one line');

# --- by duration: the slowest has a part for itself
my $slow = circumstance('seed', '1');
{
    my $record = record($whole->{folder});
    $_->{seconds} = $_->{name} eq 'rollback' ? 100 : 1 for @{$record->{scenarios}};
    write_file($slow, encode_json($record));
    my $run = run_it($suite, [@five, '--partition', '1/2', '--durations', $slow]);
    is_deeply([names($run->{folder})], ['rollback'], 'the slowest scenario has a part for itself') or diag(output_of($run));
}

# --- a finding in one part is one of the whole
my $broken = suite_with('exec psql -X -q -v ON_ERROR_STOP=1 -1 -c "ALTER TABLE nowhere ADD x int"');
my @broken = map { run_it($broken, ['--scenario', 'fresh,rollback', '--partition', "$_/2"])->{folder} } 1, 2;
is(merge(@broken)->{code}, 1, 'findings in the parts: exit 1');
is(merge($broken[0])->{code}, 1, 'findings in a part, another missing: exit 1');

# --- what failed, again; and no more than the first failure
{
    my $out = area('again');
    my $twice = suite_with("[ ! -e $out/fixed ] && [ \"\$(psql -X -A -t -c 'SELECT count(*) FROM books')\" != 0 ] && exit 5\n$RunTest::sound");
    my $run = run_it($twice, ['--scenario', 'fresh,existing-data,rollback', '--jobs', '1']);
    is($run->{code}, 1, 'a migration that fails on rows');
    write_file("$out/fixed", '');
    my $again = qx{$program run $twice --output $run->{folder} --rerun-failed 2>&1};
    is($? >> 8, 0, 'fixed, and run again: exit 0') or diag($again);
    is(join(' ', names($run->{folder})), 'existing-data rollback', '  only what had failed');
    like($again, qr{^running again 2 of \d+ scenarios, which did not pass in \S+/run\.json; run all of them before you ship$}m, '  which is said');
    my $nothing = qx{$program run $twice --output $run->{folder} --rerun-failed 2>&1};
    is($? >> 8, 2, 'nothing failed: exit 2, not a pass of nothing');
    like($nothing, qr/^pgrehearse: --rerun-failed: all of these scenarios passed in .*\n\z/m, '  in one line');
    $nothing = qx{$program run $suite --output $run->{folder} --migrator psql --rerun-failed --partition 1/2 2>&1};
    is($? >> 8, 2, 'both at once: exit 2');
    unlink "$out/fixed";

    $run = run_it($twice, ['--scenario', 'existing-data,rollback,round-trip', '--jobs', '1', '--fail-fast']);
    is($run->{code}, 1, '--fail-fast: exit 1');
    my @verdicts = map { $_->{verdict} } @{record($run->{folder})->{scenarios}};
    is_deeply([sort @verdicts], ['could not check', 'could not check', 'findings'], '  one scenario ran');
    like(read_file("$run->{folder}/junit.xml"), qr/not run: --fail-fast, since \S+ did not pass/, '  the others name it');
}

# --- tried again: what could not be checked, never a finding
{
    my $out = area('tries');
    my $cut = "psql -X -q -c 'SELECT pg_terminate_backend(pg_backend_pid())'; exit 3";
    my $flaky = suite_with("[ -e $out/second ] || { touch $out/second; $cut; }\n$RunTest::sound");
    my $once = run_it($flaky, ['--scenario', 'fresh']);
    is($once->{code}, 3, 'a lost connection: could not check') or diag(output_of($once));
    unlink "$out/second";
    my $run = run_it($flaky, ['--scenario', 'fresh', '--retry', '2']);
    is($run->{code}, 0, '--retry: exit 0') or diag(output_of($run));
    my $scenario = record($run->{folder})->{scenarios}[0];
    is($scenario->{retries}, 1, '  at the second try');
    like($scenario->{retried_after}, qr/terminating connection/, '  with the reason');
    like(read_file($run->{err}), qr/^fresh is tried again \(1 of 2\): .*terminating connection/m, '  which is said');
    like(read_file($run->{out}), qr/^✓ fresh .*tried 2 times/m, '  in the summary');
    like(read_file("$run->{folder}/$_"), qr/tried 2 times, since at first: /, "  in $_") for qw(fresh.tap junit.xml report.html);
    ok(-s "$run->{folder}/logs/fresh-1-upgrade.log", '  the log of the first try stays');

    my $always = suite_with($cut);
    $run = run_it($always, ['--scenario', 'fresh', '--retry', '2']);
    is($run->{code}, 3, 'never checked: exit 3');
    is(record($run->{folder})->{scenarios}[0]{retries}, 2, '  after all tries');
    my $tap = qx{$program run $always --scenario fresh --retry 1 --format tap --output $out/tap 2>$out/stderr};
    my ($plan) = $tap =~ /^1\.\.(\d+)$/m;
    is(scalar(() = $tap =~ /^(?:not )?ok /mg), $plan, '  each check is once in the TAP');

    my $count = area('count');
    my $bad = suite_with("echo x >>$count/tries; chmod a+rw $count/tries; exit 5");
    $run = run_it($bad, ['--scenario', 'fresh', '--retry', '5']);
    is($run->{code}, 1, 'a finding is a finding: exit 1');
    ok(!record($run->{folder})->{scenarios}[0]{retries}, '  and is not tried again');
}

# --- mistakes
for my $mistake (['--partition 4/3', '4/3: expected K/N'], ['--partition 0/3', '0/3: expected K/N'], ['--partition 1', '1: expected K/N'],
    ['--partition 1/2x', '1/2x: expected K/N'], ['--scenario fresh --partition 2/2', 'there is only 1 scenario to divide'],
    ['--retry x', '--retry x: expected'], ['--retry 1000', '--retry: expected 0 to 100'], ["--durations $slow", 'give --partition'],
    ['--partition 1/2 --durations /nowhere', '--durations: /nowhere: cannot be read'])
{
    my $said = qx{$program run $suite $mistake->[0] --output @{[area('mistake')]} 2>&1};
    is($? >> 8, 2, "$mistake->[0]: exit 2");
    like($said, qr/\Apgrehearse: .*\Q$mistake->[1]\E.*\n\z/, '  in one line');
}
done_testing;
