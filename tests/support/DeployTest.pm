# A database at the baseline with rows, the rehearsal's application on it, and a certificate that
# holds for it, as docs/certify.md says what one looks like.
package DeployTest;
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Exporter 'import';
use IO::Socket::INET;
use JSON::PP;
use MigrationTest;
use POSIX qw(strftime);
use Test::More;

our @EXPORT = qw(certified certificate deploy deploy_start journal application is_up everything);

my $count = 0;
my @running;

sub digest_of_folder {
    my ($path) = @_;
    my @files = grep { !m{(^|/)(\.|__pycache__)} } map { s{^\Q$path\E/}{}r } split /\n/, `find '$path' -type f`;
    return map { {path => $_, sha256 => sha256_hex(read_file("$path/$_"))} } sort @files;
}

sub digest_of_list { return sha256_hex(join '', map {"$_->{sha256}  $_->{path}\n"} @_) }

sub suite_digest {
    my ($suite) = @_;
    my $yaml = read_file("$suite/suite.yaml");
    my @parts = ('suite.yaml', map { $yaml =~ /^$_: (\S+)/m } qw(requirements delta));
    my @entries = map { {path => $_, sha256 => sha256_hex(read_file("$suite/$_"))} } @parts;
    while ($yaml =~ /folder: (validations\S+?)\}/g) {
        push @entries, {path => $1, sha256 => digest_of_list(digest_of_folder("$suite/$1"))};
    }
    while ($yaml =~ /^    (?:sql|recipe): (\S+)/mg) {
        push @entries, {path => $1, sha256 => sha256_hex(read_file("$suite/$1"))};
    }
    return digest_of_list(@entries);
}

# Writes the certificate of the suite and of the database as they are now.
sub certificate {
    my ($t, %change) = @_;
    my (undef, $schema) = run({}, 'pgrehearse', 'snapshot', '--database', $t->{url});
    my (undef, $version) = run({}, 'pgrehearse-migrate', '--version');
    my @lines = split /\n/, $schema;
    shift @lines;
    my $c = {
        '$schema' => 'urn:pgrehearse:certificate:1', format_version => 1, id => '0123456789ab',
        pgrehearse => '0.1.0', made_at => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime),
        made_by => 'test', verdict => 'passed', seconds => 1.5, upgrade_seconds => undef,
        suite => {name => 'migration_002', sha256 => suite_digest($t->{suite})},
        migrator => {name => 'native', version => $version =~ s/\n\z//r, replaced => JSON::PP::false,
            baseline => '005', target => '002', history => [],
            files => [digest_of_folder("$t->{suite}/migrations")]},
        source => {dump => JSON::PP::false, display => 'postgresql://there/x', taken_at => undef,
            bytes => undef, rehearsed_on => undef,
            database => value($t->{url}, 'SELECT current_database()'),
            system_identifier => value($t->{url}, 'SELECT system_identifier FROM pg_control_system()'),
            server_version => value($t->{url}, 'SHOW server_version') =~ s/ .*//r,
            revision => '005', settings => [],
            extensions => [map { my ($n, $v) = split / /; {name => $n, version => $v} }
                split /\n/, value($t->{url}, q{SELECT extname || ' ' || extversion FROM pg_extension ORDER BY extname})],
            schema_sha256 => sha256_hex(join '', map {"$_\n"} @lines), schema => [@lines]},
        tables => [], checklist => [],
        run => {'$schema' => 'urn:pgrehearse:run:1', verdict => 'passed'}, %change};
    return write_file($t->{certificate}, JSON::PP->new->canonical->encode($c));
}

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no port: $!";
    return $socket->sockport;
}

# The ground of a test; %change: upgrade => the migrator's command in the suite.
sub certified {
    my (%change) = @_;
    my $t = {suite => copy_of(suite()), url => database(), state => scratch('state' . ++$count),
        output => scratch("output$count"), certificate => scratch("certificate$count.json")};
    mkdir $t->{state} or die;
    my ($failed, undef, $why) = migrate($t->{url}, 'upgrade', '005');
    die $why if $failed;
    ($failed, undef, $why) = run({}, 'pgrehearse', 'generate', $t->{suite}, '--database', $t->{url},
        '--repositories', 4, '--chunks-per-repo', 5);
    die $why if $failed;
    sql($t->{url}, read_file("$t->{suite}/fixtures/sample.sql"));
    if ($change{upgrade}) {
        my $yaml = read_file("$t->{suite}/suite.yaml");
        $yaml =~ s/(    upgrade: ).*/$1$change{upgrade}/ or die;
        write_file("$t->{suite}/suite.yaml", $yaml);
    }
    certificate($t);
    $t->{environment} = {APPLICATION_FOLDER => $t->{suite}, APPLICATION_STATE => $t->{state},
        APPLICATION_PORT => free_port(), APPLICATION_OWNER => $$, DATABASE_URL => $t->{url}};
    $t->{deployment} = "$t->{suite}/application/deployment.yaml";
    push @running, $t;
    application($t, 'start') == 0 or die 'the application does not start';
    return $t;
}

# start, stop or running; its exit status.
sub application {
    my ($t, $command) = @_;
    my ($status) = run($t->{environment}, 'sh', "$t->{suite}/application/control", $command);
    return $status;
}

sub is_up { return application($_[0], 'running') == 0 }
END { my $status = $?; application($_, 'stop') for @running; $? = $status }

sub deploy_start {
    my ($t, @more) = @_;
    return start($t->{environment}, 'pgrehearse', 'deploy', $t->{suite}, '--database',
        $t->{deploy_url} // $t->{url}, '--certificate', $t->{certificate}, '--deployment',
        $t->{deployment}, '--output', $t->{output}, '--yes', @more);
}

sub deploy { return finish(deploy_start(@_)) }

# The journal's lines that have this event, and step if given.
sub journal {
    my ($t, $event, $step) = @_;
    my ($path) = glob "$t->{output}/*.journal";
    my @lines = map { decode_json($_) } split /\n/, $path ? read_file($path) : '';
    return grep { $_->{event} eq $event && (!$step || ($_->{step} // '') eq $step) } @lines;
}

# A digest of all that the database holds: its schema, its rows, and where its sequences stand.
sub everything {
    my ($t) = @_;
    my ($status, $out, $err) = run({}, 'pg_dump', '--inserts', $t->{url});
    die $err if $status;
    $out =~ s/^\\(un)?restrict .*\n//mg;
    utf8::encode($out) if utf8::is_utf8($out);
    return sha256_hex(join "\n", sort split /\n/, $out);
}

1;
