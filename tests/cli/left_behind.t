#!/usr/bin/perl
# What a run cannot remove: it says so and is not well, and a later run removes it. With few open
# files, or on a server where somebody else takes a database or a role.
use strict;
use warnings;

# A server of its own: databases of dead runs are dropped on it.
# In a BEGIN, before the module makes a folder that nobody would remove.
BEGIN {
    exec 'tests/support/with-server', 'env', 'PGREHEARSE_SERVER_OF_ONE=yes', $^X, $0
        unless $ENV{PGREHEARSE_SERVER_OF_ONE};
}
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER};
my $maker = $server =~ s{//postgres@}{//maker@}r;
my @quick = ('--scenario', 'fresh');
my $suite = suite_with(sound());

sub sql {
    my ($sql) = @_;
    my $said = `psql -XAtqd '$server' -c "$sql"`;
    chomp $said;
    return $said;
}
sub databases { return sql("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '^pgrehearse_'") }
sql('CREATE ROLE maker LOGIN CREATEDB CREATEROLE');

# few open files
for my $limit (4 .. 14) {
    my $out = area('out');
    my $said = `bash -c 'ulimit -n $limit; exec $RunTest::build/bin/pgrehearse run $suite @quick --output $out' 2>&1`;
    is($? >> 8, 3, "$limit open files are too few") or diag($said);
    unlike($said, qr/no account/, 'and nothing else is blamed');
    is(leftovers(), '', 'and nothing is left');
}

# as the superuser, beside the migrator
my $aside = "psql -Xq -d '$server' -c";
my $taking = suite_with("$aside \"ALTER DATABASE \\\"\$PGDATABASE\\\" OWNER TO postgres\"; " . sound());
my $run = run_it($taking, ['--scenario', 'validation', '--server', $maker]);
is($run->{code}, 3, 'a database that cannot be dropped: exit 3') or diag(output_of($run));
like(output_of($run),
    qr/left behind: postgresql:\S+: database pgrehearse_\w+ cannot be dropped: must be owner of database/,
    'which is said, with the reason');
my $left = databases();
like($left, qr{^pgrehearse_\w+_validation$}, 'it is still there');
$run = run_it($suite, [@quick, '--server', $maker]);
is($run->{code}, 0, 'another run of that account has nothing to do with it') or diag(output_of($run));
is(databases(), $left, 'and leaves it');
$run = run_it($suite, [@quick, '--server', $server]);
like(output_of($run), qr/swept .*databases 1$/m, 'one that may drop it does so') or diag(output_of($run));
is(databases(), '', 'and none is left');

$run = run_it(suite_with("$aside \"ALTER DATABASE \\\"\$PGDATABASE\\\" IS_TEMPLATE true\"; " . sound()),
    [@quick, '--server', $server]);
is($run->{code}, 0, 'a database that became a template') or diag(output_of($run));
is(databases(), '', 'is dropped all the same');

my $in_use = 'psql -Xq -c "CREATE ROLE left_behind; GRANT SELECT ON authors TO left_behind"; '
    . "$aside 'CREATE DATABASE theirs OWNER left_behind'; ";
$run = run_it(suite_with($in_use . sound()), [@quick, '--server', $maker]);
is($run->{code}, 3, 'a role that the migrator made: exit 3');
like(output_of($run), qr/left behind: a role that the migrator made stays: DROP ROLE left_behind: role .* cannot be dropped/,
    'and that it stays, since others use it, is said') or diag(output_of($run));
is(leftovers() . databases(), '', 'nothing else is left');
done_testing;
