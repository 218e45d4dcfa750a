#!/usr/bin/perl
# A dump that runs a program or writes a file when it is restored: nothing of that happens, and the reason
# is said; a sound dump is restored. Without --trust-dump it has no superuser's rights, and with it the server is
# in a cage all the same. On a server of others, --trust-dump is asked for.
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
    for (['', qr/the copy cannot be made without a superuser's rights: .*--trust-dump/],
        ['--trust-dump', qr/the copy cannot be made: .*the server starts no program and writes no file elsewhere/])
    {
        my ($trust, $reason) = @$_;
        my $run = run_it($suite, [@certification, '--dump', $dump, $trust || ()], command => 'certify');
        is($run->{code}, 3, "$what $trust: exit 3") or diag(output_of($run));
        like(output_of($run), $reason, 'and the reason') or diag(output_of($run));
        is(spoils(), '', 'nothing was run or written');
    }
}

# What a superuser alone may make is left to --trust-dump.
for my $case (
    ['an event trigger', 'CREATE FUNCTION public.quiet() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$; CREATE EVENT TRIGGER quiet ON ddl_command_end EXECUTE FUNCTION public.quiet()', 0],
    ['a function in C', "CREATE FUNCTION public.c() RETURNS int LANGUAGE c AS 'x', 'y'"],
    ['a role of the server', 'GRANT pg_execute_server_program TO CURRENT_USER'],
    ['a superuser', 'ALTER ROLE CURRENT_USER SUPERUSER'],
    ['the role of the server', 'SET ROLE pgrehearse_admin'],
    ['a function of a superuser', 'CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$SELECT 1$$; ALTER FUNCTION public.f() OWNER TO pgrehearse_admin'])
{
    my ($what, $statement, $trusted) = @$case;
    my $run = run_it($suite, [@certification, '--dump', dump_with($statement)], command => 'certify');
    is($run->{code}, 3, "$what: exit 3") or diag(output_of($run));
    like(output_of($run), qr/the copy cannot be made without a superuser's rights: .*--trust-dump/, 'and the reason') or diag(output_of($run));
    next if !defined $trusted;
    $run = run_it($suite, [@certification, '--dump', dump_with($statement), '--trust-dump'], command => 'certify');
    is($run->{code}, $trusted, 'a superuser restores it') or diag(output_of($run));
}

# What an owner may not do either, and every dump may ask for: extensions that are not trusted, owners that may create
# nothing in the schema, grants by others than the owner, rows behind forced row security.
{
    my $rich = "${name}_rich";
    my ($app, $reader) = ("app_$$", "reader_$$");
    my $place = $server =~ s{/postgres\?}{/$rich?}r;
    shell("psql -Xqd '$server' -c 'CREATE ROLE $app' -c 'CREATE ROLE $reader' -c 'CREATE DATABASE $rich TEMPLATE $name'");
    write_file("$dumps/rich.psql", <<"S");
CREATE SCHEMA extensions;
CREATE EXTENSION vector SCHEMA extensions;
COMMENT ON EXTENSION vector IS 'of the team';
CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;
CREATE EXTENSION postgres_fdw SCHEMA extensions;
CREATE TABLE secrets (id int PRIMARY KEY, place extensions.vector(2));
INSERT INTO secrets VALUES (1, '[1,2]'), (2, '[3,4]');
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY; ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON secrets USING (false);
CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM secrets;
ALTER TABLE secrets OWNER TO $app; ALTER TABLE authors OWNER TO $app; ALTER TABLE books OWNER TO $app;
ALTER TABLE loans OWNER TO $app; ALTER TABLE schema_version OWNER TO $app;
GRANT SELECT ON secrets TO $reader WITH GRANT OPTION;
SET ROLE $reader; GRANT SELECT ON secrets TO PUBLIC; RESET ROLE;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
S
    shell("psql -Xqd '$place' -v ON_ERROR_STOP=1 -f $dumps/rich.psql");
    shell("pg_dump -d '$place' -f $dumps/rich.sql && pg_dump -Fc -d '$place' -f $dumps/rich.dump");
    shell("psql -Xqd '$server' -c 'DROP DATABASE $rich' -c 'DROP ROLE $app' -c 'DROP ROLE $reader'");
    like(read_file("$dumps/rich.sql"), qr/^SET SESSION AUTHORIZATION/m, 'a dump that grants as somebody else');
    for my $dump ('rich.sql', 'rich.dump') {
        my $run = run_it($suite, [@certification, '--dump', "$dumps/$dump"], command => 'certify');
        my ($finding) = output_of($run) =~ /(without a superuser's rights.*)/;
        is($finding // '', '', "$dump needs no superuser") or diag(output_of($run));
        is($run->{code}, 0, '  and is restored') or diag(output_of($run));
        my ($schema) = read_file("$run->{folder}/certificate.json") =~ /"schema": \[(.*?)\]/s;
        like($schema // '', qr/\Q$_\E/, "  $_")
            for 'extension vector schema=extensions', "grant public.secrets table SELECT to PUBLIC by $reader";
        my $trusting = run_it($suite, [@certification, '--dump', "$dumps/$dump", '--trust-dump'], command => 'certify');
        is(($schema // '') =~ s/\s+/ /gr, read_file("$trusting->{folder}/certificate.json") =~ /"schema": \[(.*?)\]/s ? $1 =~ s/\s+/ /gr : 'none',
            '  as a superuser restores it');
        unlike($schema // '', qr/pgrehearse/, '  and nothing of ours is left in it');
    }
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
        is($run->{code}, 3, "$what: exit 3") or diag(output_of($run));
        like(output_of($run), qr/without a superuser's rights: .*permission denied to create extension/, 'and the reason');
        $run = run_it($suite, [@certification, '--dump', dump_with($statement), '--trust-dump'], command => 'certify');
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
