#!/usr/bin/perl
# What a run tells others: the bodies, read by others' readers; tokens; and receivers that are down,
# slow, broken or false, none of which changes the verdict.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use IO::Socket::INET;
use JSON::PP;
use RunTest;
use Test::More;
use Time::HiRes qw(time);

delete @ENV{grep {/^(PGREHEARSE_\w+_TOKEN|OTEL_.*|CURL_CA_BUNDLE|SSL_CERT_\w+|\w*_proxy|\w*_PROXY)$/} keys %ENV};
my $area = area('outward');
$ENV{HOME} = $area;    # where a .netrc is looked for
my $suite = suite_with(sound());
my $unsent = qr/results were not sent/;
my (@pids, @pipes);    # a pipe that is let go waits for its process
END { my $status = $?; kill 'KILL', @pids if @pids; $? = $status }

sub receiver {
    my ($folder, @certificate) = @_;
    my $pid = open my $out, '-|', '/usr/bin/python3', 'tests/support/receiver.py', $folder, @certificate
        or die "receiver: $!";
    push @pids, $pid;
    push @pipes, $out;
    my $port = <$out> // die 'the receiver does not start';
    chomp $port;
    return $port;
}

# The requests that came since the last call, in their order.
sub requests {
    my ($folder) = @_;
    my @all;
    for my $file (sort { $a =~ s/\D//gr <=> $b =~ s/\D//gr } map { s{.*/}{}r } glob "$folder/*.json") {
        push @all, decode_json(read_file("$folder/$file"));
        unlink "$folder/$file";
    }
    return @all;
}

sub send_to {
    my ($arguments, %environment) = @_;
    return run_it($suite, ['--scenario', 'fresh', @$arguments], environment => \%environment);
}

sub warnings_of { return grep { $_ =~ $unsent } split /\n/, read_file($_[0]{err}) }

my $folder = area('requests');
my $port = receiver($folder);
my $base = "http://127.0.0.1:$port";

# --- what is sent
my $run = send_to(['--webhook', "$base/ok/hook?a=b", '--pushgateway', "$base/ok/push/", '--otlp', "$base/ok/otlp"],
    PGREHEARSE_WEBHOOK_TOKEN => 's3cret-1', PGREHEARSE_PUSHGATEWAY_TOKEN => 's3cret-2',
    OTEL_EXPORTER_OTLP_HEADERS => 'api-key=s3cret%203, x-other=y');
is($run->{code}, 0, 'a run that sends passes') or diag output_of($run);
is(join('', warnings_of($run)), '', 'and all is taken');
my %by = map { $_->{path} => $_ } requests($folder);
is(scalar keys %by, 4, 'webhook, Pushgateway, metrics, traces');
my $record = decode_json(read_file("$run->{folder}/run.json"));

my $hook = $by{'/ok/hook?a=b'};
is($hook->{method}, 'POST', 'the webhook gets a POST');
is($hook->{headers}{'content-type'}, 'application/json', 'of JSON');
is($hook->{headers}{authorization}, 'Bearer s3cret-1', 'with its token');
is($hook->{headers}{'idempotency-key'}, $record->{id}, 'and the run as key');
is_deeply(decode_json($hook->{body}), $record, 'its body is run.json');

my ($push) = grep { $_->{path} =~ m{/push/} } values %by;
is($push->{method}, 'PUT', 'the Pushgateway gets a PUT');
like($push->{path}, qr{^/ok/push/metrics/job/pgrehearse/suite/library/migrator/psql/instance(\@base64)?/[^/]+$}, 'with the grouping key');
is($push->{headers}{authorization}, 'Bearer s3cret-2', 'and its own token');
write_file("$area/metrics", $push->{body});
my $parse = 'import sys, json
from prometheus_client.parser import text_string_to_metric_families as families
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]]
    for f in families(open(sys.argv[1], encoding="utf-8").read())]))';
my $families = decode_json(`/usr/bin/python3 -c '$parse' $area/metrics` || '[]');
cmp_ok(scalar @$families, '>=', 8, "Prometheus' own parser reads it");
my %family = map { $_->[0] => $_ } @$families;
is(scalar keys %family, scalar @$families, 'each family is there once');
is(join(' ', grep { $_->[1] ne 'gauge' || !$_->[2] || $_->[0] !~ /^pgrehearse_[a-z_]+$/ || !@{$_->[3]} } @$families), '',
    'each has type, help, a good name and samples');
my ($upgrade) = grep { $_->[1]{measure} eq 'upgrade' } @{$family{pgrehearse_measurement_seconds}[3]};
my ($measured) = grep { $_->{name} eq 'upgrade' } map { @{$_->{measurements}} } @{$record->{scenarios}[0]{steps}};
cmp_ok(abs($upgrade->[2] - $measured->{value}), '<', 1e-5, 'the upgrade took what run.json says');
is($family{pgrehearse_run_exit_code}[3][0][2], 0, 'the exit code');
my ($passed) = grep { $_->[1]{outcome} eq 'passed' } @{$family{pgrehearse_run_checks}[3]};
is($passed->[2], $record->{counts}{passed}, 'the checks');

my ($metrics, $traces) = map { $by{"/ok/otlp/v1/$_"} } qw(metrics traces);
is($_->{headers}{'api-key'}, 's3cret 3', 'OTLP gets the headers of its variable, decoded') for $metrics, $traces;
is($_->{headers}{'x-other'}, 'y', 'each of them') for $metrics, $traces;

# Every member has to be one that the messages of opentelemetry-proto have, and of their JSON types.
my %any = (stringValue => qr/./);
my @attributes = [{key => qr/^[a-z._]+$/, value => \%any}];
my %resource = (attributes => @attributes);
my %scope = (name => qr/^pgrehearse$/, version => qr/^\d/);
my $nano = qr/^"\d{19}"$/;
my %point = (attributes => @attributes, startTimeUnixNano => $nano, timeUnixNano => $nano, asDouble => qr/^[-\d.e]+$/);
my %metric = (name => qr/^pgrehearse\./, description => qr/./, unit => qr/^(s|By|1|\{row\})$/, gauge => {dataPoints => [\%point]});
my %span = (traceId => qr/^[0-9a-f]{32}$/, spanId => qr/^[0-9a-f]{16}$/, parentSpanId => qr/^[0-9a-f]{16}$/, name => qr/./,
    kind => qr/^1$/, startTimeUnixNano => $nano, endTimeUnixNano => $nano, status => {code => qr/^[12]$/, message => qr/./});
sub misfit {
    my ($value, $shape, $where) = @_;
    if (ref $shape eq 'HASH') {
        return "$where: no object" if ref $value ne 'HASH';
        return map { $shape->{$_} ? misfit($value->{$_}, $shape->{$_}, "$where.$_") : "$where.$_: unknown" } sort keys %$value;
    }
    if (ref $shape eq 'ARRAY') {
        return "$where: no array" if ref $value ne 'ARRAY';
        return map { misfit($_, $shape->[0], "$where\[]") } @$value;
    }
    my $text = $shape eq $nano ? JSON::PP->new->allow_nonref->encode($value) : $value;
    return ref $value || $text !~ $shape ? "$where: $text" : ();
}
my $m = decode_json($metrics->{body});
is(join("\n", misfit($m, {resourceMetrics => [{resource => \%resource,
    scopeMetrics => [{scope => \%scope, metrics => [\%metric]}]}]}, 'metrics')), '', 'metrics as the protocol has them');
my @points = map { @{$_->{gauge}{dataPoints}} } @{$m->{resourceMetrics}[0]{scopeMetrics}[0]{metrics}};
my ($point) = grep { grep { ($_->{value}{stringValue} // '') eq 'upgrade' } @{$_->{attributes}} } @points;
cmp_ok(abs($point->{asDouble} - $measured->{value}), '<', 1e-5, 'the upgrade is among them');
my $t = decode_json($traces->{body});
is(join("\n", misfit($t, {resourceSpans => [{resource => \%resource,
    scopeSpans => [{scope => \%scope, spans => [\%span]}]}]}, 'traces')), '', 'traces too');
my @spans = @{$t->{resourceSpans}[0]{scopeSpans}[0]{spans}};
my %ids = map { $_->{spanId} => 1 } @spans;
is(scalar keys %ids, scalar @spans, 'no span twice');
is(scalar @spans, 2 + @{$record->{scenarios}[0]{steps}}, 'the run, its scenario, its steps');
is(scalar(grep { !$_->{parentSpanId} } @spans), 1, 'one root');
is(scalar(grep { $_->{parentSpanId} && !$ids{$_->{parentSpanId}} } @spans), 0, 'every parent is there');
is(scalar(grep { $_->{endTimeUnixNano} < $_->{startTimeUnixNano} } @spans), 0, 'none ends before it begins');
unlike(output_of($run) . all_files($run->{folder}), qr/s3cret/, 'no token is anywhere');

# --- a finding stays one, and is told
my $finding = run_it(suite_with('echo broken >&2; exit 1'), ['--scenario', 'fresh', '--webhook', "$base/ok/hook"]);
is($finding->{code}, 1, 'a finding stays a finding');
is(decode_json((requests($folder))[0]{body})->{exit_code}, 1, 'and is what the receiver gets');

# --- tried again
for (['once500', 2, 'after a 500'], ['later', 2, 'after a 429']) {
    my ($path, $times, $name) = @$_;
    my $run = send_to(['--webhook', "$base/$path/x"]);
    my @came = requests($folder);
    is(scalar @came, $times, "$name it is sent again");
    is($run->{code} . join('', warnings_of($run)), '0', 'and taken');
    cmp_ok($came[1]{at} - $came[0]{at}, '>=', 0.99, 'not before Retry-After') if $path eq 'later';
    is($came[0]{body}, $came[1]{body}, 'the same');
}

# --- not taken: one line, the verdict as it was, in time
my $closed = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport;
my @wrong = (
    ['down', "http://127.0.0.1:$closed/s3cret", qr/after \d+ tries: .*(refused|connect)/i],
    ['slow', "$base/slow/s3cret", qr/timed out/i],
    ['answering 500', "$base/500/s3cret", qr/after \d+ tries: it answered 500/],
    ['to be asked in an hour', "$base/much-later/s3cret", qr/a retry after 3600 s/],
    ['without an end', "$base/endless/s3cret", qr/does not end/],
    ['moved', "$base/moved/s3cret", qr/answered 307, a redirect/],
    ['refusing', "$base/teapot/s3cret", qr/it answered 418/],
    ['without a name', 'http://nobody.invalid/s3cret', qr/resolve/i],
    ['with a password', "http://me:s3cret\@127.0.0.1:$port/500", qr/it answered 500/],
);
for (@wrong) {
    my ($name, $url, $why) = @$_;
    my $run = send_to(['--webhook', $url, '--outward-limit', '2']);
    my @lines = warnings_of($run);
    is($run->{code}, 0, "a receiver $name: the run passes all the same") or diag output_of($run);
    is(scalar @lines, 1, 'one line warns');
    like($lines[0] // '', qr/$unsent: the webhook http:\S+ .*$why/, 'and says why');
    unlike(output_of($run) . all_files($run->{folder}), qr/s3cret/, 'without what is secret in the URL');
    cmp_ok($run->{seconds}, '<', 200, 'it does not hang');
}
is(scalar(grep { $_->{path} eq '/ok/elsewhere' } requests($folder)), 0, 'no redirect was followed');
my $all = send_to(['--webhook', "$base/slow", '--pushgateway', "$base/500", '--otlp', "$base/rejected", '--outward-limit', '2']);
is($all->{code}, 0, 'all three at once: passed');
is(scalar(warnings_of($all)), 3, 'three lines');
like(output_of($all), qr/the receiver of OTLP rejected 3 of the items: too old/, 'a part that was rejected is told');
requests($folder);

# --- credentials
my $userinfo = send_to(['--webhook', "http://me:pa%3Ass\@127.0.0.1:$port/ok"]);
is((requests($folder))[0]{headers}{authorization}, 'Basic bWU6cGE6c3M=', 'user and password of the URL');
write_file("$area/.netrc", "machine 127.0.0.1 login you password word\n");
chmod 0600, "$area/.netrc";
send_to(['--webhook', "$base/ok"]);
is((requests($folder))[0]{headers}{authorization}, 'Basic eW91OndvcmQ=', 'or those of ~/.netrc');
send_to(['--webhook', "$base/ok"], PGREHEARSE_WEBHOOK_TOKEN => 'token');
is((requests($folder))[0]{headers}{authorization}, 'Bearer token', 'a token goes before');
unlink "$area/.netrc";
my $broken = send_to(['--webhook', "$base/ok"], PGREHEARSE_WEBHOOK_TOKEN => "a\r\nX-Evil: 1");
is(scalar(requests($folder)), 0, 'a token with a line break is not sent');
like(output_of($broken), qr/$unsent: PGREHEARSE_WEBHOOK_TOKEN contains a line break/, 'and told');

# --- TLS
my @openssl = ('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', "$area/key.pem", '-out', "$area/cert.pem");
system("@openssl 2>$area/openssl.log") == 0 or die read_file("$area/openssl.log");
my $tls_port = receiver($folder, "$area/cert.pem", "$area/key.pem");
for my $variable (qw(CURL_CA_BUNDLE SSL_CERT_FILE)) {
    my $run = send_to(['--webhook', "https://localhost:$tls_port/ok"], $variable => "$area/cert.pem");
    is(join('', warnings_of($run)), '', "a certificate that $variable trusts is taken");
    is(scalar(requests($folder)), 1, 'and the results arrive');
}
for (['nobody trusts', "https://localhost:$tls_port/ok"], ['is of another name', "https://127.0.0.1:$tls_port/ok", CURL_CA_BUNDLE => "$area/cert.pem"]) {
    my ($name, $url, %environment) = @$_;
    my $run = send_to(['--webhook', $url], %environment);
    is($run->{code}, 0, "a certificate that $name: the run passes");
    like(join("\n", warnings_of($run)), qr/^pgrehearse: $unsent: the webhook https:[^\n]*(certificate|subject)[^\n]*$/i, 'one line warns');
    is(scalar(requests($folder)), 0, 'and nothing is sent');
}

# --- the command line
for (['--webhook', 'nowhere'], ['--webhook', ''], ['--pushgateway', 'file:///etc/passwd'], ['--otlp', 'ftp://u:s3cret@h/'],
    ['--webhook', "$base/ok", '--outward-limit', '0']) {
    my $run = send_to($_);
    is($run->{code}, 2, "@$_: exit 2");
    unlike(output_of($run), qr/s3cret/, 'without a password');
}
is(scalar(requests($folder)), 0, 'nothing was sent');

# --- stopped while it sends
my $stopped = start_run($suite, ['--scenario', 'fresh', '--webhook', "$base/slow"]);
wait_until(sub { glob "$folder/*.json" }, 'the request');
kill 'TERM', $stopped->{pid};
finish_run($stopped, 200);
is($stopped->{code}, 0, 'the verdict stands, since the run had ended');
like(output_of($stopped), qr/$unsent: the webhook \S+ interrupted/, 'nobody waits for the receiver');

is(leftovers(), '', 'nothing is left behind');
done_testing;
