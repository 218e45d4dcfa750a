#!/usr/bin/perl
# pgrehearse forecast: the figures are those of a fit, so this test holds what is deterministic:
# exit codes against limits that are orders of magnitude away, counts, files, refusals. How good the
# interval is, benchmarks/forecast/run measures.
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

my $build = $ENV{PGREHEARSE_BUILD} || 'build';
my $scratch = tempdir(CLEANUP => 1);
my @small = (qw(--embeddings 0 --chunks-per-repo 20 --rounds 2 --at-sizes), '5,10,20,40');

sub forecast {
    my (@arguments) = @_;
    my $said = `$build/bin/pgrehearse forecast @arguments --output '$scratch/out' 2>&1 </dev/null`;
    return ($? >> 8, $said);
}

sub file {
    open my $in, '<', "$scratch/out/$_[0]" or return {};
    local $/;
    return decode_json(scalar <$in>);
}

# Within the limit, by far.
{
    my ($status, $said) = forecast('--rows code_chunks=8000', @small);
    is($status, 0, 'far below the limit') or diag($said);
    like($said, qr/^forecast +\S+ (m?s|min).* \(.* to .*\) at 8000 code_chunks, limit 5 min$/m,
        'the sentence');
    like($said, qr/^measured +800 rows: .* in 2 runs$/m, 'the points');
    my $json = file('forecast.json');
    is(scalar @{$json->{points}}, 8, 'four sizes, two runs each');
    ok(-s "$scratch/out/$_", "the events of a run leave $_") for qw(forecast.tap junit.xml run.json report.html);
    is($json->{table}, 'code_chunks', 'whose rows');
    ok($json->{low} <= $json->{estimate} && $json->{estimate} <= $json->{high}, 'an interval');
    is($json->{steps}[0]{name}, 'outside its steps', 'what belongs to no step');
    my $sum = 0;
    $sum += $_->{estimate} for @{$json->{steps}};
    ok(abs($sum / $json->{estimate} - 1) < 1e-6, 'the steps add up to the whole');
    ok(@{$json->{steps}} > 5, 'and each step of the log');
    ok((grep { $_ eq $json->{steps}[0]{model} } 'constant', 'linear', 'n log n'), 'with a model');
    my $run = file('run.json');
    is($run->{forecast}{rows}, 8000, 'the reports have it too');
    ok(-s "$scratch/out/report.html", 'and the page');
}

# Far more rows than were timed: they are read as those will be, or it is told that they are not.
{
    my @larger = (qw(--embeddings 0 --chunks-per-repo 20 --rounds 2 --time-limit 1000000 --at-sizes),
        '100,200,400');
    my ($status, $said) = forecast('--rows code_chunks=200000', @larger);
    is($status, 0, 'a table that will not fit into the buffers') or diag($said);
    my $note = file('forecast.json')->{note} // '';
    my ($buffers) = $note =~ /^timed with shared_buffers of ([0-9.]+) MB, so that code_chunks is read /;
    ok($buffers && $buffers >= 4 && $buffers < 20, 'is timed with small ones') or diag($note);
    unlike($note, qr/too small even for that/, 'which are small enough');
    my $circumstances = encode_json(file('run.json'));
    like($circumstances, qr/buffers while timing/, 'and the record says so');
    my $url = $ENV{PGREHEARSE_TEST_SERVER} or die 'run this beside tests/support/with-server';
    ($status, $said) = forecast('--rows code_chunks=200000', @larger, "--server '$url'");
    is($status, 0, 'on a server that is not ours') or diag($said);
    like(file('forecast.json')->{note} // '',
        qr/^code_chunks will be larger than a quarter of shared_buffers .*: measure above \d+ rows/,
        'nothing is changed, and it is told');
    ($status, $said) = forecast('--rows code_chunks=10000', @larger);
    ok(!defined file('forecast.json')->{note}, 'a table that fits as those timed do needs nothing');
}

# The score of a forecast, once the upgrade has run.
{
    my $json = file('forecast.json');
    my $said = `$build/bin/pgrehearse forecast --score $scratch/out/forecast.json --seconds $json->{estimate}`;
    is($? >> 8, 0, 'as foretold');
    like($said, qr/inside the interval/, 'inside');
    $said = `$build/bin/pgrehearse forecast --score $scratch/out/forecast.json --seconds 100000`;
    is($? >> 8, 1, 'far off');
    like($said, qr/took 27 h 47 min, outside the interval/, 'outside');
    `$build/bin/pgrehearse forecast --score $scratch/out/run.json --seconds 1 2>&1`;
    is($? >> 8, 2, 'another file is no forecast');
}

# Over the limit, by far: a finding.
{
    my ($status, $said) = forecast('--rows code_chunks=8000', @small, '--time-limit 0.0001');
    is($status, 1, 'over the limit with its lower end');
    like($said, qr/^it will take too long: /m, 'is a finding');
    my $check = file('run.json')->{scenarios}[0]{steps}[0]{checks}[0];
    like($check->{file} // '', qr{/002_remove_non_search_tables\.sql$}, 'in the file of the migration');
    cmp_ok($check->{line} // 0, '>', 0, 'at a step of it');
}

# Rows from a database that is only read.
{
    my $url = $ENV{PGREHEARSE_TEST_SERVER} or die 'run this beside tests/support/with-server';
    system('psql', '-X', '-q', $url, '-c',
        'CREATE TABLE code_chunks AS SELECT generate_series(1, 1234) AS id; '
            . 'CREATE TABLE repositories AS SELECT 1 AS id') == 0 or die 'psql failed';
    my ($status, $said) = forecast("--source '$url'", @small);
    is($status, 0, 'asked a database') or diag($said);
    like($said, qr/^source +1234 rows in code_chunks, counted$/m, 'the largest of the preserved tables');
    like($said, qr/ at 1234 code_chunks,/, 'of which the forecast speaks');
    ($status, $said) = forecast("--source '$url' --table nosuch", @small);
    is($status, 2, 'a table that is not there');
    like($said, qr/--source: there is no table nosuch/, 'is named');
    system('psql', '-X', '-q', $url, '-c', 'DROP TABLE code_chunks, repositories');
}

# Rows from a shape of production, which is a file.
{
    my $shape = "$scratch/shape.json";
    my $write = sub {
        open my $out, '>', $shape or die;
        print $out @_;
        close $out or die;
    };
    $write->('{"shape": 1, "settings": [{"name": "shared_buffers", "value": "131072kB"}], "tables": [
        {"name": "public.code_chunks", "rows": 1234}, {"name": "public.repositories", "rows": 7}, {"name": "public.never_analysed"}]}');
    my ($status, $said) = forecast("--shape $shape", @small);
    is($status, 0, 'asked a shape') or diag($said);
    like($said, qr/^source +1234 rows in code_chunks, as its shape says$/m, 'the largest of the preserved tables');
    for my $case (['--table cod_chunks', qr/--shape \S+: there is no table cod_chunks in it; expected one of/],
        ['--table never_analysed', qr/has no rows for never_analysed; ANALYZE/], ['--rows x=1', qr/give either|Give either/]) {
        ($status, $said) = forecast("--shape $shape $case->[0]", @small);
        is($status, 2, "$case->[0]: exit 2");
        like($said, $case->[1], 'and why');
    }
    $write->('{"shape": 1, "tables": [');
    ($status, $said) = forecast("--shape $shape", @small);
    is($status, 2, 'a damaged file: exit 2');
    like($said, qr/\Apgrehearse: --shape: \S+shape\.json, line \d+: [^\n]*\n\z/, 'in one line');
}

# An upgrade that fails at one of the sizes is a finding.
{
    system("cp -R fixtures/suites/migration_002/migrations $scratch/bad") == 0 or die;
    system('sed', '-i', 's/^-- step: Adding validation constraints.*/SELECT 1 \/ 0;\n&/',
        "$scratch/bad/002_remove_non_search_tables.sql") == 0 or die;
    my ($status, $said) = forecast('--rows code_chunks=8000', @small, "--migrations $scratch/bad");
    is($status, 1, 'an upgrade that fails');
    like($said, qr/^the upgrade failed with 100 rows in code_chunks: .*division by zero/m, 'with its word');
    my $check = file('run.json')->{scenarios}[0]{steps}[0]{checks}[0];
    my ($line) = `grep -n 'SELECT 1 / 0' $scratch/bad/002_remove_non_search_tables.sql` =~ /^(\d+)/;
    like($check->{file}, qr{bad/002_remove_non_search_tables\.sql$}, 'in its file');
    is($check->{line}, $line, 'and line');
}

for my $case (
    [[], qr/forecast: for how many rows\?/],
    [['--rows', 'x'], qr/--rows x: expected TABLE=N/],
    [['--rows', 'x=-1'], qr/--rows x=-1: expected TABLE=N/],
    [['--rows', 'x=1', '--at-sizes', '3,2,1'], qr/--at-sizes 3,2,1: expected/],
    [['--rows', 'x=1', '--at-sizes', '3,4'], qr/--at-sizes 3,4: expected 3 numbers or more/],
    [['--rows', 'vendors=10', @small], qr/table vendors has \d+ generated rows with --repositories/],
    [['--score', '/nowhere'], qr/how long did it take\?/])
{
    my ($arguments, $expected) = @$case;
    my ($status, $said) = forecast(@$arguments);
    is($status, 2, "usage: @$arguments");
    like($said, $expected, 'and why');
}
done_testing;
