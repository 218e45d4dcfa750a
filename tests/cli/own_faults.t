#!/usr/bin/perl
# A suite's own faults, under names of its own: each is a scenario whose shape follows from what is
# declared, and a name that does not exist is found, with its line and the nearest one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my $faults = <<'Y';
faults:
  - name: language-there
    plant:
      - sql: ALTER TABLE books ADD COLUMN language text
    message: column "language" of relation "books" already exists
    remedy:
      - sql: ALTER TABLE books DROP COLUMN language
  - name: loans-gone
    title: Have the loans dropped already
    after: [language-there]
    plant:
      - sql: ALTER TABLE loans RENAME TO lendings
    words: LOANS.*does not exist
    remedy:
      - sql: ALTER TABLE lendings RENAME TO loans
  - name: reader
    plant:
      - hold: LOCK TABLE books IN ACCESS SHARE MODE
    time_limit: 0.3
Y

# A copy of the small suite with this behind its suite.yaml.
sub library {
    my ($more) = @_;
    my $copy = copy_of('tests/suites/library');
    write_file("$copy/suite.yaml", read_file("$copy/suite.yaml") . $more);
    return $copy;
}

sub rehearse {
    my ($status, $out, $err) = run({}, 'pgrehearse', 'run', @_, '--output', scratch('reports'),
        '--server', $ENV{PGREHEARSE_TEST_SERVER});
    return ($status, $out . $err);
}

sub says {
    my ($name, $status, $message, @command) = @_;
    my ($ended, $out, $err) = run({}, 'pgrehearse', @command);
    ok($ended == $status && "$out$err" =~ $message, $name) or diag "status $ended\n$out$err";
}

# --- the scenarios
{
    my $suite = library($faults);
    says('faults have scenarios', 0,
        qr/^loans-gone +faults +Have the loans dropped already\nreader +faults +Stop the upgrade while it waits/m, 'list', $suite);
    my (undef, $list) = run({}, 'pgrehearse', 'list', $suite);
    unlike($list, qr/language-there|orphaned-chunks/, 'but for those that another comes after, and none of other suites');
    my ($status, $output) = rehearse($suite, '--scenario', 'loans-gone,reader');
    is($status, 0, 'a refused one, one after another, and one that waits') or diag $output;
    (my $broken = $faults) =~ s/words: LOANS/words: lendings/;
    ($status, $output) = rehearse(library($broken), '--scenario', 'loans-gone');
    ok($status == 1 && $output =~ /message does not mention loans-gone/, 'a message about something else is found')
        or diag "status $status\n$output";
    ($broken = $faults) =~ s/RENAME TO lendings/ADD COLUMN harmless text/;
    $broken =~ s/ALTER TABLE lendings RENAME TO loans/ALTER TABLE loans DROP COLUMN harmless/;
    ($status, $output) = rehearse(library($broken), '--scenario', 'loans-gone');
    ok($status == 1 && $output =~ /succeeded despite loans-gone/, 'so is an upgrade that goes through')
        or diag "status $status\n$output";
}
says('a suite without faults has none of these scenarios', 2, qr/no scenario 'orphaned-chunks'; expected one of fresh, /,
    'show', 'tests/suites/library', 'orphaned-chunks');

# --- a deployment fails only with a fault that the suite marks
{
    my $fails = qr/- the migration fails: the database is whole/;
    my (undef, $shown) = run({}, qw(pgrehearse show deployment));
    like($shown, $fails, 'the shipped suite marks one');
    unlike($shown, qr/is not at the (baseline|target)/, 'what does not happen is not claimed');
    my $copy = copy_of(suite());
    (my $yaml = read_file("$copy/suite.yaml")) =~ s/^ +deployment: true.*\n//m or BAIL_OUT('no fault is marked');
    write_file("$copy/suite.yaml", $yaml);
    (undef, $shown) = run({}, 'pgrehearse', 'show', $copy, 'deployment');
    like($shown, qr/a probe is never answered/, 'without one the others are rehearsed');
    unlike($shown, $fails, 'and that failure is not claimed');
}

# --- what is wrong in suite.yaml
for my $row (
    ['an unknown fault', sub { s/after: \[language-there\]/after: [languge-there]/ },
        qr{suite.yaml, line \d+, key faults.after: no fault 'languge-there'; did you mean 'language-there'\?}],
    ['a fault after itself', sub { s/after: \[language-there\]/after: [loans-gone]/ }, qr/faults.after: fault 'loans-gone': expected/],
    ['a fault after one that waits', sub { s/after: \[language-there\]/after: [reader]/ }, qr/faults.after: fault 'loans-gone': expected/],
    ['a fault twice', sub { s/name: reader/name: loans-gone/ }, qr/faults.name: duplicate 'loans-gone'/],
    ['the name of a scenario', sub { s/name: reader/name: round-trip/ }, qr/faults.name: 'round-trip' is the name of a scenario/],
    ['the name of a group', sub { s/name: reader/name: faults/ }, qr/faults.name: 'faults' is the name of a scenario/],
    ['a name in capitals', sub { s/name: reader/name: Reader/ }, qr/faults.name: fault 'Reader': expected lower-case/],
    ['no remedy', sub { s/    remedy:\n.*lendings RENAME.*\n//m }, qr/faults.remedy: fault 'loans-gone': it is missing/],
    ['two for the deployment', sub { s/( +)(message|words):/$1deployment: true\n$1$2:/g }, qr/faults.deployment: fault 'loans-gone': expected it beside one/],
    ['one that waits for the deployment', sub { s/time_limit/deployment: true\n    time_limit/ }, qr/faults.deployment: fault 'reader': expected/],
) {
    my ($what, $edit, $message) = @$row;
    local $_ = $faults;
    $edit->();
    BAIL_OUT("the edit '$what' changed nothing") if $_ eq $faults;
    says("suite.yaml: $what", 2, $message, 'list', library($_));
}

# --- what is mistyped on the command line
says('a scenario', 2, qr/no scenario 'orphaned-chunk'; did you mean 'orphaned-chunks'\?/, qw(run --scenario orphaned-chunk));
says('a group', 2, qr/no scenario 'quickstrat'; did you mean 'quickstart'\?/, qw(run --scenario quickstrat));
done_testing;
