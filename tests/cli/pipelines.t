#!/usr/bin/perl
# The pipeline files of docs/ci, the action and the component: they are what their systems can read, their inputs
# and options exist, and the commands in them run and leave what the files say is kept.
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

# The documents of a file; several of them are a component of GitLab.
sub yaml {
    my ($path) = @_;
    # "on" is a key on GitHub, and true in YAML 1.1
    my $read = 'import json, sys, yaml
print(json.dumps(list(yaml.load_all(open(sys.argv[1]), Loader=yaml.BaseLoader))))';
    my $json = `/usr/bin/python3 -c '$read' $path`;
    is($?, 0, "$path is YAML");
    my @documents = @{decode_json($json || '[{}]')};
    return wantarray ? @documents : $documents[0];
}

my $action = yaml('action.yml');
my $github = yaml('docs/ci/github-actions.yml');
my $job = $github->{jobs}{rehearse};
ok($github->{on} && $job->{'runs-on'}, 'GitHub: when and where it runs');
my @steps = @{$job->{steps}};
is(scalar(grep { ($_->{uses} // $_->{run}) } @steps), scalar @steps, 'every step does something');
is(join(' ', map { $_->{uses} } grep { $_->{uses} && $_->{uses} !~ /^[\w-]+(\/[\w-]+)+\@v\d+(\.\d+)*$/ } @steps), '', 'and names a version');
my %uses = map { ($_->{uses} // '') =~ s/\@.*//r => $_ } @steps;
is($uses{$_}{if}, 'always()', "of failed jobs too there is $_") for qw(actions/upload-artifact actions/cache/save);
is($uses{'actions/cache/save'}{with}{path}, $uses{'actions/cache/restore'}{with}{path}, 'what is kept is what is fetched');
my $gitlab = yaml('docs/ci/gitlab-ci.yml')->{rehearse};
my ($spec, $component) = yaml('templates/rehearse.yml');
is($_->{artifacts}{when}, 'always', 'on GitLab too') for $gitlab, $component->{rehearse};
my $jenkins = read_file('docs/ci/Jenkinsfile');
is($jenkins =~ tr/{//, $jenkins =~ tr/}//, 'Jenkins: as many braces are closed as opened');
like($jenkins, qr/^pipeline \{.*^\s+stages \{.*^\s+post \{\s+always \{/ms, 'declarative, with a post section');
my ($sh) = $jenkins =~ /sh\(returnStatus: true, script: '''\n(.*?)'''\)/s;

my $azure = yaml('docs/ci/azure-pipelines.yml')->{jobs}[0];
my ($publish) = grep { $_->{publish} } @{$azure->{steps}};
is($publish->{condition}, 'always()', 'and on Azure');
my ($teamcity) = read_file('docs/ci/teamcity.md') =~ /^```sh\n(.*?)^```/ms;
sub named { my ($steps, $key, $name) = @_; return (grep { ($_->{$key} // '') eq $name } @$steps)[0] }
sub task { my ($name) = @_; return (grep { ($_->{task} // '') =~ /^$name\@/ } @{$azure->{steps}})[0]{inputs} }

# Inputs that are used are declared, and the other way round.
my $told = read_file("action.yml");
is_deeply([sort keys %{{map { $_ => 1 } $told =~ /\$\{\{ inputs\.([a-z-]+) \}\}/g}}], [sort keys %{$action->{inputs}}], 'the action uses its inputs');
is_deeply([sort keys %{{map { $_ => 1 } read_file('templates/rehearse.yml') =~ /\$\[\[ inputs\.([a-z-]+) \]\]/g}}],
    [sort keys %{$spec->{spec}{inputs}}], 'and the component');
is_deeply([grep { !($_->{description} // '') } values %{$action->{inputs}}], [], 'each input is described');
is($action->{runs}{using}, 'composite', 'the action is a composite one');
is(scalar(grep { $_->{shell} eq 'bash' } @{$action->{runs}{steps}}), scalar @{$action->{runs}{steps}}, 'whose steps name their shell');
my ($release) = read_file('CHANGELOG.md') =~ /^## ([0-9.]+) \(/m;
like(read_file($_), qr/\bpgrehearse\@v\Q$release\E\b/, "$_ names the last release") for 'docs/ci/github-actions.yml', 'docs/ci/github.md';
like(read_file('docs/ci/gitlab.md'), qr/rehearse\@\Q$release\E\b.*pgrehearse_\Q$release\E_/s, 'and so does docs/ci/gitlab.md');

# The arguments of the action and of the component, wherever one is used.
my %run_options = map { $_ => 1 } `$RunTest::build/bin/pgrehearse run --help` =~ /(--[a-z-]+)/g;
sub check_uses {
    my ($page, $data) = @_;
    if (ref $data eq 'ARRAY') { check_uses($page, $_) for @$data; return }
    return unless ref $data eq 'HASH';
    my $inputs = ($data->{uses} // '') =~ m{/pgrehearse\@} ? $action->{inputs} : $data->{component} ? $spec->{spec}{inputs} : undef;
    if ($inputs) {
        my $given = $data->{with} // $data->{inputs} // {};
        is_deeply([grep { !$inputs->{$_} } keys %$given], [], "$page: the inputs exist");
        is_deeply([grep { !$run_options{$_} } ($given->{arguments} // '') =~ /(--[a-z-]+)/g], [], "$page: and the options: " . ($given->{arguments} // ''));
    }
    check_uses($page, $_) for values %$data;
}
check_uses('docs/ci/github-actions.yml', $github);
for my $page (glob 'docs/ci/*.md docs/*.md') {
    my $text = read_file($page);
    while ($text =~ /^```yaml\n(.*?)^```/msg) {
        my $part = area('yaml') . '/part.yml';
        write_file($part, $1);
        check_uses($page, scalar yaml($part));
    }
}

# As GitHub fills in expressions.
my %expressions = ('github.action_repository' => 'OWNER/pgrehearse', 'github.action_ref' => "v$release", 'github.token' => 'T',
    map { ("inputs.$_" => $uses{'OWNER/pgrehearse'}{with}{$_} // $action->{inputs}{$_}{default}) } keys %{$action->{inputs}});
$expressions{'inputs.project'} = 'project';
$expressions{$_} =~ s/\$\{\{ env\.SHARED_HISTORY \|\| '(.*?)' \}\}/$1/ for keys %expressions;
sub step_script {
    my ($step) = @_;
    my $set = join '', map { my $value = $step->{env}{$_} =~ s/\$\{\{ (.*?) \}\}/$expressions{$1} \/\/ die $1/ger; "export $_='$value'\n" }
        sort keys %{$step->{env} // {}};
    return $set . $step->{run};
}

# its commands, the folder that is kept, its JUnit, its history
my %scripts = (
    github => [join("\n", "mkdir -p history", map { '(' . step_script($_) . "\n)" } @{$action->{runs}{steps}}), $uses{'actions/upload-artifact'}{with}{path},
        'rehearsal/junit.xml', $uses{'actions/cache/save'}{with}{path}],
    gitlab => [join("\n", @{$gitlab->{before_script}}, @{$gitlab->{script}}), $gitlab->{artifacts}{paths}[0],
        $gitlab->{artifacts}{reports}{junit}, $gitlab->{cache}{paths}[0]],
    component => [join("\n", @{$component->{rehearse}{script}}) =~ s/\$\[\[ inputs\.(\w+) \]\]/$spec->{spec}{inputs}{$1}{default}/gr,
        $component->{rehearse}{artifacts}{paths}[0], $component->{rehearse}{artifacts}{reports}{junit}, $component->{rehearse}{cache}{paths}[0]],
    jenkins => [$sh, $jenkins =~ /artifacts: '(\w+)/, $jenkins =~ /junit '(.*?)'/, 'history'],
    azure => [join("\n", map { named($azure->{steps}, 'displayName', $_)->{bash} } qw(install rehearse)), $publish->{publish},
        task('PublishTestResults')->{testResultsFiles}, task('Cache')->{path}],
    teamcity => [$teamcity, 'rehearsal', 'rehearsal/junit.xml', 'history'],
);
is($uses{'github/codeql-action/upload-sarif'}{with}{sarif_file}, 'rehearsal/report.sarif', 'code scanning gets the SARIF');
is($gitlab->{artifacts}{reports}{codequality}, 'rehearsal/code-quality.json', 'GitLab gets its Code Quality');
is_deeply($github->{permissions}, {contents => 'read', 'pull-requests' => 'write', 'security-events' => 'write'},
    'GitHub gives no more rights than are used');

# what the pages show: options that exist
my %options = map { $_ => {map { $_ => 1 } `$RunTest::build/bin/pgrehearse $_ --help` =~ /(--[a-z-]+)/g} } qw(run merge compare certify deploy forecast);
for my $page (glob('docs/ci/*'), 'action.yml', 'templates/rehearse.yml') {
    my $text = read_file($page);
    $text =~ s/\\\n\s*/ /g;
    for my $line (grep {/pgrehearse (?:run|merge|compare|certify|deploy|forecast)\b/} split /\n/, $text) {
        my ($command, $arguments) = $line =~ /pgrehearse (run|merge|compare|certify|deploy|forecast)\b(.*)/;
        my @unknown = grep { !$options{$command}{$_} } $arguments =~ /(?<![\w-])(--[a-z][a-z-]*)/g;
        is("@unknown", '', "$page: every option exists: $line");
    }
}

# What stands in for the machine of a pipeline: nothing is installed, and pgrehearse rehearses one scenario, or
# ends with the exit code that FAKE_CODE says.
my $programs = area('programs');
my %stand_ins = (
    'curl' => 'while [ $# -gt 1 ]; do [ "$1" != -o ] || echo package >"$2"; shift; done',
    'gh' => 'echo "gh $*" >>"$CALLS"; while [ $# -gt 0 ]; do [ "$1" != --output ] || echo package >"$2"; shift; done',
    'sudo' => 'case "$*" in *apt-get*) exec "$@" ;; *tee*) cat >/dev/null ;; esac',
    'apt-get' => 'for last; do :; done; echo "apt-get $*" >>"$CALLS"; case $last in *.deb) test -s "$last" ;; esac',
    'pgrehearse' => "[ -z \"\$FAKE_CODE\" ] || exit \"\$FAKE_CODE\"\nexec $RunTest::build/bin/pgrehearse \"\$@\" --scenario fresh",
);
for my $name (keys %stand_ins) {
    write_file("$programs/$name", "#!/bin/sh\n$stand_ins{$name}\n");
    chmod 0755, "$programs/$name";
}
# an agent that has the package does not install it: here it is not to be found
$scripts{jenkins}[0] =~ s/command -v pgrehearse/command -v nosuch/ or die;

for my $system (sort keys %scripts) {
    my ($script, $kept, $junit, $history) = @{$scripts{$system}};
    my $where = area($system);
    local $ENV{PATH} = "$programs:$ENV{PATH}";
    local $ENV{CALLS} = "$where/calls";
    local $ENV{WORKSPACE_TMP} = $where;
    local $ENV{GITHUB_OUTPUT} = "$where/output";
    local $ENV{PGREHEARSE_DEB} = 'https://example.org/pgrehearse_9.9.9_amd64.deb';
    system('cp', '-r', "$root/tests/projects/dbmate", "$where/project") == 0 or die;
    # here GitHub has the project in a folder of the workspace, the others in the workspace
    $where .= '/project' unless $system eq 'github';
    write_file("$where/script", $script =~ s{/tmp/}{$where/}gr);
    for my $time (1, 2) {
        is(system("cd $where && bash -e ./script >log 2>&1"), 0, "$system: its commands run, time $time") or diag read_file("$where/log");
    }
    unlike(read_file("$where/log"), qr/not recorded/, 'and record');
    like(read_file($ENV{CALLS}), qr/^apt-get install -qy \S+pgrehearse\.deb$/m, 'the package is installed')
        unless $system =~ /^(teamcity|component)$/;
    like(read_file($ENV{CALLS}), qr{^gh release download v\Q$release\E --repo OWNER/pgrehearse --pattern pgrehearse_\*_\w+\.deb }m, 'that of the release')
        if $system eq 'github';
    ok(-s "$where/$junit", "JUnit is where it is looked for: $junit");
    ok(-s "$where/$kept/report.html", 'so is the page');
    my $count = 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM runs").fetchone()[0])';
    is(`/usr/bin/python3 -c '$count' $where/$history/runs.db`, "2\n", 'and the history has both runs');

    # a finding is told apart from what could not be checked
    for my $code (1, 3) {
        local $ENV{FAKE_CODE} = $code;
        is(system("cd $where && bash -e ./script >log 2>&1") >> 8, $code, "exit code $code stays");
        next if $system ne 'github';
        like(read_file("$where/log"), $code == 1 ? qr/^findings: /m : qr/^::error title=could not check::/m, 'and the log says which');
        like(read_file($ENV{GITHUB_OUTPUT}), qr/^exit-code=$code$/m, 'as does the output');
    }
}
like($jenkins, qr/if \(code == 1\) \{\s+error\('findings: .*?\} else if \(code != 0\) \{\s+error\("could not check/s,
    'Jenkins tells both in a word');
is(leftovers(), '', 'nothing is left behind');
done_testing;
