#!/usr/bin/perl
# The pipeline files of docs/ci: they are what their systems can read, and the commands in them run
# and leave what the files say is kept.
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

my %scripts = (
    github => [join("\n", map { $_->{run} // () } @steps), $uses{'actions/upload-artifact'}{with}{path},
        $uses{'mikepenz/action-junit-report'}{with}{report_paths}, $uses{'actions/cache/save'}{with}{path}],
    gitlab => [join("\n", @{$gitlab->{script}}), $gitlab->{artifacts}{paths}[0],
        $gitlab->{artifacts}{reports}{junit}, $gitlab->{cache}{paths}[0]],
    jenkins => [$sh, $jenkins =~ /artifacts: '(\w+)/, $jenkins =~ /junit '(.*?)'/, 'history'],
);
for my $system (sort keys %scripts) {
    my ($script, $kept, $junit, $history) = @{$scripts{$system}};
    like($script, qr{\bpgrehearse/scripts/rehearse\b}, "$system: it calls scripts/rehearse");
    ok(-x 'scripts/rehearse', 'which is there');
    # the checkout, with a rehearsal of one scenario on what is built already
    my $where = area($system);
    system('mkdir', '-p', "$where/origin/scripts") == 0 or die;
    write_file("$where/origin/scripts/rehearse", "#!/bin/sh\nexec $RunTest::build/bin/pgrehearse run \"\$@\" --scenario fresh\n");
    chmod 0755, "$where/origin/scripts/rehearse";
    system("cd $where/origin && git init -q && git add -A && git -c user.name=t -c user.email=t\@example.org commit -qm 1") == 0 or die;
    local $ENV{REPOSITORY} = "file://$where/origin";    # Jenkins clones by itself
    $system eq 'jenkins' or system("git clone -q $ENV{REPOSITORY} $where/pgrehearse") == 0 or die;
    write_file("$where/script", $script);
    local $ENV{MIGRATIONS} = "$root/fixtures/suites/migration_002/alembic";
    for my $time (1, 2) {
        is(system("cd $where && bash -e ./script >log 2>&1"), 0, "its commands run, time $time") or diag read_file("$where/log");
    }
    unlike(read_file("$where/log"), qr/not recorded/, 'and record');
    ok(-s "$where/$junit", "JUnit is where it is looked for: $junit");
    ok(-s "$where/$kept/report.html", 'so is the page');
    like(`$RunTest::build/bin/pgrehearse history --history $where/$history/runs.db`, qr/^migration_002: 2 runs/,
        'and the history has both runs');

    # a finding is told apart from what could not be checked
    for my $code (1, 3) {
        write_file("$where/pgrehearse/scripts/rehearse", "#!/bin/sh\nexit $code\n");
        is(system("cd $where && bash -e ./script >log 2>&1") >> 8, $code, "exit code $code stays");
        my $told = $code == 1 ? qr/^::error title=findings::/m : qr/^::error title=could not check::/m;
        like(read_file("$where/log"), $told, 'and is told in a word') if $system eq 'github';
    }
}
like($jenkins, qr/if \(code == 1\) \{\s+error\('findings: .*?\} else if \(code != 0\) \{\s+error\("could not check/s,
    'Jenkins tells both in a word');
is(leftovers(), '', 'nothing is left behind');
done_testing;
