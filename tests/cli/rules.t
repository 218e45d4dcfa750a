#!/usr/bin/perl
# Rules in a whole run: those that look at the ledger see their broken cases and pass their sound
# twins; levels, allowances, --strict; and what is wrong with them.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use RuleCases qw(case_suite remarks);
use Test::More;

my $cases = "$FindBin::Bin/../cases";
my $number = 0;

# Runs the scenario on a suite: status, output, what the checks say.
sub rehearse {
    my ($suite, @arguments) = @_;
    my $reports = scratch('reports' . $number++);
    my ($status, $out, $err) = run({}, 'pgrehearse', 'run', $suite, '--scenario', 'rules', '--server',
        $ENV{PGREHEARSE_TEST_SERVER}, '--output', $reports, @arguments);
    return ($status, $out . $err, remarks("$reports/run.json"));
}

sub suite_of { my ($case, $more) = @_; return case_suite($case, scratch('case' . $number++), $more) }

# --- the list and the long text
my ($status, $list) = run({}, 'pgrehearse', 'rules');
is($status, 0, 'the rules are listed');
my %rule = map { /^(\S+)\s+(finding|warning|note)\s+(.*)$/ ? ($1 => {level => $2, property => $3}) : () } split /\n/, $list;
cmp_ok(scalar keys %rule, '>', 20, 'and there are some');
($status, my $text) = run({}, 'pgrehearse', 'rules', 'hidden-rows');
like($text, qr/^hidden-rows \(finding\).*^sees .*^why .*^remedy .*^source .*allow hidden-rows REASON/ms, 'one is explained');
($status, undef, $text) = run({}, 'pgrehearse', 'rules', 'hiden-rows');
is($status, 2, 'one that there is not is a mistake');
like($text, qr/no rule 'hiden-rows'/, 'which is said');

{
    my $page = `$FindBin::Bin/../support/rules-page`;
    is($page, read_file("$FindBin::Bin/../../docs/rules.md"), 'docs/rules.md is as tests/support/rules-page prints it');
}

# --- those that look at the ledger
for my $name (qw(table-rewritten scan-under-lock lock-kept several-locked no-lock-timeout hidden-rows superuser-sees-more
    order-dependent zone-dependent style-dependent rollback-loses unrestorable-dump extension-needs-superuser)) {
    ok($rule{$name}, "$name is a rule") or next;
    my ($broken, $sound) = (0, 0);
    for my $case (sort glob "$cases/$name/{broken,sound}*") {
        next if $ENV{ONLY} && index($case, $ENV{ONLY}) < 0;
        my ($short) = $case =~ m{([^/]+/[^/]+)$};
        my ($code, $output, @said) = rehearse(suite_of($case));
        my ($own) = grep { $_->[1] eq $rule{$name}{property} } @said;
        if ($short =~ m{/broken}) {
            $broken++;
            chomp(my $expected = read_file("$case/expect"));
            like($own ? $own->[2] : '', qr/$expected/, "$short is seen") or diag $output;
            my $level = -e "$case/level" ? read_file("$case/level") =~ s/\s+\z//r : $rule{$name}{level};
            is($code, $level eq 'finding' ? 1 : 0, "  and has the exit code of a $level");
        } else {
            $sound++;
            is($own ? $own->[2] : '', '', "$short is passed in silence");
            is($code, 0, '  and exits 0') or diag $output;
        }
    }
    ok($broken && $sound, "$name has a broken case and a sound twin");
}

# --- levels and allowances
my $broken = "$cases/left-half-done/broken-trigger";
{
    my $suite = suite_of($broken);
    my ($code, $output) = rehearse($suite);
    is($code, 1, 'a finding fails the run');
    like($output, qr/trigger checked of public\.logs is disabled.*ENABLE TRIGGER checked/s, 'and names what to do');
    ($code, $output) = rehearse(suite_of($broken, "rules: [{name: left-half-done, level: warning}]\n"));
    is($code, 0, 'as a warning it does not');
    ($code) = rehearse(suite_of($broken, "rules: [{name: left-half-done, level: warning}]\n"), '--strict');
    is($code, 1, 'with --strict it does');
    ($code, undef, my @said) = rehearse(suite_of($broken, "rules: [{name: left-half-done, level: off}]\n"));
    is($code, 0, 'switched off it is not asked');
    is(scalar(grep { $_->[1] eq $rule{'left-half-done'}{property} } @said), 0, '  nor shown');
}
{
    my $suite = suite_of($broken);
    my $file = "$suite/migrations/upgrade-2.sql";
    my $sql = read_file($file);
    write_file($file, "-- pgrehearse: allow left-half-done the next migration switches it on\n$sql");
    my ($code, undef, @said) = rehearse($suite);
    is($code, 0, 'what is allowed in the migration is no finding');
    like(join("\n", map { $_->[2] } @said),
        qr/allowed \(upgrade-2\.sql:1: the next migration switches it on\): trigger checked/, '  and is shown with its reason');
    write_file($file, "-- pgrehearse: allow left-half-done\n$sql");
    ($code, my $output) = rehearse($suite);
    is($code, 2, 'an allowance without a reason is a mistake');
    like($output, qr/upgrade-2\.sql:1: give a reason/, '  with file and line');
    write_file($file, "-- pgrehearse: allow left-half-dne because\n$sql");
    ($code, $output) = rehearse($suite);
    is($code, 2, 'so is one of a rule that there is not');
    like($output, qr/upgrade-2\.sql:1: no rule 'left-half-dne'/, '  with file and line');
    write_file($file, "SELECT 'pgrehearse: allow nothing at all';\n$sql");
    ($code) = rehearse($suite);
    is($code, 1, 'what is no comment allows nothing');
}
for my $mistake (['left-half-dne, level: off', qr/rules\.name: no rule 'left-half-dne'; did you mean 'left-half-done'/],
    ['left-half-done, level: loud', qr/rules\.level: no level 'loud'; expected one of finding, warning, note, off/]) {
    my ($code, $output) = rehearse(suite_of($broken, "rules: [{name: $mistake->[0]}]\n"));
    is($code, 2, "suite.yaml: $mistake->[0]");
    like($output, $mistake->[1], '  is said');
}
done_testing;
