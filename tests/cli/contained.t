#!/usr/bin/perl
# A migrator reaches the throwaway database and no other: its settings name another live database,
# and nothing arrives there.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";
my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run this beside tests/support/with-server\n";
my ($socket) = $server =~ /host=([^&]+)/;

sub sql {
    my ($database, $sql) = @_;
    my $out = qx{psql -XAtq -h $socket -U postgres -d $database -c "$sql" 2>&1};
    chomp $out;
    return $out;
}
sql('postgres', 'CREATE DATABASE live');
sql('live', 'CREATE TABLE kept AS SELECT 1 AS one');

# A copy of the Alembic project, whose env.py takes its engine from the expression.
sub project {
    my ($engine, $settings) = @_;
    my $folder = area('project');
    system("cp -r tests/projects/alembic/. $folder") == 0 or die;
    my $env = read_file("$folder/migrations/env.py");
    $env =~ s/^engine = .*$/engine = $engine/m or die;
    $env =~ s/^/import os\nfrom sqlalchemy import create_engine\n/;
    write_file("$folder/migrations/env.py", $env);
    write_file("$folder/pgrehearse.yaml", $settings) if $settings;
    return $folder;
}

my $run_id; # of the last run: other tests share the server
sub run_project {
    my ($folder, @options) = @_;
    my $output = area('output');
    my $out = qx{$program run $folder --scenario fresh @options --output $output 2>$output/stderr};
    ($run_id) = read_file("$output/run.json") =~ /"id": *"([0-9a-f]{12})"/ or die 'run.json names no run';
    return ($? >> 8, $out . read_file("$output/stderr"));
}

sub is_untouched {
    my ($name) = @_;
    is(sql('live', "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
        'kept', "$name: the live database is as it was");
    is(sql('postgres', "SELECT count(*) FROM pg_database WHERE datname LIKE 'pgrehearse_${run_id}%'"), 0,
        "$name: nothing is left");
}

my $sessions = "SELECT sessions FROM pg_stat_database WHERE datname = 'live'";

# the sound twin
{
    local $ENV{DATABASE_URL} = "postgresql://postgres\@/live?host=$socket";
    local $ENV{PGDATABASE} = 'live';
    my ($status, $said) = run_project(project("create_engine(os.environ['DATABASE_URL'], poolclass=pool.NullPool)"));
    is($status, 0, 'env.py reads DATABASE_URL: exit 0, although the caller has one of his own') or diag($said);
    is_untouched('DATABASE_URL of the caller');
}

# a URL of its own
{
    my $before = sql('postgres', $sessions);
    my ($status, $said) = run_project(project("create_engine('postgresql://postgres\@/live?host=$socket')"));
    is($status, 3, 'env.py names another database: exit 3') or diag($said);
    like($said, qr/migrator Alembic did not connect to the throwaway database.* takes its database from elsewhere: in env\.py, /,
        'and what to do is said');
    is(sql('postgres', $sessions), $before, 'no session came to the live database');
    is_untouched('a URL of its own');
}

# our server, but another database on it
{
    my $live = "create_engine('postgresql://{PGUSER}\@{PGHOST}:{PGPORT}/live'.format(**os.environ))";
    my ($status, $said) = run_project(project($live), '--server', "'$server'");
    is($status, 3, 'env.py goes to another database of the same server: exit 3') or diag($said);
    like($said, qr/migrator Alembic asked for database "live" and not for the throwaway one/, 'which is named');
    is_untouched('another database of the same server');
}

# a network is given only to whom asks for it
{
    my $look = "create_engine(os.environ['DATABASE_URL']); open('/tmp/contained-$$', 'w').write(' '.join(sorted(os.listdir('/sys/class/net'))) + '|' + open('/proc/net/dev').read())";
    my ($status, $said) = run_project(project($look));
    is($status, 0, 'a migrator that looks around: exit 0') or diag($said);
    my $seen = read_file("/tmp/contained-$$");
    is(join(' ', $seen =~ /^ *(\w+):/mg), 'lo', 'it sees no interface but the loopback');
    unlink "/tmp/contained-$$";
}

done_testing;
