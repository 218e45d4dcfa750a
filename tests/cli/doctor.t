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

# a migrator that is not installed
($code, $said) = do {
    local $ENV{PATH} = join ':', grep { !-x "$_/alembic" } split /:/, $ENV{PATH};
    doctor('--server', $server);
};
is($code, 3, 'a migrator that cannot be found');
like($said, qr/^missing  migrator alembic  /m, 'is missing');
like($said, qr/^ok       migrator native  /m, 'and the other one is there');
done_testing;
