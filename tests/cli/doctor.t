#!/usr/bin/perl
# pgrehearse doctor: what it looks at, and what it says of what is not there.
use strict;
use warnings;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";

sub doctor {
    my @arguments = map { quotemeta } @_;
    my $said = `pgrehearse doctor @arguments 2>&1`;
    return ($? >> 8, $said);
}

my ($code, $said) = doctor();
is($code, 0, 'everything is there for an embedded server') or diag($said);
for my $what ('suite', 'disk space', 'server', 'right to create', 'extension vector', 'pg_dump', 'pg_restore', 'psql',
    'migrator native', 'migrator alembic')
{
    like($said, qr/^ok       \Q$what\E  +\S/m, $what);
}
like($said, qr/^nothing is missing$/m, 'and it says so');

($code, $said) = doctor('--server', $server);
is($code, 0, 'for a given one too') or diag($said);

# the programs that take backups have to be as new as the server at least
my ($major) = `psql -Atqd '$server' -c 'SHOW server_version'` =~ /^(\d+)/;
my ($program) = $said =~ /^ok       pg_dump  +(\S+)$/m;
cmp_ok((`$program --version` =~ /\) (\d+)/)[0], '>=', $major, 'with a pg_dump that such a server accepts');

($code, $said) = doctor('--server', 'postgresql://nobody@127.0.0.1:1/postgres');
is($code, 3, 'a server that does not answer');
like($said, qr/^missing  server  .*127\.0\.0\.1/m, 'is missing');
like($said, qr/^1 missing: /m, 'and counted');
unlike($said, qr/nothing is missing/, 'and not passed over');

# what the account is for: a reader of certify's needs no right to create, and is given the right remedies
my $reader = "doctor_$$";
my $database = $server =~ s{/postgres\?}{/$reader?}r;
my $as_reader = $database =~ s{//[^@/]*@}{//$reader\@}r;
sub sql { my ($url, @statements) = @_; return system('psql', '-Xqd', $url, map { ('-c', $_) } @statements) == 0 || die "@statements" }
sql($server, "CREATE ROLE $reader LOGIN", "CREATE DATABASE $reader");
END {
    local $?;
    system('psql', '-Xqd', $server, '-c', "DROP DATABASE IF EXISTS $reader WITH (FORCE)", '-c', "DROP ROLE IF EXISTS $reader", '-c', "DROP ROLE IF EXISTS ${reader}_app")
        if $reader;
}
sql($database, "CREATE ROLE ${reader}_app", "GRANT CREATE ON SCHEMA public TO ${reader}_app", "SET ROLE ${reader}_app", 'CREATE TABLE a (x serial)',
    'CREATE TABLE b (x int)', 'ALTER TABLE b ENABLE ROW LEVEL SECURITY');
($code, $said) = doctor('--server', $as_reader);
is($code, 3, 'an account that may not create databases, for a run');
like($said, qr/^missing  right to create .*ALTER ROLE $reader CREATEDB/m, 'is missing that');
($code, $said) = doctor('--server', $as_reader, '--for', 'certify');
is($code, 3, 'an account that reads nothing, for certify');
like($said, qr/^missing  right to read  .*role $reader cannot read 3 tables or sequences \(public\.a, .*GRANT pg_read_all_data TO $reader$/m, 'is missing that');
unlike($said, qr/CREATEDB/, 'and is not asked to create databases');
sql($server, "GRANT pg_read_all_data TO $reader");
($code, $said) = doctor('--server', $as_reader, '--for', 'certify');
is($code, 3, 'an account that sees some rows only, for certify');
like($said, qr/^missing  all rows  .*\(public\.b\); ALTER ROLE $reader BYPASSRLS$/m, 'is missing the others');
sql($server, "ALTER ROLE $reader BYPASSRLS");
($code, $said) = doctor('--server', $as_reader, '--for', 'certify');
is($code, 0, 'a sound reader, for certify') or diag($said);
($code, $said) = doctor('--server', $as_reader, '--for', 'deploy');
is($code, 3, 'a reader, for deploy');
like($said, qr/^missing  right to change  .*GRANT ${reader}_app TO $reader$/m, 'is missing the right to change');
sql($server, "GRANT ${reader}_app TO $reader");
($code, $said) = doctor('--server', $as_reader, '--for', 'deploy');
is($code, 0, 'a member of the owner, for deploy') or diag($said);
is((doctor('--for', 'certify'))[0], 2, 'certify needs a server');
is((doctor('--for', 'fun', '--server', $server))[0], 2, 'another purpose is refused');

# a migrator that is not installed
($code, $said) = do {
    local $ENV{PATH} = join ':', grep { !-x "$_/alembic" } split /:/, $ENV{PATH};
    doctor('--server', $server);
};
is($code, 3, 'a migrator that cannot be found');
like($said, qr/^missing  migrator alembic  /m, 'is missing');
like($said, qr/^ok       migrator native  /m, 'and the other one is there');
done_testing;
