#!/usr/bin/perl
# A password in a URL on the command line: every command hides it in the list of processes as soon as
# it runs, in both forms of an option, and no complaint about the command line repeats it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use IO::Socket::INET;
use MigrationTest;
use RunTest qw(leftovers area);
use Test::More;
use Time::HiRes qw(sleep);

# A server that accepts, and never says a word.
my $tarpit = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100) or die "no port: $!";
my $port = $tarpit->sockport;
my $secret = "sesame$$"; # nobody else's
my $url = "postgresql://u:$secret\@127.0.0.1:$port/d";
open STDIN, '<', '/dev/null' or die;
my $certificate = "$FindBin::Bin/../golden/certificate-passed/certificate.json";
my $migrations = folder_of('001_a.sql' => "-- revision: 001\n-- parent: none\n-- message: a\n\n-- up\nSELECT 1;\n");

my $deployment = folder_of('deployment.yaml' => "stop: 'true'\nstart: 'true'\n") . '/deployment.yaml';

sub all_lines {
    my $all = '';
    for my $file (glob '/proc/[0-9]*/cmdline') {
        next if $file eq "/proc/$$/cmdline";
        open my $handle, '<', $file or next;
        local $/;
        $all .= (<$handle> // '') =~ tr/\0/ /r . "\n";
    }
    return $all;
}

sub line_of {
    my ($pid) = @_;
    open my $handle, '<', "/proc/$pid/cmdline" or return '';
    local $/;
    return <$handle> // '';
}

sub is_hidden {
    my ($secret_of_it, @command) = @_;
    my $what = join(' ', @command[0 .. ($command[0] eq 'pgrehearse' ? 1 : 0)]) . ' ' . join ' ', map { /^(--?[a-z]+=?)/ ? $1 : () } @command;
    my $child = start({TMPDIR => $ENV{TMPDIR}}, @command);
    my $seen = wait_until(sub { line_of($child->{pid}) =~ /\*\*\*/ }, "stars in the arguments of $what");
    my $lines = '';
    for (1 .. 5) {
        $lines .= all_lines();
        sleep 0.02;
    }
    kill 'TERM', $child->{pid};
    sleep 0.05;
    kill 'KILL', $child->{pid} if $command[1] eq 'verify';    # which waits for its server, and has nothing to clear away
    my ($status, $out, $err) = finish($child);
    ok($seen, "$what: hidden");
    unlike("$lines$out$err", qr/\Q$secret_of_it\E/, "$what: and nowhere else");
    return;
}
my @output = ('--output', area('output'));
for (['run', '--server', @output], ['certify', '--source', @output],
    ['certify', '--server', '--source', $url, @output], ['deploy', '--database', '--certificate', $certificate, '--deployment', $deployment, '--yes', @output],
    ['validate', '--database', 'pre-migration'], ['generate', '--database'], ['snapshot', '--database'],
    ['verify', '--database', "$FindBin::Bin/../suites/library", $certificate], ['compare', '--server', '--base-migrations', suite('migrations'), @output],
    ['forecast', '--source', @output], ['forecast', '--server', '--rows', 'code_chunks=1000', @output],
    ['doctor', '--server'], ['history', '--history'], ['run', '--history', '--server', $url, @output])
{
    my ($command, $option, @more) = @$_;
    is_hidden($secret, 'pgrehearse', $command, $option, $url, @more);
    is_hidden($secret, 'pgrehearse', $command, "$option=$url", @more);
}
for my $option (qw(--webhook --pushgateway --otlp)) {
    my $http = "http://u:$secret\@127.0.0.1:$port/hooks/open$secret";
    is_hidden($secret, 'pgrehearse', 'run', $option, $http, '--server', $url, @output);
    is_hidden($secret, 'pgrehearse', 'run', "$option=$http", "--server=$url", @output);
}
is_hidden($secret, "$RunTest::build/scenarios/fresh.t", '--server', $url);
is_hidden($secret, 'pgrehearse-migrate', @$_, 'current', '--migrations', $migrations) for ["--database=$url"], ['--database', $url], ['-d', $url], ["-d$url"];
is_hidden($secret, 'pgrehearse', 'snapshot', "--database=postgresql://u\@127.0.0.1:$port/d?passwor%64=$secret");
is_hidden($secret, 'pgrehearse', 'snapshot', "--database=host=127.0.0.1 port=$port password=$secret user=u");
is(leftovers(), '', 'nothing is left');

# a URL where none belongs: the complaint does not repeat its password
for (['run', "--sorce=$url"], ['run', $url], ['snapshot', $url], ['validate', $url], ['validate', 'x', '--database', $url],
    ['verify', $url], ['history', $url], ['deploy', $url], ['list', $url], ['show', $url], ['diff', $url, $url], [$url],
    ['doctor', $url], ['doctor', "--server=$url", '--server', $url], ['forecast', "--rows=$url"], ['compare', '--base-migrations', $url],
    ['run', "--webhok=http://127.0.0.1/$secret"], map { ['run', @output, $_, $url] } qw(--jobs --scenario --migrator --migrations --format --seed --time-limit)) {
    my ($status, $out, $err) = run({}, 'pgrehearse', @$_);
    my $what = join(' ', map { s/:\/\/.*/:\/\/…/r } grep { $_ ne $output[0] && $_ ne $output[1] } @$_);
    ok($status == 2 || $status == 3, "$what: refused") or diag($out, $err);
    unlike("$out$err", qr/$secret/, "$what: without the password");
}
for (["--bad=$url"], [$url], ['current', $url], ['current', '--migrations', $url], ['upgrade', $url], ['stamp', 'head', $url]) {
    my ($status, $out, $err) = run({DATABASE_URL => 'postgresql://127.0.0.1:1/d'}, 'pgrehearse-migrate', @$_);
    isnt($status, 0, 'pgrehearse-migrate: refused');
    unlike("$out$err", qr/$secret/, 'pgrehearse-migrate ' . join(' ', map { s/:\/\/.*/:\/\/…/r } @$_) . ': without the password');
}
done_testing;
