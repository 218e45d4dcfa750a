#!/usr/bin/perl
# A dump that runs a program or writes a file when it is restored: nothing of that happens, and the reason
# is said; a sound dump is restored. On a server of others, --trust-dump is asked for.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $suite = suite_with(sound());
my $name = "hostile_dump_$$";
my $url = $server =~ s{/postgres\?}{/$name?}r;
my $spoils = area('spoils');
my $dumps = area('dumps');
my @certification = ('--scenario', 'certification');

sub shell { my ($command) = @_; return system('sh', '-c', $command) == 0 || die $command }
shell("psql -Xqd '$server' -c 'CREATE DATABASE $name'");
END { local $?; system("psql -Xqd '$server' -c 'DROP DATABASE IF EXISTS $name WITH (FORCE)'") if $name }
shell("cd $suite/migrations && psql -Xq -1 -d '$url' -f upgrade-1.sql");
shell("pg_dump -d '$url' -f $dumps/sound.sql && pg_dump -Fc -d '$url' -f $dumps/sound.dump");
my $sound = read_file("$dumps/sound.sql");

sub dump_with {
    my ($statement) = @_;
    write_file("$dumps/hostile.sql", $sound =~ s/^(-- Name: authors; Type: TABLE;.*\n)/$1$statement;\n/mr);
    return "$dumps/hostile.sql";
}

sub spoils { return join ' ', map { s{.*/}{}r } glob "$spoils/*" }

for my $dump ('sound.sql', 'sound.dump') {
    my $run = run_it($suite, [@certification, '--dump', "$dumps/$dump"], command => 'certify');
    is($run->{code}, 0, "$dump is restored") or diag(output_of($run));
}
for my $case (
    ['COPY to a program', "COPY (SELECT 1) TO PROGRAM 'touch $spoils/ran'"],
    ['COPY from a program', "CREATE TEMP TABLE t (x text); COPY t FROM PROGRAM 'touch $spoils/ran; echo 1'"],
    ['a block', "DO \$\$ BEGIN EXECUTE 'COPY (SELECT 1) TO PRO' || 'GRAM ''touch $spoils/ran'''; END \$\$"],
    ['COPY to a file', "COPY (SELECT 1) TO '$spoils/written'"],
    ['a large object', "SELECT lo_from_bytea(4242, 'x'); SELECT lo_export(4242, '$spoils/exported')"])
{
    my ($what, $statement) = @$case;
    my $dump = dump_with($statement);
    my $run = run_it($suite, [@certification, '--dump', $dump], command => 'certify');
    is($run->{code}, 3, "$what: exit 3") or diag(output_of($run));
    like(output_of($run), qr/the copy cannot be made: .*the server starts no program and writes no file elsewhere/,
        'and the reason');
    is(spoils(), '', 'nothing was run or written');
}

# A cluster of others, which takes account postgres at its word, as Debian's do: the server of a run by
# root is no such account.
if ($> == 0) {
    my $home = area('peer');
    my @as = ('setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups');
    my ($bin) = grep { -x "$_/initdb" } ($ENV{PGREHEARSE_PG_BIN} // '', reverse glob '/usr/lib/postgresql/*/bin');
    my $as = "cd / && @as $bin";
    shell("$as/initdb -D $home/data -A peer -U postgres --no-sync >/dev/null");
    shell("$as/pg_ctl -w -D $home/data -l $home/log -o '-c listen_addresses= -k $home -c fsync=off' start >/dev/null");
    my $reached = "cd / && @as psql -XAt -h $home -U postgres -d postgres -c \"SELECT to_regclass('reached') IS NOT NULL\"";
    is(`$reached`, "f\n", 'a real cluster lets account postgres in');
    for my $case (
        ['dblink', "CREATE EXTENSION dblink SCHEMA public; SELECT public.dblink_exec('host=$home user=postgres dbname=postgres', 'CREATE TABLE reached ()')"],
        ['a foreign table', "CREATE EXTENSION postgres_fdw SCHEMA public; CREATE SERVER real FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$home', dbname 'postgres');"
            . "CREATE USER MAPPING FOR CURRENT_USER SERVER real OPTIONS (user 'postgres', password_required 'false');"
            . 'CREATE FOREIGN TABLE public.far (rolname name) SERVER real OPTIONS (schema_name \'pg_catalog\', table_name \'pg_authid\'); SELECT count(*) FROM public.far'])
    {
        my ($what, $statement) = @$case;
        my $run = run_it($suite, [@certification, '--dump', dump_with($statement)], command => 'certify');
        is($run->{code}, 3, "$what to a cluster of others: exit 3") or diag(output_of($run));
        like(output_of($run), qr/could not (?:establish connection|connect to server)/, 'the server is not let in')
            or diag(output_of($run));
    }
    like(read_file("$home/log"), qr/could not look up local user ID \d+|Peer authentication failed/, 'for want of a name');
    is(`$reached`, "f\n", 'and nothing was made there');
    shell("$as/pg_ctl -D $home/data -m immediate stop >/dev/null");
}

my $dump = dump_with("COPY (SELECT 1) TO PROGRAM 'touch $spoils/ran'");
my @given = (@certification, '--server', $server);
my $run = run_it($suite, [@given, '--dump', $dump], command => 'certify');
is($run->{code}, 3, 'as a superuser of a given server: exit 3');
like(output_of($run), qr/a dump can run programs on .* with the rights of role postgres: .*--trust-dump/, 'with what to do')
    or diag(output_of($run));
is(spoils(), '', 'and nothing was run');
$run = run_it($suite, [@given, '--dump', "$dumps/sound.sql", '--trust-dump'], command => 'certify');
is($run->{code}, 0, 'a dump that is trusted is restored there') or diag(output_of($run));
$run = run_it($suite, [@certification, '--source', $url, '--trust-dump'], command => 'certify');
is($run->{code}, 2, '--trust-dump is for dumps');
is(leftovers(), '', 'nothing is left');
done_testing;
