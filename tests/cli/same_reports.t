#!/usr/bin/perl
# certify, deploy, compare and forecast report what happens as `run` does: JUnit, JSON and the page are
# there, and name the same checks with the same verdict, as does TAP on standard output.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use DeployTest;
use JSON::PP;
use MigrationTest;
use Test::More;

my @small = qw(--repositories 2 --chunks-per-repo 4 --embeddings 0);
my $t = certified(scenarios => 'certification');

sub unescaped {
    my ($text) = @_;
    my %sign = (lt => '<', gt => '>', quot => '"', apos => "'", amp => '&', '#39' => "'", '#34' => '"');
    $text =~ s/&(#?\w+);/$sign{$1} \/\/ "&$1;"/ge;
    return $text;
}

# What the three files say: the checks by name, and the verdict.
sub agree {
    my ($name, $folder, $verdict, $tap) = @_;
    my $run = decode_json(read_file("$folder/run.json"));
    my @checks = sort map { map { $_->{name} } @{$_->{checks}} } map { @{$_->{steps}} } @{$run->{scenarios}};
    cmp_ok(scalar @checks, '>', 0, "$name: there are checks");
    is($run->{verdict}, $verdict, "$name: run.json says $verdict");
    my $junit = read_file("$folder/junit.xml");
    # a run that failed as a whole has a case of its own, for no check
    my @cases = grep { $_ ne 'the whole of it' } $junit =~ /<testcase [^>]*? name="([^"]*)"/g;
    is(scalar @cases, scalar @checks, "$name: JUnit has as many") or diag($junit);
    my ($failures, $errors) = $junit =~ /<testsuites [^>]*failures="(\d+)" errors="(\d+)"/;
    my $said = $failures ? 'findings' : $errors ? 'could not check' : 'passed';
    is($said, $verdict, "$name: JUnit says the same");
    my $page = unescaped(read_file("$folder/report.html"));
    my @missing = grep { index($page, $_) < 0 } @checks;
    is("@missing", '', "$name: the page has each of them");
    is(scalar(grep { my $check = $_; !grep { index(unescaped($_), $check) >= 0 } @cases } @checks), 0,
        "$name: and JUnit names them");
    like($page, qr/\Q$verdict\E/i, "$name: and the page says $verdict");
    return if !defined $tap;
    my $lines = () = $tap =~ /^(?:not )?ok \d+ - /mg;
    like($tap, qr/\ATAP version 13$/m, "$name: standard output is TAP");
    is($lines, scalar @checks, "$name: with a line for each");
    like($tap, qr/^1\.\.$lines$/m, "$name: as planned");
    return $run;
}

# certify: certified() did it
my ($status, $out, $err);
agree('certify', $t->{certified}, 'passed');

# deploy: a failure, with the way back; and success
my $sound = read_file("$t->{suite}/application/deployment.yaml");
(my $broken = $sound) =~ s/^stop: /stop: mkdir $t->{state}\/once && exit 4; /m or die;
$t->{deployment} = write_file("$t->{state}/deployment.yaml", $broken);
($status, $out, $err) = deploy($t, '--format', 'tap');
is($status, 1, 'deploy, services that do not stop: exit 1') or diag($out, $err);
my $run = agree('deploy that failed', $t->{output}, 'findings', $out);
my %outcome = map { $_->{title} => $_->{checks}[0]{outcome} } @{$run->{scenarios}[0]{steps}};
is($outcome{stop}, 'finding', 'the step that failed is a finding');
is($outcome{upgrade}, 'not run', 'what came after did not run');
is($outcome{'rollback-start'}, 'passed', 'and the way back is reported');
write_file($t->{deployment}, $sound);
($status, $out, $err) = deploy($t, '--until', 'stop', '--report', "junit=$t->{state}/part.xml");
is($status, 3, 'deploy, a part: exit 3') or diag($out, $err);
agree('deploy in part', $t->{output}, 'could not check');
($status, $out, $err) = deploy($t, '--format', 'tap');
is($status, 0, 'deploy: exit 0') or diag($out, $err);
agree('deploy', $t->{output}, 'passed', $out);
like($err, qr/^steps$/m, 'the plan goes to standard error where standard output is a document');

# compare and forecast
my $migrations = "$t->{suite}/migrations";
($status, $out, $err) = run({}, 'pgrehearse', 'compare', $t->{suite}, '--base-migrations', $migrations, @small,
    '--rounds', 8, '--threshold', 900, '--format', 'tap', '--output', scratch('compare'));
is($status, 0, 'compare: exit 0') or diag($out, $err);
agree('compare', scratch('compare'), 'passed', $out);
($status, $out, $err) = run({}, 'pgrehearse', 'forecast', $t->{suite}, '--rows', 'repositories=100', '--at-sizes', '2,4,8',
    '--rounds', 2, '--time-limit', '0.000001', '--format', 'tap', '--output', scratch('forecast'));
is($status, 1, 'forecast beyond the limit: exit 1') or diag($out, $err);
agree('forecast', scratch('forecast'), 'findings', $out);

# no server: the files are there too, and say that it could not be checked
($status, $out, $err) = run({}, 'pgrehearse', 'compare', $t->{suite}, '--base-migrations', $migrations, @small,
    '--server', 'postgresql://127.0.0.1:9/postgres', '--format', 'tap', '--output', scratch('nowhere'));
is($status, 3, 'compare without a server: exit 3') or diag($out, $err);
agree('compare without a server', scratch('nowhere'), 'could not check', $out);
done_testing;
