#!/usr/bin/perl
# Two migrators at once, each of which looks at the version first and takes no lock: rows that are
# inserted twice are a warning; what refuses the second one, or leaves it nothing to do, passes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use RuleCases qw(case_suite remarks);
use Test::More;

my $number = 0;
my $property = 'two upgrades to 2 at once end as one';

# Rehearses an upgrade that is run only where the revision is not 2 yet.
sub rehearse {
    my ($baseline, $upgrade, $downgrade) = @_;
    my $case = scratch('case' . ++$number);
    mkdir $case or die "$case: $!";
    my %file = (baseline => $baseline, upgrade => $upgrade, downgrade => $downgrade);
    write_file("$case/$_.sql", "$file{$_}\n") for keys %file;
    my $suite = case_suite($case, scratch("suite$number"));
    my $yaml = read_file("$suite/suite.yaml");
    $yaml =~ s/upgrade: psql(.*)/upgrade: test "`psql -XAtc "SELECT max(revision) FROM case_revision" 2>&1`" = 2 || psql$1\n    slow: true/
        or die 'no upgrade';
    write_file("$suite/suite.yaml", $yaml);
    my $reports = scratch("reports$number");
    my ($status, $out, $err) = run({}, 'pgrehearse', 'run', $suite, '--scenario', 'interrupted', '--server',
        $ENV{PGREHEARSE_TEST_SERVER}, '--output', $reports);
    my ($own) = grep { $_->[1] eq $property } remarks("$reports/run.json");
    return ($status, $own ? $own->[2] : '', $out . $err);
}

my @plans = ("CREATE TABLE plans (id serial PRIMARY KEY, name text);\nINSERT INTO plans (name) VALUES ('old');",
    "DELETE FROM plans WHERE name = 'free';");
{
    my ($status, $said, $output) = rehearse($plans[0], "INSERT INTO plans (name) VALUES ('free');", $plans[1]);
    is($status, 0, 'rows inserted twice: exit 0, since a migration cannot take the lock for its tool') or diag($output);
    like($said, qr/^two migrators at once: run again, it leads to a different result: .*plans/, '  a warning that names the table')
        or diag($output);
    like($output, qr/^warning .*two migrators at once/m, '  shown as one');
}
for my $sound (
    ['a unique key refuses the second', "CREATE UNIQUE INDEX plans_name ON plans (name);\nINSERT INTO plans (name) VALUES ('free');",
        "DROP INDEX plans_name;\n$plans[1]"],
    ['the second finds it done', "INSERT INTO plans (name) SELECT 'free' WHERE NOT EXISTS (SELECT FROM plans WHERE name = 'free');", $plans[1]],
    ['the second waits for the version row',
        "DO \$\$ BEGIN PERFORM FROM case_revision WHERE revision = '1' FOR UPDATE;\n"
        . "IF FOUND THEN INSERT INTO plans (name) VALUES ('free'); END IF; END \$\$;", $plans[1]]) {
    my ($status, $said, $output) = rehearse($plans[0], @$sound[1, 2]);
    is($status, 0, "$sound->[0]: exit 0") or diag($output);
    is($said, '', '  in silence');
    like($output, qr/^passed: /m, '  and passed');
}
done_testing;
