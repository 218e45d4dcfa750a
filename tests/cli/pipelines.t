#!/usr/bin/perl
# The pipeline files of docs/ci: they are what their systems can read, and the commands in them run
# and leave what the files say is kept.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use Cwd qw(getcwd);
use JSON::PP;
use RunTest;
use Test::More;

my $root = getcwd;
delete @ENV{qw(SHARED_HISTORY PGREHEARSE_HISTORY)};

sub yaml {
    my ($path) = @_;
    # "on" is a key on GitHub, and true in YAML 1.1
    my $read = 'import json, sys, yaml
print(json.dumps(yaml.load(open(sys.argv[1]), Loader=yaml.BaseLoader)))';
    my $json = `/usr/bin/python3 -c '$read' $path`;
    is($?, 0, "$path is YAML");
    return decode_json($json || '{}');
}

my $github = yaml('docs/ci/github-actions.yml');
my $job = $github->{jobs}{rehearse};
ok($github->{on} && $job->{'runs-on'}, 'GitHub: when and where it runs');
my @steps = @{$job->{steps}};
is(scalar(grep { ($_->{uses} // $_->{run}) } @steps), scalar @steps, 'every step does something');
is(join(' ', map { $_->{uses} } grep { $_->{uses} && $_->{uses} !~ /^[\w-]+(\/[\w-]+)+\@v\d+$/ } @steps), '', 'and names a version');
my %uses = map { ($_->{uses} // '') =~ s/\@.*//r => $_ } @steps;
is($uses{$_}{if}, 'always()', "of failed jobs too there is $_") for qw(actions/upload-artifact actions/cache/save);
is($uses{'actions/cache/save'}{with}{path}, $uses{'actions/cache/restore'}{with}{path}, 'what is kept is what is fetched');
my $gitlab = yaml('docs/ci/gitlab-ci.yml')->{rehearse};
is($gitlab->{artifacts}{when}, 'always', 'on GitLab too');
my $jenkins = read_file('docs/ci/Jenkinsfile');
is($jenkins =~ tr/{//, $jenkins =~ tr/}//, 'Jenkins: as many braces are closed as opened');
like($jenkins, qr/^pipeline \{.*^\s+stages \{.*^\s+post \{\s+always \{/ms, 'declarative, with a post section');
my ($sh) = $jenkins =~ /sh\(returnStatus: true, script: '''\n(.*?)'''\)/s;

my $azure = yaml('docs/ci/azure-pipelines.yml')->{jobs}[0];
my ($publish) = grep { $_->{publish} } @{$azure->{steps}};
is($publish->{condition}, 'always()', 'and on Azure');
my ($teamcity) = read_file('docs/ci/teamcity.md') =~ /^```sh\n(.*?)^```/ms;
sub named { my ($steps, $key) = @_; return (grep { ($_->{$key} // '') eq 'rehearse' } @$steps)[0] }
sub task { my ($name) = @_; return (grep { ($_->{task} // '') =~ /^$name\@/ } @{$azure->{steps}})[0]{inputs} }

# its commands, the folder that is kept, its JUnit, its history
my %scripts = (
    github => [named(\@steps, 'name')->{run}, $uses{'actions/upload-artifact'}{with}{path},
        'rehearsal/junit.xml', $uses{'actions/cache/save'}{with}{path}],
    gitlab => [join("\n", @{$gitlab->{script}}), $gitlab->{artifacts}{paths}[0],
        $gitlab->{artifacts}{reports}{junit}, $gitlab->{cache}{paths}[0]],
    jenkins => [$sh, $jenkins =~ /artifacts: '(\w+)/, $jenkins =~ /junit '(.*?)'/, 'history'],
    azure => [named($azure->{steps}, 'displayName')->{bash}, $publish->{publish},
        task('PublishTestResults')->{testResultsFiles}, task('Cache')->{path}],
    teamcity => [$teamcity, 'rehearsal', 'rehearsal/junit.xml', 'history'],
);
is($uses{'github/codeql-action/upload-sarif'}{with}{sarif_file}, 'rehearsal/report.sarif', 'code scanning gets the SARIF');
is($gitlab->{artifacts}{reports}{codequality}, 'rehearsal/code-quality.json', 'GitLab gets its Code Quality');
is_deeply($github->{permissions}, {contents => 'read', 'pull-requests' => 'write', 'security-events' => 'write'},
    'GitHub gives no more rights than are used');

# what the pages show: YAML that parses, and options that exist
my %options = map { $_ => {map { $_ => 1 } `$RunTest::build/bin/pgrehearse $_ --help` =~ /(--[a-z-]+)/g} } qw(run compare certify deploy forecast);
for my $page (glob 'docs/ci/*') {
    my $text = read_file($page);
    my $count = 0;
    while ($text =~ /^```yaml\n(.*?)^```/msg) {
        my $part = area('yaml') . '/part.yml';
        write_file($part, $1);
        yaml($part);
        $count++;
    }
    $text =~ s/\\\n\s*/ /g;
    for my $line (grep { /pgrehearse (?:run|compare|certify|deploy|forecast)\b|scripts\/rehearse\b/ } split /\n/, $text) {
        my ($command) = $line =~ /pgrehearse (run|compare|certify|deploy|forecast)\b/;
        my ($arguments) = $line =~ /(?:pgrehearse \w+|scripts\/rehearse)\b(.*)/;
        my @unknown = grep { !$options{$command // 'run'}{$_} } $arguments =~ /(?<![\w-])(--[a-z-]+)/g;
        is("@unknown", '', "$page: every option exists: $line");
    }
}

for my $system (sort keys %scripts) {
    my ($script, $kept, $junit, $history) = @{$scripts{$system}};
    like($script, qr{(?:\bpgrehearse|\$tool)/scripts/rehearse\b}, "$system: it calls scripts/rehearse");
    ok(-x 'scripts/rehearse', 'which is there');
    # the checkout, with a rehearsal of one scenario on what is built already
    my $where = area($system);
    system('mkdir', '-p', "$where/origin/scripts") == 0 or die;
    write_file("$where/origin/scripts/rehearse", "#!/bin/sh\nexec $RunTest::build/bin/pgrehearse run \"\$@\" --scenario fresh\n");
    chmod 0755, "$where/origin/scripts/rehearse";
    system("cd $where/origin && git init -q && git add -A && git -c user.name=t -c user.email=t\@example.org commit -qm 1") == 0 or die;
    local $ENV{REPOSITORY} = "file://$where/origin";    # Jenkins clones by itself
    local $ENV{PGREHEARSE_REPOSITORY} = $ENV{REPOSITORY};
    local $ENV{TMPDIR} = $ENV{TMPDIR};
    $system =~ /^git/ and (system("git clone -q $ENV{REPOSITORY} $where/pgrehearse") == 0 or die);
    system('cp', '-r', "$root/tests/projects/dbmate", "$where/project") == 0 or die;
    # GitHub has the project in a folder of the workspace, the others in the workspace
    my $tool = $system eq 'teamcity' ? "$ENV{TMPDIR}/pgrehearse" : "$where/pgrehearse";
    $where .= '/project' unless $system eq 'github';
    write_file("$where/script", $script);
    for my $time (1, 2) {
        system('rm', '-rf', $tool) if $time == 2 && $system =~ /^(azure|teamcity)$/;    # which have a new one each time
        is(system("cd $where && bash -e ./script >log 2>&1"), 0, "its commands run, time $time") or diag read_file("$where/log");
    }
    unlike(read_file("$where/log"), qr/not recorded/, 'and record');
    ok(-s "$where/$junit", "JUnit is where it is looked for: $junit");
    ok(-s "$where/$kept/report.html", 'so is the page');
    my $count = 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM runs").fetchone()[0])';
    is(`/usr/bin/python3 -c '$count' $where/$history/runs.db`, "2\n", 'and the history has both runs');

    # a finding is told apart from what could not be checked
    for my $code (1, 3) {
        write_file("$tool/scripts/rehearse", "#!/bin/sh\nexit $code\n");
        next if $system =~ /^(azure|teamcity)$/;    # they clone, and the script's end is the last command's
        is(system("cd $where && bash -e ./script >log 2>&1") >> 8, $code, "exit code $code stays");
        my $word = $code == 1 ? qr/^findings: /m : qr/^::error title=could not check::/m;
        like(read_file("$where/log"), $word, 'and the log says which') if $system eq 'github';
    }
}
like($jenkins, qr/if \(code == 1\) \{\s+error\('findings: .*?\} else if \(code != 0\) \{\s+error\("could not check/s,
    'Jenkins tells both in a word');
is(leftovers(), '', 'nothing is left behind');
done_testing;
