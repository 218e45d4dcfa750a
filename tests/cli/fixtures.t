#!/usr/bin/perl
# Rows that several scenarios are given are made once, and each of them works on a clone. Where they cannot be made,
# every one of these scenarios says why.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use JSON::PP;
use MigrationTest;
use Test::More;

my $library = "$FindBin::Bin/../suites/library";
my $server  = $ENV{PGREHEARSE_TEST_SERVER};

sub rehearse {
    my ($suite, $scenarios, @options) = @_;
    my $output = scratch('reports');
    my ($status, $out, $err) = run({}, 'pgrehearse', 'run', $suite, '--server', $server, '--output', $output, '--scenario',
        $scenarios, @options);
    return ($status, $out . $err, decode_json(read_file("$output/run.json")));
}

# The figures of this name, by scenario.
sub measured {
    my ($run, $name) = @_;
    my %found;
    for my $scenario (@{$run->{scenarios}}) {
        my @all = map { @{$_->{measurements}} } @{$scenario->{steps}};
        $found{$scenario->{name}} = (map { $_->{value} } grep { $_->{name} eq $name } @all)[0];
    }
    return \%found;
}

sub ours { return value($server, "SELECT count(*) FROM pg_database WHERE datname LIKE 'pgrehearse_$_[0]_%'") }

{
    my ($status, $out, $run) = rehearse($library, 'rollback,round-trip,existing-data', '--jobs', 3);
    is($status, 0, 'scenarios with the same rows pass beside each other') or diag($out);
    my $seconds = measured($run, 'data generated');
    ok($seconds->{rollback}, 'the rows were generated');
    is($seconds->{'round-trip'}, $seconds->{rollback}, 'once for both scenarios');
    is($seconds->{'existing-data'}, undef, 'and not for one with a fixture of SQL alone');
    my $books = measured($run, 'books');
    is_deeply($books, {'rollback' => 18, 'round-trip' => 18, 'existing-data' => 3}, 'each has its rows');
    my %databases = map { $_->{database} => 1 } @{$run->{scenarios}};
    is(scalar keys %databases, 3, 'in a database of its own');
    unlike("@{[keys %databases]}", qr/_rows_/, 'which is not the one that was filled');
    is(ours($run->{id}), 0, 'nothing is left behind');
}
{
    my $broken = copy_of($library);
    write_file("$broken/fixtures/sample.sql", "INSERT INTO authors (name) VALUES ('Somebody');\nINSERT INTO nowhere VALUES (1);\n");
    my ($status, $out, $run) = rehearse($broken, 'rollback,round-trip,fresh');
    is($status, 3, 'rows that cannot be made: exit 3') or diag($out);
    for my $scenario (@{$run->{scenarios}}) {
        my ($check) = grep { $_->{kind} eq 'fixture' } map { @{$_->{checks}} } @{$scenario->{steps}};
        next if !$check;
        is($check->{outcome}, 'error', "$scenario->{name} says so");
        like($check->{message}, qr/sample\.sql.*"nowhere" does not exist/, 'and why');
    }
    is(ours($run->{id}), 0, 'nothing is left behind');
}

{
    my $named = copy_of($library);
    (my $rows = read_file("$named/fixtures/sample.sql")) =~ s/\A/DO \$\$ BEGIN EXECUTE format('COMMENT ON TABLE authors IS %L', current_database()); END \$\$;\n/;
    write_file("$named/fixtures/sample.sql", $rows);
    my %maker;
    for my $scenarios ('rollback', 'rollback,round-trip') {
        my (undef, $out, $run) = rehearse($named, $scenarios, '--keep');
        my $database = $run->{scenarios}[0]{database};
        (my $url = $server) =~ s{/postgres\?}{/$database?} or die;
        $maker{$scenarios} = value($url, "SELECT obj_description('authors'::regclass)");
        is($maker{$scenarios} eq $database, $scenarios eq 'rollback', "$scenarios: a scenario fills its own database if it is the only one") or diag($out);
        sql($server, "DROP DATABASE $_ WITH (FORCE)")
            for split /\n/, value($server, "SELECT datname FROM pg_database WHERE datname LIKE 'pgrehearse_$run->{id}_%'");
    }
    like($maker{'rollback,round-trip'}, qr/_rows_/, 'else it gets a clone');
}

done_testing();
