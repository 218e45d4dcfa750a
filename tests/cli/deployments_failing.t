#!/usr/bin/perl
# The deployments that fail are tried in turn, or beside each other once it is known that the revision changes nothing
# that databases share. What is reported is the same: up to the first that is not safe.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use JSON::PP;
use MigrationTest;
use Test::More;

# A downgrade that leaves out an index: whatever fails after the upgrade leaves another database than before.
my $suite = copy_of(suite());
for my $file (glob "$suite/migrations/002*") {
    (my $sql = read_file($file)) =~ s/^\s*CREATE INDEX idx_deployments_deployed ON .*;\n//m or next;
    write_file($file, $sql);
}

# The outcomes of the checks, in their order, and the first finding.
sub rehearse {
    my ($scenarios, @options) = @_;
    my $output = scratch('reports');
    my ($status, $out, $err) = run({}, qw(pgrehearse run), $suite, '--output', $output, '--scenario', $scenarios, @options);
    is($status, 1, "$scenarios: a finding") or diag($out, $err);
    my ($scenario) = grep { $_->{name} eq 'deployment' } @{decode_json(read_file("$output/run.json"))->{scenarios}};
    my @checks = map { @{$_->{checks}} } @{$scenario->{steps}};
    my ($finding) = grep { $_->{outcome} eq 'finding' } @checks;
    return ([map {"$_->{outcome}: $_->{name}"} @checks], $finding);
}

my ($in_turn, $finding) = rehearse('deployment');
like($finding->{name}, qr/^the revision after the migration is reported as wrong: /, 'it is the first whose upgrade succeeds');
like($finding->{message}, qr/the database is not as it was: .*idx_deployments_deployed/, 'and what it leaves is named');
is(scalar(grep {/^finding/} @$in_turn), 1, 'it is the only one');
my $after = 0;
is(scalar(grep { $after ||= /^finding/; $after && /^(?!finding|not run)/ } @$in_turn), 0, 'what comes after it does not count');

my ($beside, $same) = rehearse('deployment,fresh,existing-data', '--jobs', 2);
is_deeply($beside, $in_turn, 'beside each other the outcomes are the same');
is($same->{message}, $finding->{message}, 'and so is the finding');

done_testing();
