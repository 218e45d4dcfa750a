#!/usr/bin/perl
# Servers that let nobody in without TLS: what watches a migrator's statements sees them there, too. And
# where statements cannot be seen, no check that needs them passes.
use strict;
use warnings;
use lib 'tests/support';
use IO::Socket::INET;
use JSON::PP;
use RunTest;
use Test::More;

my $host = '127.0.0.1';
unless ($ENV{TLS_TEST_PORT}) { # once more, beside a server of our own
    my $folder = area('tls');
    my $free = IO::Socket::INET->new(Listen => 1, LocalAddr => $host) or die "no port: $!";
    $ENV{TLS_TEST_PORT} = $free->sockport;
    $ENV{TLS_TEST_FOLDER} = $folder;
    close $free;
    for my $name (qw(server other)) {
        system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=db.test"
                . " -addext subjectAltName=IP:$host -keyout $folder/$name.key -out $folder/$name.crt 2>/dev/null") == 0
            or die 'openssl';
    }
    chmod 0600, "$folder/server.key" or die $!;
    $> or chown scalar getpwnam('postgres'), -1, "$folder/server.key" or die $!;
    write_file("$folder/hba", "local all all trust\nhostssl all all $host/32 scram-sha-256\n");
    $ENV{WITH_SERVER_SETTINGS} = "-c fsync=off -c full_page_writes=off -c listen_addresses=$host"
        . " -c port=$ENV{TLS_TEST_PORT} -c hba_file=$folder/hba -c ssl=on"
        . " -c ssl_cert_file=$folder/server.crt -c ssl_key_file=$folder/server.key";
    system('tests/support/with-server', $^X, $0) == -1 and die 'with-server';
    exit($? >> 8);
}

my ($port, $folder) = @ENV{qw(TLS_TEST_PORT TLS_TEST_FOLDER)};
my $program = "$RunTest::build/bin/pgrehearse";
my $inside = "$ENV{PGREHEARSE_TEST_SERVER}&port=$port";
my $server = "postgresql://postgres:se%20cret\@$host:$port/postgres";
my $library = 'tests/suites/library';
system('psql', '-Xq', '-d', $inside, '-c', "SET password_encryption = 'scram-sha-256'; ALTER ROLE postgres PASSWORD 'se cret'") == 0
    or die 'psql';
delete @ENV{grep { /^PG/ && $_ ne 'PGREHEARSE_TEST_SERVER' && $_ ne 'PGREHEARSE_BUILD' } keys %ENV};

# Exit status, output, and the run's report.
sub rehearse {
    my ($url, $suite, $scenarios) = @_;
    my $output = area('out');
    my $said = qx{$program run $suite --scenario $scenarios --server '$url' --output $output 2>&1};
    my $status = $? >> 8;
    my $report = read_file("$output/run.json");
    return ($status, $said, $report ? decode_json($report) : {});
}

sub statements {
    my ($report) = @_;
    my ($cost) = grep { $_->{name} eq 'cost' } @{ $report->{scenarios} };
    return scalar @{ $cost->{cost}{statements} // [] };
}

for my $row (['', 'cost'], ['?sslmode=require', 'cost,interrupted'],
    ["?sslmode=verify-full&sslrootcert=$folder/server.crt", 'cost'])
{
    my ($options, $scenarios) = @$row;
    my $name = $options || 'no option';
    my ($status, $said, $report) = rehearse("$server$options", $library, $scenarios);
    is($status, 0, "$name: passed") or diag($said);
    cmp_ok(statements($report), '>', 2, "$name: the statements were seen");
    unlike($said, qr/cannot be watched|not checked/, "$name: nothing was missed");
}

my ($status, $said) = rehearse("$server?sslmode=verify-full&sslrootcert=$folder/other.crt", $library, 'cost');
is($status, 3, 'a server that is not to be trusted: could not check');
like($said, qr/certificate verify failed/, 'and it says why');

for my $row ([$library, 'cost'], ['migration_002', 'stall']) {
    my ($suite, $scenario) = @$row;
    ($status, $said) = rehearse("$server?channel_binding=require", $suite, $scenario);
    is($status, 3, "$scenario, where no statement can be seen: could not check") or diag($said);
    like($said, qr/no statement of the upgrade was seen: .*channel_binding=require/s, "$scenario: it says why");
    like($said, qr/another database was not checked: .*channel_binding=require/, "$scenario: nor where it connects");
}
is(qx{psql -XqAt -d '$inside' -c "SELECT count(*) FROM pg_database WHERE datname ~ '^pgrehearse_'"}, "0\n",
    'no database stays behind');
done_testing;
