# A database at the baseline with rows, its certificate, and the rehearsal's application on it.
package DeployTest;
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Exporter 'import';
use IO::Socket::INET;
use JSON::PP;
use MigrationTest;
use Test::More;

our @EXPORT = qw(certified certificate deploy deploy_start journal application is_up everything);

my $count = 0;
my @running;

# Certifies the suite on the database as they are now; %change replaces members of the certificate.
sub certificate {
    my ($t, %change) = @_;
    my $folder = $t->{certified} = scratch('certified' . ++$count);
    my ($status, $out, $err) = run($t->{environment}, 'pgrehearse', 'certify', $t->{suite},
        '--source', $t->{url}, '--output', $folder, $t->{scenarios} ? ('--scenario', $t->{scenarios}) : ());
    die "$out$err" if $status;
    my $c = decode_json(read_file("$folder/certificate.json"));
    return write_file($t->{certificate}, JSON::PP->new->utf8->canonical->encode({%$c, %change}));
}

# Below the ports that connections get by themselves, or one could take it while the application is down.
sub free_port {
    for (1 .. 1000) {
        my $port = 10000 + int rand 20000;
        return $port if IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => $port);
    }
    die 'no port is free';
}

# The ground of a test; %change: upgrade => the migrator's command in the suite, scenarios => those
# that certify, instead of the usual ones.
sub certified {
    my (%change) = @_;
    my $t = {suite => copy_of(suite()), url => database(), state => scratch('state' . ++$count),
        output => scratch("output$count"), certificate => scratch("certificate$count.json"),
        scenarios => $change{scenarios}};
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
    $t->{environment} = {APPLICATION_FOLDER => $t->{suite}, APPLICATION_STATE => $t->{state},
        APPLICATION_PORT => free_port(), APPLICATION_OWNER => $$, DATABASE_URL => $t->{url}};
    $t->{deployment} = "$t->{suite}/application/deployment.yaml";
    certificate($t);
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
