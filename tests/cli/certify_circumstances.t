#!/usr/bin/perl
# A certificate holds for what was certified, whatever a copy leaves behind or changes on purpose:
# owners, grants, tablespaces, versions of extensions, user mappings. A real difference of the same
# kind is named.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run this under tests/support/with-server\n";
my $suite = suite_with($RunTest::sound);
# upgrades as a migrator that is given a URL; downgrades as one that reads variables
write_file("$suite/migrations/up.sh", read_file("$suite/migrations/up.sh") =~ s/psql -X/psql "\$DATABASE_URL" -X/gr);
my ($app, $other, $space, $reader) = ("app_$$", "Other Keeper $$", "fast disk $$", "reader_$$");
my @databases;
$ENV{PGOPTIONS} = '-c client_min_messages=warning';

sub url { my ($database) = @_; return $server =~ s{/postgres\?}{/$database?}r }

sub sql {
    my ($database, $sql) = @_;
    open my $psql, '|-', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', url($database) or die;
    print $psql $sql;
    close $psql or die "psql failed: $sql";
    return;
}

sub database {
    my ($template, $owner) = @_;
    my $name = sprintf 'circumstance_%d_%d', $$, scalar @databases;
    sql('postgres', qq{CREATE DATABASE $name TEMPLATE $template} . ($owner ? qq{ OWNER "$owner"} : ''));
    push @databases, $name;
    return $name;
}

my $folder = area('space');
my $owner = (stat `psql -XAt -d '$server' -c 'SHOW data_directory'` =~ s{\n}{}r)[4];
chown $owner, -1, $folder if $> == 0;
sql('postgres', qq{CREATE ROLE $app LOGIN; CREATE ROLE "$other"; CREATE ROLE $reader LOGIN IN ROLE pg_read_all_data;\n}
        . qq{CREATE TABLESPACE "$space" LOCATION '$folder';\n});

END {
    my $status = $?;
    sql('postgres', "DROP DATABASE IF EXISTS $_ WITH (FORCE)") for reverse @databases;
    sql('postgres', qq{DROP TABLESPACE IF EXISTS "$space";\nDROP ROLE IF EXISTS $app, "$other", $reader;\n}) if $app;
    $? = $status;
}

# The baseline, its tables made by the database's owner.
my $base = database('template0', $app);
my $baseline = read_file("$suite/migrations/upgrade-1.sql") . read_file("$suite/fixtures/sample.sql");
sql('postgres', "REVOKE ALL ON DATABASE $base FROM PUBLIC");
sql($base, "SET ROLE $app; $baseline");

# What is special about a source; and what may change later: the change, what is then said of it,
# and whether a dump cannot know that.
my @sources = (
    {name => 'with all at once', special => <<"S", changes => [
CREATE EXTENSION amcheck; CREATE EXTENSION hstore VERSION '1.4';
ALTER TABLE books SET TABLESPACE "$space"; CREATE INDEX by_title ON books (title) TABLESPACE "$space";
CREATE MATERIALIZED VIEW titles TABLESPACE "$space" AS SELECT title FROM books;
CREATE TABLE minutes (t text); ALTER TABLE minutes OWNER TO "$other";
GRANT ALL ON SCHEMA public TO $app, "$other";
SET ROLE "$other"; GRANT SELECT, UPDATE ON minutes TO $app WITH GRANT OPTION; GRANT INSERT (t) ON minutes TO $app;
SET ROLE $app; GRANT SELECT ON minutes TO $reader; RESET ROLE;
ALTER DEFAULT PRIVILEGES FOR ROLE $app GRANT EXECUTE ON FUNCTIONS TO $reader;
ALTER DEFAULT PRIVILEGES FOR ROLE "$other" IN SCHEMA public GRANT SELECT ON TABLES TO $app;
CREATE POLICY own ON books TO $app, "$other" USING (true);
CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw; ALTER SERVER far OWNER TO $app;
CREATE USER MAPPING FOR $app SERVER far OPTIONS (user 'a', password 'b');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'a', password 'b');
S
            ["ALTER TABLE books OWNER TO $reader", qr/owner public\.books table $reader/],
            ['DROP EXTENSION amcheck', qr/amcheck 1\.3 is missing/],
            ['ALTER EXTENSION hstore UPDATE', qr/certified with hstore 1\.4, this is 1\.8/, 'live'],
            ['ALTER TABLE books SET TABLESPACE pg_default', qr/public\.books/, 'live'],
            ['ALTER INDEX by_title SET TABLESPACE pg_default', qr/by_title/, 'live'],
            ['DROP INDEX by_title', qr/by_title/],
            ["REVOKE CREATE ON SCHEMA public FROM $app", qr/public schema CREATE to/],
            ["REVOKE UPDATE ON minutes FROM $app CASCADE", qr/minutes table UPDATE to/],
            ["ALTER DEFAULT PRIVILEGES FOR ROLE $app REVOKE EXECUTE ON FUNCTIONS FROM $reader", qr/default-grant/],
            ["ALTER POLICY own ON books TO $app", qr/policy public\.books\.own/],
            ['DROP USER MAPPING FOR PUBLIC SERVER far', qr/user-mapping far\.PUBLIC/, 'live']]},
    {name => 'whose tables are another role\'s', special => <<"S", changes => [
ALTER TABLE authors OWNER TO "$other"; ALTER TABLE books OWNER TO "$other"; ALTER TABLE loans OWNER TO "$other";
ALTER TABLE schema_version OWNER TO "$other"; GRANT ALL ON SCHEMA public TO "$other";
S
            ["ALTER TABLE authors OWNER TO $app", qr/owner public\.authors/]]},
    {name => 'with a table of a role called as the copy\'s owner', special => 'CREATE TABLE minutes (t text)',
        changes => [["ALTER TABLE minutes OWNER TO $reader", qr/owner public\.minutes/]]},
);

my $deployment = area('runbook') . '/deployment.yaml';
write_file($deployment, "stop: 'true'\nstart: 'true'\n");

sub verify {
    my ($run, $database) = @_;
    my $said = `pgrehearse verify $suite $run->{folder}/certificate.json --database '@{[url($database)]}' 2>&1`;
    return ($? >> 8, $said);
}

# A later state of the database, under its own name.
sub finds {
    my ($run, $database, $change, $message) = @_;
    my $changed = database($database, $app);
    sql('postgres', "ALTER DATABASE $database RENAME TO kept_$$; ALTER DATABASE $changed RENAME TO $database");
    sql($database, $change);
    my ($code, $said) = verify($run, $database);
    sql('postgres', "DROP DATABASE $database WITH (FORCE)");
    sql('postgres', "ALTER DATABASE kept_$$ RENAME TO $database");
    return is($code, 1, "$change: it holds no longer") && like($said, $message, "$change: that is named") || diag($said);
}

sub certifies {
    my ($source, $kind, $database, @arguments) = @_;
    my $run = run_it($suite, ['--scenario', 'certification', @arguments], command => 'certify');
    is($run->{code}, 0, "a source $source->{name}, $kind: certified") or return diag(output_of($run));
    my ($code, $said) = verify($run, $database);
    is($code, 0, "a source $source->{name}, $kind: the certificate holds") or diag($said);
    my $plan = `pgrehearse deploy $suite --database '@{[url($database)]}' --certificate $run->{folder}/certificate.json --deployment $deployment --output @{[area('plan')]} --plan 2>&1`;
    is($?, 0, "a source $source->{name}, $kind: it may be deployed") or diag($plan);
    for my $change (@{$source->{changes}}) {
        my ($sql, $message, $live) = @$change;
        finds($run, $database, $sql, $message) unless $live && $kind eq 'a dump';
    }
    return $said;
}

for my $source (@sources) {
    my $database = database($base, $app);
    sql($database, $source->{special});
    certifies($source, 'live', $database, '--source', url($database));
    certifies($source, 'on a given server', $database, '--source', url($database), '--server', $server)
        if $source == $sources[0];
    my $dump = area('dump') . '/dump';
    system('pg_dump', '-Fc', '-f', $dump, '-d', url($database)) == 0 or die 'pg_dump';
    my $said = certifies($source, 'a dump', $database, '--dump', $dump);
    like($said, qr/^note +extensions +rehearsed with hstore 1\.8, this is 1\.4/m, 'of a dump the version is a note')
        if $said =~ /hstore/;
}
is(leftovers(), '', 'nothing is left');
done_testing;
