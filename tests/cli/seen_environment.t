#!/usr/bin/perl
# What each child saw of the environment: our own ones what they need, the migrator all but our tokens,
# the source's credentials and what names another database. A fake of each program writes it down.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $seen = area('seen');

# --- the environment: what each variable is, by the kind of its name's first word
my %given = (
    # tokens that are meant for us
    PGREHEARSE_WEBHOOK_TOKEN => 'token', PGREHEARSE_PUSHGATEWAY_TOKEN => 'token', PGREHEARSE_OTLP_TOKEN => 'token',
    OTEL_EXPORTER_OTLP_HEADERS => 'token', PGREHEARSE_HISTORY => 'postgresql://u:bait@127.0.0.1:1/history',
    # another database
    (map { $_ => 'database' } qw(DB_PASSWORD PROD_DB_HOST PROD_DB_PASSWORD APP_DATABASE_PASSWORD RDS_HOSTNAME MYSQL_PWD FLYWAY_URL)),
    DATABASE_URL => 'postgresql://u:bait@127.0.0.1:1/production', REPLICA => 'postgis://u:bait@127.0.0.1:1/replica',
    CACHE => 'rediss://127.0.0.1:1', JDBC => 'jdbc:postgresql://127.0.0.1:1/production', DSN => 'host=127.0.0.1 dbname=bait',
    # libpq
    PGPASSWORD => 'bait', PGSSLROOTCERT => '/nonexistent', PGREQUIREPEER => '', PGAPPNAME => 'bait', PGOPTIONS => '-c geqo=off',
    PGSERVICEFILE => '/nonexistent', PGSSLMINPROTOCOLVERSION => 'TLSv1.2', PGSSLNEGOTIATION => 'postgres',
    # a hook's
    GIT_DIR => '/nonexistent', GIT_ASKPASS => '/bin/false', GIT_CONFIG_NOSYSTEM => '1',
    # the caller's own
    AWS_SECRET_ACCESS_KEY => 'own', PYTHONPATH => 'own', GDFONTPATH => 'own', NODE_OPTIONS => '', SSH_AUTH_SOCK => '/nonexistent');
my @own = qw(AWS_SECRET_ACCESS_KEY PYTHONPATH GDFONTPATH NODE_OPTIONS SSH_AUTH_SOCK GIT_DIR GIT_ASKPASS GIT_CONFIG_NOSYSTEM);
my @libpq = qw(PGPASSWORD PGSSLROOTCERT PGREQUIREPEER PGSERVICEFILE PGSSLMINPROTOCOLVERSION PGSSLNEGOTIATION);

# --- the fakes, each of which becomes the real one
my ($path, $servers) = (area('path'), area('servers'));
chomp(my $real = `tests/support/with-server sh -c 'pg_config --bindir' 2>/dev/null` || '');
($real) = grep { -x "$_/postgres" } ($ENV{PGREHEARSE_PG_BIN} // '', $real, glob '/usr/lib/postgresql/*/bin');

sub fake {
    my ($folder, $name, $program) = @_;
    write_file("$folder/$name", "#!/bin/sh\n{ echo \"--- \$*\"; env; } >>$seen/$name\nexec $program \"\$@\"\n");
    chmod 0755, "$folder/$name" or die;
}
symlink $_, "$servers/" . s{.*/}{}r or die for grep { !m{/(postgres|initdb|pg_dump|pg_restore|psql)$} } glob "$real/*";
fake($servers, $_, "$real/$_") for qw(postgres initdb pg_dump pg_restore psql);
for my $name (qw(git gnuplot)) {
    my ($program) = grep { -x } map { "$_/$name" } split /:/, $ENV{PATH} or die "no $name\n";
    fake($path, $name, $program);
}
chmod 0777, $seen or die;
umask 0;    # the server's account writes there, too
write_file("$seen/$_", '') for qw(postgres initdb pg_dump pg_restore psql git gnuplot migrator version);
umask 022;

sub is_seen {
    my ($name, @may) = @_;
    my %may = map { $_ => 1 } @may;
    my $all = read_file("$seen/$name");
    ok(length $all, "$name was run") or return;
    my %saw = map { $_ => 1 } grep { exists $given{$_} && $all =~ /^\Q$_=$given{$_}\E$/m } keys %given;
    is(join(' ', sort keys %saw), join(' ', sort grep { $may{$_} } keys %given), "$name sees what it may");
    unlike($all, qr/bait/, '  and no secret') unless grep { $_ eq 'PGPASSWORD' } @may;
}

sub forget { write_file($_, '') for glob "$seen/*"; return }

# --- an embedded run: the caller's libpq settings are for some other server
$given{PATH} = "$path:$ENV{PATH}";
my %environment = (%given, PGREHEARSE_PG_BIN => $servers, XDG_CACHE_HOME => area('cache'));
my $sound = sound();
my $suite = suite_with("env >>$seen/migrator\n$sound", undef, '    current: ' => "    version: env >>$seen/version; psql --version\n    current: ");
system("cd $suite && git init -q . && git add . && git -c user.name=a -c user.email=a\@b commit -qm first") == 0 or die;
my $run = run_it($suite, ['--scenario', 'fresh,cost', '--history', area('history') . '/history.db'],
    environment => {%environment, PGREHEARSE_HISTORY => undef});
is($run->{code}, 0, 'an embedded run passes') or diag output_of($run);
delete $given{PATH};
is_seen('migrator', @own);
is_seen($_) for qw(postgres initdb);
is_seen('git', 'GIT_CONFIG_NOSYSTEM');
is_seen('gnuplot', 'GDFONTPATH');

# --- a source, whose credentials the rehearsal on our own server must not see
forget();
for my $program (qw(postgres initdb)) {    # the cage that a copy's server is in lets it run no shell
    unlink "$servers/$program" and symlink "$real/$program", "$servers/$program" or die;
}
my $name = "seen_environment_$$";
my $url = $server =~ s{/postgres\?}{/$name?}r;
system("psql -Xqd '$server' -c 'CREATE DATABASE $name' && cd $suite/migrations && psql -Xq -1 -d '$url' -f upgrade-1.sql") == 0 or die;
END { local $?; system("psql -Xqd '$server' -c 'DROP DATABASE IF EXISTS $name WITH (FORCE)'") if $name }
$run = run_it($suite, ['--scenario', 'certification', '--source', $url], command => 'certify',
    environment => {%environment, PGREHEARSE_HISTORY => undef});
is($run->{code}, 0, 'a certification passes') or diag output_of($run);
is_seen('pg_dump', @libpq);
is_seen('migrator', @own);
is_seen('version', @own);
is_seen('pg_restore', grep { $_ ne 'PGPASSWORD' } @libpq);
is(leftovers(), '', 'nothing is left');
done_testing;
