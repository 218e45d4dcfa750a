#!/usr/bin/perl
# A server of the user's: what it lacks is told, what is not ours is left alone, its password is
# never shown.
use strict;
use warnings;
# A server of its own: it listens to a port, and its template1 is exchanged. In a BEGIN, before
# the module makes a folder that nobody would remove.
use IO::Socket::INET;

BEGIN {
    unless ($ENV{SERVER_URL_TEST}) {
        my $free = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $!";
        $ENV{SERVER_URL_TEST} = $free->sockport;
        close $free;
        $ENV{WITH_SERVER_SETTINGS} = '-c fsync=off -c full_page_writes=off '
            . "-c listen_addresses=127.0.0.1 -c port=$ENV{SERVER_URL_TEST}";
            exec 'tests/support/with-server', $^X, $0 or die "with-server: $!";
    }
}
use lib 'tests/support';
use RunTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $url = "$ENV{PGREHEARSE_TEST_SERVER}&port=$ENV{SERVER_URL_TEST}";
$ENV{PGOPTIONS} = '-c client_min_messages=warning';
my @quick = ('--scenario', 'fresh');
my $suite = suite_with(sound());

sub sql {
    my ($sql) = @_;
    open my $psql, '|-', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $url or die;
    print $psql $sql;
    close $psql or die "psql failed: $sql";
}
sub value { my $v = `psql -X -A -t -d '$url' -c "$_[0]"`; chomp $v; return $v }
sub as_role { my ($role) = @_; return $url =~ s{//postgres@}{//$role@}r }

sub databases {
    return value("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname ~ '^pgrehearse_'");
}

sub clean_up {
    sql(join '', map {"DROP DATABASE \"$_\";\n"} split / /, databases());
    sql("DROP ROLE IF EXISTS test_weak, test_maker, test_secret;\n");
}
clean_up();
END { my $status = $?; clean_up(); $? = $status }
sql("CREATE ROLE test_weak LOGIN; CREATE ROLE test_maker LOGIN CREATEDB;\n");

for my $case (
    ['a role without the right', as_role('test_weak'), 3, qr/role test_weak may not create databases; ALTER ROLE test_weak CREATEDB/],
    ['no such role', as_role('test_nobody'), 3, qr/role "test_nobody" does not exist/],
    ['no such database', $url =~ s{/postgres\?}{/nosuch?}r, 3, qr/database "nosuch" does not exist/],
    ['no such socket', 'postgresql://postgres@/postgres?host=/nosuch', 3, qr/No such file/],
    ['a role that may create databases', as_role('test_maker'), 0, qr/passed/],
    )
{
    my ($what, $server, $code, $message) = @$case;
    my $run = run_it($suite, [@quick, '--server', $server]);
    is($run->{code}, $code, "$what: exit $code") or diag(output_of($run));
    like(output_of($run), $message, "$what: it is said");
    is(leftovers() . databases(), '', "$what: nothing left behind");
}

# the connection ends, the log of the server is not ours to read
my $run = run_it(suite_with('psql -X -c "SELECT pg_terminate_backend(pg_backend_pid())"'),
    [@quick, '--server', $url]);
is($run->{code}, 3, 'a connection that the server ended: exit 3') or diag(output_of($run));
$run = run_it(suite_with('psql -X -v ON_ERROR_STOP=1 -c "SELECT 1/0"'), [@quick, '--server', $url]);
is($run->{code}, 1, 'a migration that fails is a finding all the same') or diag(output_of($run));
my $mark = area('mark');
$run = start_run(suite_with("touch $mark/begun; until [ -e $mark/enough ]; do sleep 0.1; done; " . sound()),
    [@quick, '--server', $url]);
ok(wait_until(sub { -e "$mark/begun" }, 'its upgrade'), 'the scenario is in its upgrade');
like(databases(), qr/_fresh/, 'and has its database');
value("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgrehearse'");
write_file("$mark/enough", '');
finish_run($run);
is($run->{code}, 3, 'our own connections ended: exit 3') or diag(output_of($run));
is(leftovers() . databases(), '', 'and the databases are dropped over another');

# what is not ours, or kept, or alive
sql(<<'S');
CREATE DATABASE pgrehearse_0123456789a0_bare;
CREATE DATABASE pgrehearse_0123456789a1_dead;
COMMENT ON DATABASE pgrehearse_0123456789a1_dead IS 'pgrehearse: throwaway database of run 0123456789a1';
CREATE DATABASE pgrehearse_0123456789a2_other;
COMMENT ON DATABASE pgrehearse_0123456789a2_other IS 'pgrehearse: throwaway database of run 0123456789a1';
CREATE DATABASE pgrehearse_0123456789a3_theirs;
COMMENT ON DATABASE pgrehearse_0123456789a3_theirs IS 'mine, says somebody';
CREATE DATABASE pgrehearse_0123456789a4_newborn CONNECTION LIMIT 19283;
CREATE DATABASE pgrehearse_0123456789a5_kept;
COMMENT ON DATABASE pgrehearse_0123456789a5_kept IS 'pgrehearse: kept database of run 0123456789a5';
CREATE DATABASE pgrehearse_abcdef016789_alive;
COMMENT ON DATABASE pgrehearse_abcdef016789_alive IS 'pgrehearse: throwaway database of run abcdef016789';
S
my $lease = open my $holder, '|-', 'psql', '-X', '-q', '-o', '/dev/null', '-d', $url;
$holder->autoflush(1);
print $holder 'SELECT pg_advisory_lock(1885827688, ' . unpack('l', pack('L', 0xabcdef01)) . ");\n";
wait_until(sub { value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") }, 'the lease');
$run = run_it($suite, [@quick, '--server', $url]);
is($run->{code}, 0, 'a run beside all that') or diag(output_of($run));
is(databases(), join(' ', map {"pgrehearse_$_"} qw(0123456789a0_bare 0123456789a2_other
        0123456789a3_theirs 0123456789a5_kept abcdef016789_alive)),
    'the dead run\'s and the newborn are swept, everything else is left alone');
like(output_of($run), qr/swept .*databases 2$/m, 'and it is said');
close $holder;
$run = run_it($suite, [@quick, '--server', $url]);
unlike(databases(), qr/_alive/, 'once its lease is gone, it is dead');
clean_up();
sql("CREATE ROLE test_maker LOGIN CREATEDB;\n");

$run = run_it($suite, [@quick, '--server', $url, '--keep']);
like(output_of($run), qr/kept: database pgrehearse_[0-9a-f]{12}_fresh on /, '--keep says where');
my $kept = databases();
run_it($suite, [@quick, '--server', $url]);
is(databases(), $kept, 'and the next run does not sweep it');
like($kept, qr/^pgrehearse_[0-9a-f]{12}_fresh$/, 'it is the scenario\'s');
clean_up();

# a password with everything in it, over TCP with SCRAM
my $password = qq{p\@ss$$:w/o%r'd" x1}; # no other test's, since all processes are looked at
(my $quoted = $password) =~ s/'/''/g;
my $encoded = join '', map { /[A-Za-z0-9]/ ? $_ : sprintf '%%%02X', ord } split //, $password;
my $home = value('SHOW data_directory');
my $port = value('SHOW port');
{
    my $hba = read_file("$home/pg_hba.conf");
    write_file("$home/pg_hba.conf", "host all test_secret 127.0.0.1/32 scram-sha-256\n$hba");
    sql("CREATE ROLE test_secret LOGIN SUPERUSER PASSWORD '$quoted'; SELECT pg_reload_conf();\n");
    my $telling = suite_with('echo "DATABASE_URL is $DATABASE_URL"; env >&2; ' . sound());
    my $secret = "postgresql://test_secret:$encoded\@127.0.0.1:$port/postgres";
    for my $case ([$secret, {}, 'in the URL'],
        ["host=127.0.0.1 port=$port user=test_secret dbname=postgres password='"
            . ($password =~ s/'/\\'/gr) . "'", {}, 'in a key=value string'],
        ["postgresql://test_secret\@127.0.0.1:$port/postgres", {PGPASSWORD => $password},
            'in PGPASSWORD'])
    {
        my ($server, $environment, $where) = @$case;
        $run = start_run($telling, [@quick, '--server', $server], environment => $environment);
        my $seen = '';
        my $hidden = $server =~ /password=|:[^\/@]+@/ ? qr/pgrehearse\0run.*\*\*\*/s : qr/pgrehearse\0run/;
        ok(wait_until(sub { read_file("/proc/$run->{pid}/cmdline") =~ $hidden }, 'the run'), "a run with a password $where");
        for (1 .. 8) {
            sleep 0.1;
            $seen .= `ps axww -o args`;
        }
        finish_run($run);
        like($seen, qr/pgrehearse run /, 'the list of processes shows the run');
        is($run->{code}, 0, "a password $where is understood") or diag(output_of($run));
        my $written = output_of($run) . all_files($run->{folder});
        like($written, qr/DATABASE_URL is/, 'the migrator tells it');
        for my $form ($password, $encoded, "ss$$:w/o") {
            is(index($written, $form), -1, "but $form is in no report, log or message ($where)");
            is(index($seen, $form), -1, "nor in the list of processes ($where)");
        }
    }
    $run = run_it($suite, [@quick, '--server', "postgresql://test_secret:wrong\@127.0.0.1:$port/x"]);
    is($run->{code}, 3, 'a wrong password: exit 3');
    like(output_of($run), qr/password authentication failed/, 'and why');
    unlike(output_of($run) . all_files($run->{folder}), qr/:wrong/, 'and not the password');
    write_file("$home/pg_hba.conf", $hba);
    sql("SELECT pg_reload_conf();\n");
}

# a template1 in another encoding
sql("CREATE DATABASE pgr_old TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C';"
        . "ALTER DATABASE template1 RENAME TO pgr_was; ALTER DATABASE pgr_old RENAME TO template1;\n");
$run = run_it($suite, ['--scenario', 'fresh,validation', '--server', $url]);
sql("ALTER DATABASE template1 RENAME TO pgr_old; ALTER DATABASE pgr_was RENAME TO template1;"
        . "DROP DATABASE pgr_old;\n");
is($run->{code}, 0, 'a template1 that is not UTF8 does not matter') or diag(output_of($run));
is(leftovers() . databases(), '', 'nothing left behind');

done_testing;
