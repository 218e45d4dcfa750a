#!/usr/bin/perl
# certify, where the certificate cannot be written or signed: that is said before the rehearsal
# begins where it can be known, and where it happens at the end all reports say so.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use JSON::PP;
use MigrationTest;
use RunTest qw(leftovers area);
use Test::More;

delete $ENV{SSH_AUTH_SOCK};
my $database = database();
my $keys = area('keys');
sql($database, read_file('tests/suites/library/migrations/upgrade-1.sql'));

sub key {
    my ($name, $passphrase) = @_;
    system('ssh-keygen', qw(-q -t ed25519 -N), $passphrase, '-f', "$keys/$name") == 0 or die;
    return "$keys/$name";
}
my $key = key('good', '');

# A PATH without this program, or with a script in its place.
sub programs {
    my ($name, $script) = @_;
    my $folder = area('programs');
    symlink $_, "$folder/" . s{.*/}{}r for grep { !m{/\Q$name\E$} } glob '/usr/bin/*';
    if ($script) {
        write_file("$folder/$name", "#!/bin/sh\n$script\n");
        chmod 0755, "$folder/$name" or die;
    }
    return {PATH => "$RunTest::build/bin:$folder"};
}

my $folder; # of the reports
sub certify {
    my ($environment, @arguments) = @_;
    return run($environment, 'pgrehearse', 'certify', 'tests/suites/library', '--source', $database,
        '--scenario', 'certification', '--output', $folder, @arguments);
}

my ($status, $out, $err);
$folder = area('output');
($status, $out, $err) = certify({}, '--sign', $key);
is($status, 0, 'a sound source is certified') or diag("$out$err");
ok(-s "$folder/$_", "there is $_") for qw(certificate.json certificate.html certificate.json.sig);

sub at_once {
    my ($name, $code, $message, @how) = @_;
    ($status, $out, $err) = certify(@how);
    is($status, $code, "$name: exit $code") or diag("$out$err");
    like($err, qr/\A.*$message.*\n\z/, "$name: it is said in one line");
    is($out, '', "$name: nothing was rehearsed");
    ok(!-e "$folder/run.json", "$name: there are no reports");
    return;
}
$folder = area('output');
write_file("$keys/words", "this is no key\n");
at_once('no key', 2, qr/cannot sign with \S+words: /, {}, '--sign', "$keys/words");
at_once('a key with a passphrase', 2, qr/cannot sign with \S+locked: .*ssh-agent/, {}, '--sign', key('locked', 'sesame'));
at_once('no ssh-keygen', 3, qr/ssh-keygen is not installed: install/, programs('ssh-keygen'), '--sign', $key);
for my $name (qw(certificate.json certificate.html certificate.json.sig)) {
    $folder = area('output');
    mkdir "$folder/$name" or die;
    at_once("$name is a folder", 3, qr/\S+\Q$name\E: Is a directory; .*--output/, {});
}

# What is well at first, and not at the end: the first call of ssh-keygen is the trial.
sub at_the_end {
    my ($name, $message, $script) = @_;
    $folder = area('output');
    ($status, $out, $err) = certify(programs('ssh-keygen', $script =~ s/FOLDER/$folder/gr), '--sign', $key);
    is($status, 3, "$name: exit 3") or diag("$out$err");
    my @lines = grep { /^pgrehearse: / } split /\n/, $err;
    is(scalar @lines, 1, "$name: one line says it") or diag($err);
    like($lines[0] // '', qr/^pgrehearse: the rehearsal passed, but it is not certified: .*$message.*certify again$/,
        "$name: what is missing and what to do");
    unlike($out, qr/^passed/m, "$name: the screen does not say passed");
    like($out, qr/not certified/, "$name: but why not");
    my $json = eval { decode_json(read_file("$folder/run.json")) } // {};
    is($json->{verdict}, 'could not check', "$name: run.json says so");
    like($json->{error} // '', qr/not certified/, "$name: and why");
    like(read_file("$folder/junit.xml"), qr/<testsuites[^>]* errors="1"/, "$name: so does junit.xml");
    like(read_file("$folder/report.html"), qr/not certified/, "$name: and report.html");
    ok(!-f "$folder/$_", "$name: there is no $_") for qw(certificate.json certificate.html certificate.json.sig);
    return;
}
my $sign = 'exec /usr/bin/ssh-keygen "$@"';
at_the_end('no signature', qr/cannot sign with \S+good: no luck/,
    "if [ -e FOLDER/tried ]; then echo no luck >&2; exit 1; fi; touch FOLDER/tried; $sign");
at_the_end('no page', qr/cannot write \S+certificate\.html: Is a directory/,
    "mkdir -p FOLDER/certificate.html; $sign");
at_the_end('no file', qr/cannot write \S+certificate\.json: Is a directory/,
    "mkdir -p FOLDER/certificate.json; $sign");

$folder = area('output');
($status, $out, $err) = certify(
    programs('ssh-keygen', "[ -e $folder/tried ] && exit 1; touch $folder/tried; $sign"), '--sign', $key,
    '--format', 'tap');
is($status, 3, 'as TAP: exit 3');
like($out, qr/^not ok \d+ - the run as a whole$/m, 'as TAP: not ok') or diag($out);

# a certificate that says passed does not lie beside an exit of 3 either
$folder = area('output');
($status, $out, $err) = certify(programs('ssh-keygen',
    "[ -e $folder/tried ] && mkdir -p $folder/run.json; touch $folder/tried; $sign"), '--sign', $key);
is($status, 3, 'no run.json: exit 3') or diag("$out$err");
like($err, qr/^pgrehearse: the rehearsal passed, but it is not certified: cannot write \S+run\.json: .*certify again$/m,
    'no run.json: what is missing');
ok(!-e "$folder/certificate.json", 'no run.json: no certificate');
is(leftovers(), '', 'nothing is left');
done_testing;
