#!/usr/bin/perl
# run --history and pgrehearse history: what is recorded, in a file and in PostgreSQL, by several at
# once; what drifts; and stores that are broken, foreign or too new, which never change a verdict.
use strict;
use warnings;
use lib 'tests/support';
use JSON::PP;
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die 'run this beneath tests/support/with-server';
my $suite = suite_with("sleep 0.1\n" . sound());
my $area = area('history');
$ENV{LC_ALL} = 'C.UTF-8';
my @fresh = ('--scenario', 'fresh');
my $recorded = qr/measurements were not recorded/;

# SQL in a file of SQLite; the rows' columns joined by "|", a row a line.
sub db {
    my ($file, @statements) = @_;
    my $code = 'import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
for s in sys.argv[2:]:
    for r in c.execute(s): print("|".join(str(v) for v in r))
c.commit()';
    open my $in, '-|', '/usr/bin/python3', '-c', $code, $file, @statements or die;
    my $rows = do { local $/; <$in> } // '';
    close $in or die "SQL failed: @statements";
    chomp $rows;
    return $rows;
}

sub with_history { my ($where, @more) = @_; return run_it($suite, [@fresh, '--history', $where, @more]) }

sub history {
    my (@arguments) = @_;
    my $out = area('out');
    my $words = join ' ', map { quotemeta } @arguments;
    my $code = system("$RunTest::build/bin/pgrehearse history $words >$out/out 2>$out/err");
    return ($code >> 8, read_file("$out/out"), read_file("$out/err"));
}

sub json_of { return decode_json(read_file($_[0])) }

# --- what is recorded
my $file = "$area/runs.db";
my $run = with_history($file);
is($run->{code}, 0, 'a run that records passes') or diag output_of($run);
unlike(output_of($run), $recorded, 'and has nothing to complain of');
my $record = json_of("$run->{folder}/run.json");
is(db($file, 'SELECT id, suite, migrator, verdict, started_at FROM runs'),
    "$record->{id}|library|psql|passed|$record->{started_at}", 'the run is there');
my %facts = map { split /\|/, $_, 2 } split /\n/, db($file, 'SELECT name, value FROM circumstances');
is($facts{$_->{name}}, $_->{value}, "so is its $_->{name}") for @{$record->{circumstances}};
ok($facts{$_}, "among the circumstances: $_")
    for qw(server_version processors seed jobs size.authors migrations.digest system scenarios);
my %measured;
for my $step (map { @{$_->{steps}} } @{$record->{scenarios}}) {
    $measured{$_->{name}} = $_->{value} for @{$step->{measurements}};
}
ok(keys %measured, 'the run measured something');
for my $name (keys %measured) {
    my $value = db($file, "SELECT value FROM measurements WHERE scenario = 'fresh' AND measure = '$name'");
    cmp_ok(abs($value - $measured{$name}), '<', 1e-6, "$name is recorded as it was measured");
}
is(db($file, 'SELECT count(*) FROM measurements'), keys %measured, 'and nothing else');

# --- what fails is no measurement
my $bad = run_it(suite_with("echo broken >&2; exit 1"), [@fresh, '--history', "$area/bad.db"]);
is($bad->{code}, 1, 'a broken migration stays a finding');
is(db("$area/bad.db", 'SELECT verdict FROM runs'), 'findings', 'it is recorded as such');
is(db("$area/bad.db", "SELECT count(*) FROM measurements WHERE measure = 'upgrade'"), 0,
    'the time until it failed is no measurement');

# --- which migrations they were
my $git = "git -C $suite -c user.name=t -c user.email=t\@t.invalid -c core.hooksPath=/dev/null";
system("$git init -q && $git add . && $git commit -q -m x") == 0 or die 'git';
chomp(my $commit = `$git rev-parse --short=12 HEAD`);
with_history("$area/git.db");
write_file("$suite/migrations/note.txt", 'x');
{
    local $ENV{GIT_DIR} = '.git';    # as in a hook of git
    with_history("$area/git.db");
}
is(db("$area/git.db", 'SELECT label FROM runs ORDER BY length(label)'), "$commit\n$commit+",
    'a run is labelled with the commit, and a "+" where there is more than it');

# --- several at once
my @at_once = map { start_run($suite, [@fresh, '--history', "$area/many.db"]) } 1 .. 4;
finish_run($_) for @at_once;
is(join(' ', map { $_->{code} } @at_once), '0 0 0 0', 'four runs at once on a file that none has made');
is(join('', map { output_of($_) =~ $recorded ? 'lost' : '' } @at_once), '', 'none is lost');
is(db("$area/many.db", 'SELECT count(*) FROM runs'), 4, 'all four are there');

# --- drift: earlier runs on the same terms, planted
sub planted {
    my ($name, @values) = @_;
    my $copy = "$area/$name.db";
    system('cp', $file, $copy) == 0 or die;
    my @sql;
    for my $i (0 .. $#values) {
        my $date = sprintf '2025-01-%02dT00:00:00Z', $i + 1;
        push @sql, "INSERT INTO runs SELECT 'run$i', '$date', 1, version, suite, migrator, baseline, target,
            'passed', 'label$i', terms FROM runs WHERE id = '$record->{id}'",
            "INSERT INTO measurements VALUES ('run$i', 'fresh', 'upgrade', 's', $values[$i])";
    }
    db($copy, @sql, "DELETE FROM runs WHERE id = '$record->{id}'",
        "DELETE FROM circumstances", "DELETE FROM measurements WHERE run = '$record->{id}'");
    return $copy;
}
sub trend_of {
    my ($run) = @_;
    my ($trend) = grep { $_->{measure} eq 'upgrade' } @{json_of("$run->{folder}/run.json")->{trends} // []};
    return $trend;
}
my @level = map { 0.010 + 0.0001 * ($_ % 3) } 1 .. 12;    # the upgrade sleeps 0.1 s
my @slower = map { 0.2 + 0.01 * ($_ % 3) } 1 .. 5;
my @slow = map { 0.9 + 0.001 * ($_ % 3) } 1 .. 12;

my $steady = with_history(planted('steady', @slow), '--history-fails');
is($steady->{code}, 0, 'no run on another level: passed') or diag output_of($steady);
ok(!trend_of($steady)->{worse}, 'and the trend is none for the worse');
is(scalar @{trend_of($steady)->{points}}, 13, 'the trend has every run, this one too');
my $once = with_history(planted('once', @level), '--history-fails');
is($once->{code}, 0, 'a single slow run is not confirmed') or diag output_of($once);
my $told = with_history(planted('told', @level, @slower));
is($told->{code}, 0, 'a drift that is confirmed is told and does not fail the run') or diag output_of($told);
ok(trend_of($told)->{worse}, 'the trend is for the worse');
like(trend_of($told)->{verdict}, qr/^since 2025-01-13 \(label12\) \d+ times slower: 10 ms to /, 'with date, label and size');
like(output_of($told), qr/^Trend: \d+ measures? compared with earlier runs, \d+ of them worse: upgrade of fresh, since 2025-01-13 \(label12\) \d+ times slower/m,
    'in the summary too');
my $fails = with_history(planted('fails', @level, @slower), '--history-fails');
is($fails->{code}, 1, 'with --history-fails it is a finding');
like(output_of($fails), qr/it got worse: upgrade of fresh: since 2025-01-13.*\n.*\n +in history /m, 'which says what and since when');
like(read_file("$fails->{folder}/junit.xml"), qr/<failure [^>]*type="finding"/, 'in JUnit too');
is(db("$area/fails.db", "SELECT verdict FROM runs WHERE started_at > '2026'"), 'findings', 'and is recorded');
my $quicker = with_history(planted('quicker', map({ 99 + $_ % 3 } 1 .. 12), @slower), '--history-fails');
is($quicker->{code}, 0, 'quicker is no finding');
like(trend_of($quicker)->{verdict}, qr/quicker/, 'but is told');
db(my $other = planted('other', @level, @slower), "UPDATE runs SET terms = 'others'");
is(with_history($other, '--history-fails')->{code}, 0, 'runs on other terms are not compared');

# --- stores that cannot be used
write_file("$area/text", "precious\n");
db("$area/foreign.db", 'CREATE TABLE precious (a)', 'INSERT INTO precious VALUES (1)');
system('cp', $file, "$area/newer.db");
db("$area/newer.db", "UPDATE alembic_version SET version_num = '999'");
system('cp', $file, "$area/broken.db");
db("$area/broken.db", "CREATE TRIGGER full BEFORE INSERT ON measurements BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
for (["$area/text", qr/not a history, or it is damaged/], ["$area/foreign.db", qr/not a history of ours/],
    ["$area/newer.db", qr/revision 999, made by a newer pgrehearse/], [$area, qr/not a regular file/],
    ["$area/none/x.db", qr/unable to open/], ["$area/broken.db", qr/disk is full/],
    ['postgresql://someone:s3cret@127.0.0.1:1/x', qr/cannot connect/]) {
    my ($where, $why) = @$_;
    my $before = -f $where ? read_file($where) : '';
    my $run = with_history($where);
    my @lines = grep { $_ =~ $recorded } split /\n/, read_file($run->{err});
    is($run->{code}, 0, "$where: the run passes all the same") or diag output_of($run);
    is(scalar @lines, 1, 'one line warns');
    like($lines[0] // '', $why, 'and says why');
    unlike(output_of($run) . all_files($run->{folder}), qr/s3cret/, 'without the password');
    is(-f $where ? read_file($where) : '', $before, 'what is there is left as it is');
}
is(db("$area/broken.db", 'SELECT count(*) FROM runs'), 1, 'what failed half-way left nothing');
is(with_history("$area/text", '--history-fails')->{code}, 3, 'with --history-fails, nobody could look: 3');
is(with_history("$area/broken.db")->{code}, 0, 'and a broken store breaks nothing again');
for (['--history-fails'], ['--history', ''], ['--history', 'mysql://u:s3cret@h/d'], ['--history', 'postgresql://u:p@ss@h/d']) {
    my $run = run_it($suite, [@fresh, @$_]);
    is($run->{code}, 2, "@$_: exit 2");
    unlike(output_of($run), qr/s3cret|p\@ss/, 'no password');
}

# --- pgrehearse history
my ($code, $out, $err) = history($suite, '--history', "$area/told.db");
is($code, 0, 'history lists') or diag $err;
like($out, qr/^library: 18 runs\n2025-01-01T00:00:00Z  run0 /, 'the runs');
like($out, qr/^fresh \S+ upgrade  .* [\x80-\xff]{36}\|[\x80-\xff]{18}  since 2025-01-13 \(label12\)/m, 'and the series, with its verdict');
($code, $out) = history($suite, '--history', "$area/told.db", '--format', 'json', '--measure', 'upg*');
my $view = decode_json($out);
is(scalar @{$view->{runs}}, 18, 'json: the runs');
is(join(' ', map { $_->{measure} } @{$view->{series}}), 'upgrade', 'the measure that was asked for');
is($view->{series}[0]{points}[0]{value}, 0.0101, 'its points');
is(join(' ', map { $_->{run} } grep { $_->{change} } @{$view->{series}[0]{points}}), 'run12', 'where it changed');
($code, $out, $err) = history($suite, '--history', "$area/told.db", '--format', 'svg', '--measure', 'upgrade');
is($code, 0, 'svg') or diag $err;
write_file("$area/plot.svg", $out);
is(system("xmllint --noout $area/plot.svg"), 0, 'is XML');
like($out, qr/<svg\b.*<title.*upgrade of fresh over the runs.*<path/s, 'with a title and lines');
my $before = read_file("$area/told.db");
history($suite, '--history', "$area/told.db");
ok($before eq read_file("$area/told.db"), 'history changes nothing in the file');
db("$area/git.db", "INSERT INTO measurements SELECT id, 'fresh', 'another', 's', 1 FROM runs");
for ([3, qr/No such file/, '--history', "$area/nothing.db"], [3, qr/not a history/, '--history', "$area/text"],
    [2, qr/give --history/], [2, qr/text, json or svg/, '--history', $file, '--format', 'png'],
    [2, qr/--last: expected/, '--history', $file, '--last', '0'],
    [3, qr/no recorded measurement/, '--history', $file, '--format', 'svg', '--measure', 'none'],
    [2, qr/choose with --scenario and --measure among/, '--history', "$area/git.db", '--format', 'svg', '--measure', '*']) {
    my ($expected, $why, @arguments) = @$_;
    ($code, $out, $err) = history($suite, @arguments);
    is($code, $expected, "history @arguments: exit $expected");
    like($err, qr/\Apgrehearse: [^\n]*$why[^\n]*\n\z/, 'one line says it');
}
ok(!-e "$area/nothing.db", 'a history that is only read is not made');

# --- PostgreSQL
sub psql { my ($url, $sql) = @_; my $v = `psql -X -q -A -t -v ON_ERROR_STOP=1 -d '$url' -c "$sql"`; die "psql: $sql" if $?; chomp $v; return $v }
my $count = 0;
sub database {
    my $name = 'history_' . $$ . '_' . ++$count;
    psql($server, "CREATE DATABASE $name");
    return $server =~ s{/postgres\?}{/$name?}r;
}
my $url = database();
@at_once = map { start_run($suite, [@fresh, '--history', $url]) } 1 .. 3;
finish_run($_) for @at_once;
is(join(' ', map { $_->{code} } @at_once), '0 0 0', 'three runs at once on a database without a history');
is(join('', map { output_of($_) =~ $recorded ? output_of($_) : '' } @at_once), '', 'none is lost');
is(psql($url, 'SELECT count(*) FROM pgrehearse.runs'), 3, 'all three are there');
is(psql($url, "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'"), 0,
    'and nothing lies outside of our schema');
is(psql($url, 'SELECT version_num FROM pgrehearse.alembic_version'), '001', 'which our own migrator has made');
($code, $out) = history($suite, '--history', $url, '--format', 'json');
is(scalar @{decode_json($out)->{runs}}, 3, 'history reads it');
my ($there) = @{decode_json($out)->{runs}};
is($there->{terms}, db("$area/git.db", "SELECT terms FROM runs LIMIT 1"), 'the terms are the same in both kinds of store');
psql($url, "UPDATE pgrehearse.alembic_version SET version_num = '999'");
like(output_of(with_history($url)), qr/$recorded: .*newer pgrehearse/, 'a newer one is refused');
is(psql($url, 'SELECT count(*) FROM pgrehearse.runs'), 3, 'and left as it is');
psql(my $foreign = database(), 'CREATE SCHEMA pgrehearse CREATE TABLE runs (precious int)');
like(output_of(with_history($foreign)), qr/$recorded: .*not created by us/, 'a foreign schema is refused');
is(psql($foreign, "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'pgrehearse'::regnamespace"), 'runs',
    'and left as it is');
($code, undef, $err) = history($suite, '--history', my $empty = database());
is($code, 3, 'a database without a history is only read');
is(psql($empty, "SELECT count(*) FROM pg_namespace WHERE nspname = 'pgrehearse'"), 0, 'and gets none by that');

is(leftovers(), '', 'nothing is left behind');
psql($server, "DROP DATABASE history_${$}_$_ WITH (FORCE)") for 1 .. $count;
done_testing;
