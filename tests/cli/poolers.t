#!/usr/bin/perl
# Behind a connection pooler sessions are not ours alone: every command says so in one line, and
# leaves nothing behind it; where a session of one's own is enough, a pooler of sessions will do.
use strict;
use warnings;

# A server of its own: all of its locks and databases are counted.
# In a BEGIN, before the module makes a folder that nobody would remove.
BEGIN {
    exec 'tests/support/with-server', 'env', 'PGREHEARSE_SERVER_OF_ONE=yes', $^X, $0
        unless $ENV{PGREHEARSE_SERVER_OF_ONE};
}
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER};
my ($host) = $server =~ /host=(\S+)/;
my $suite = suite_with(sound());
my $refusal = qr/a connection pooler answers at this URL .*: give the URL of the PostgreSQL server itself$/m;
my %bouncers;
END { local $?; kill 'TERM', values %bouncers; waitpid $_, 0 for values %bouncers }

sub value { my $v = `psql -X -A -t -d '$server' -c "$_[0]"`; chomp $v; return $v }

# pgbouncer in front of the server, as an account other than root, which it refuses
sub bouncer {
    my ($mode, @more) = @_;
    my $folder = area('pool');
    write_file("$folder/ini", join "\n", '[databases]', "* = host=$host user=postgres", '[pgbouncer]', 'listen_addr =',
        "unix_socket_dir = $folder", 'listen_port = 6432', 'auth_type = any', "pool_mode = $mode",
        "logfile = $folder/log", @more, '');
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDERR, '>', '/dev/null';
        my @as = $> ? () : ('setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups');
        exec @as, 'pgbouncer', '-q', "$folder/ini" or POSIX::_exit(99);
    }
    $bouncers{$folder} = $pid;
    wait_until(sub { -S "$folder/.s.PGSQL.6432" }, 'pgbouncer') or diag(read_file("$folder/log"));
    return "postgresql://postgres@/postgres?host=$folder&port=6432";
}

sub command {
    my (@words) = map {quotemeta} @_;
    my $said = `$RunTest::build/bin/pgrehearse @words 2>&1`;
    return ($? >> 8, $said);
}

for my $case (['transaction'], ['session'], ['statement'], ['transaction', 'server_round_robin = 1', 'min_pool_size = 3'])
{
    my ($mode, @more) = @$case;
    my $what = join ', ', @$case;
    my $url = bouncer(@$case);
    my $run = run_it($suite, ['--scenario', 'fresh', '--server', $url]);
    is($run->{code}, 3, "$what: a run cannot check") or diag(output_of($run));
    like(output_of($run), $refusal, 'and says why, and what to do');
    my ($code, $said) = command('doctor', $suite, '--server', $url);
    is($code, 3, 'nor has doctor a server');
    like($said, $refusal, 'for the same reason');

    ($code, $said) = command('snapshot', '--database', $url);
    if ($mode eq 'session') {
        is($code, 0, 'a snapshot needs a session of its own alone') or diag($said);
    }
    else {
        is($code, 3, 'a snapshot needs a session of its own');
        like($said, $refusal, 'too');
        ($code, $said) = command('certify', $suite, '--source', $url, '--output', area('out'));
        is($code, 3, 'and so does a source');
        like($said, $refusal, 'that is certified');
    }

    is(value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0, 'no lock stays behind it');
    is(value("SELECT count(*) FROM pg_database WHERE datname ~ '^pgrehearse_'"), 0, 'and no database');
    $url =~ s/&port.*//;
    is(`psql -X -A -t -d '$url&port=6432' -c 'SHOW default_transaction_read_only' -c 'SHOW jit'`, "off\non\n",
        'nor any setting of ours with the sessions of others');
}
is(leftovers(), '', 'and nothing here');
done_testing;
