#!/usr/bin/perl
# A suite that is wrong, in every file of it: one line says what, where and what was expected, no
# database is made, and the exit code is 2.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use POSIX qw(mkfifo);
use Test::More;

my $sound  = "$FindBin::Bin/../suites/library";
my $output = scratch('reports');

# The copy of the sound suite that FOLDER stands for in the messages.
sub rehearse {
    my ($folder) = @_;
    return run({}, 'pgrehearse', 'run', $folder, '--output', $output, '--scenario', 'fresh');
}

sub replace {
    my ($file, $old, $new) = @_;
    return sub {
        my $content = read_file("$_[0]/$file");
        $content =~ s/$old/ref $new ? $new->() : $new/e or die "$file: nothing like $old";
        write_file("$_[0]/$file", $content);
    };
}
sub suite_with { return replace('suite.yaml', @_) }

sub file {
    my ($file, $content) = @_;
    return sub { write_file("$_[0]/$file", $content) };
}

sub gone {
    my ($file) = @_;
    return sub { system('rm', '-r', "$_[0]/$file") == 0 or die };
}

my $suite_keys = '{name, title, suite, data, base, baseline, target, extensions, time_limit, encoding, locale, role, atomic, migrators, migrator,'
    . ' preserved_tables, delta, deployment, rehearsed_deployment, validations, rules, sizes, fixtures, accepts, rejects, faults, checklist, budgets, tolerated_stalls, probes, requirements}';
my $migrator_keys = '{name, profile, title, tried, directory, folder, detect, tool, layout, base, reaches, revisions,'
    . ' upgrade, downgrade, current, history, heads, stamp, current_line, matches, version, applied, tables, handover, url,'
    . ' spellings, environment, files, stage, port, network, preload, fresh_process, slow, unable, lacking, ran, step, places, upgrade_log, downgrade_log}';
my $table_keys = '{table, rows, parent, rows_per_parent, columns}';

# what is damaged, how, what is said of it, and whether it takes a database to see it
my @wrong = (
    ['not YAML', file('suite.yaml', "name: x\nbaseline: [\n"),
        'FOLDER/suite.yaml, line 3: not YAML: a value is missing; is a bracket before it not closed?'],
    ['a tab as indentation', file('suite.yaml', "name:\n\t- x\n"),
        'FOLDER/suite.yaml, line 2: not YAML: indented with a tab; use blanks'],
    ['not UTF-8', suite_with('title: Give', "title: G\xefve"),
        'FOLDER/suite.yaml, line 4: not YAML: not UTF-8; save the file in UTF-8'],
    ['a FIFO', sub { unlink "$_[0]/suite.yaml"; mkfifo("$_[0]/suite.yaml", 0600) or die },
        'FOLDER/suite.yaml: cannot be read: not a regular file'],
    ['too deep', file('suite.yaml', '[' x 100000), 'FOLDER/suite.yaml, line 1: nested more than 50 deep'],
    ['an empty file', file('suite.yaml', ''), 'FOLDER/suite.yaml: the file is empty'],
    ['nothing but a comment', file('suite.yaml', "# later\n"), 'FOLDER/suite.yaml: the file is empty'],
    ['a list', file('suite.yaml', "- name: x\n"), "FOLDER/suite.yaml, line 1: found a list; expected $suite_keys"],
    ['a second document', suite_with('\z', "---\nname: other\n"),
        'FOLDER/suite.yaml, line 65: expected a single YAML document'],
    ['a folder for suite.yaml', sub { unlink "$_[0]/suite.yaml"; mkdir "$_[0]/suite.yaml" },
        'FOLDER/suite.yaml: cannot be read: Is a directory'],
    ['an unknown key', suite_with('\ntime_limit', "\ntimelimit"),
        "FOLDER/suite.yaml, line 7, key timelimit: unknown key; did you mean 'time_limit'?"],
    ['a key like no other', suite_with('\ntime_limit', "\nwombat"),
        "FOLDER/suite.yaml, line 7, key wombat: unknown key; expected one of $suite_keys"],
    ['an unknown key within', suite_with('    history:', '    histery:'),
        "FOLDER/suite.yaml, line 15, key migrators.histery: unknown key; did you mean 'history'?"],
    ['a key like no other within', suite_with('    history:', '    wombat:'),
        "FOLDER/suite.yaml, line 15, key migrators.wombat: unknown key; expected one of $migrator_keys"],
    ['an unknown rule', suite_with('\z', "rules: [{name: table-rewriten, level: off}]\n"),
        "FOLDER/suite.yaml, line 65, key rules.name: no rule 'table-rewriten'; did you mean 'table-rewritten'?"],
    ['an unknown level', suite_with('\z', "rules: [{name: table-rewritten, level: wraning}]\n"),
        "FOLDER/suite.yaml, line 65, key rules.level: no level 'wraning'; did you mean 'warning'?"],
    ['a fixture that no scenario asks for', suite_with('name: varied', 'name: vareid'),
        "FOLDER/suite.yaml, line 38, key fixtures.name: no scenario asks for a fixture 'vareid'; did you mean 'varied'?"],
    ['validations that no scenario asks for', suite_with('name: pre-migration', 'name: pre-migraton'),
        "FOLDER/suite.yaml, line 22, key validations.name: no scenario asks for validations 'pre-migraton'; did you mean 'pre-migration'?"],
    ["a validation's header", replace('validations/backfill/english.sql', 'title', 'titel'),
        "FOLDER/validations/backfill/english.sql, line 1: no header 'titel'; did you mean 'title'?"],
    ["a validation's requirement", replace('validations/post-migration/language.sql', 'L-1', 'L-7'),
        "FOLDER/validations/post-migration/language.sql, line 2, key requirements: no requirement 'L-7'; did you mean 'L-1'?"],
    ['a key of the deployment', sub { suite_with('\z', "deployment: deployment.yaml\n")->(@_);
            file('deployment.yaml', "stop: a\nstart: b\nlock_retires: 3\n")->(@_) },
        "FOLDER/deployment.yaml, line 3, key lock_retires: unknown key; did you mean 'lock_retries'?"],
    ["a key of the deployment's probes", sub { suite_with('\z', "deployment: deployment.yaml\n")->(@_);
            file('deployment.yaml', "stop: a\nstart: b\nprobes:\n  - {name: x, ulr: y}\n")->(@_) },
        "FOLDER/deployment.yaml, line 4, key probes.ulr: unknown key; did you mean 'url'?"],
    ["a fixture's table", suite_with('table: authors, count', 'table: auhtors, count'),
        "FOLDER/suite.yaml, line 36, key fixtures.rows.table: no table 'auhtors'; did you mean 'authors'?", 1],
    ['a preserved table', suite_with('preserved_tables: \[authors', 'preserved_tables: [auhtors'),
        "FOLDER/suite.yaml, line 17, key preserved_tables: no table 'auhtors'; did you mean 'authors'?", 1],
    ['a missing key', suite_with('baseline: .*\n', ''),
        'FOLDER/suite.yaml, key baseline: it is missing; expected text'],
    ['a missing key within', suite_with('    upgrade: .*\n', ''),
        'FOLDER/suite.yaml, line 10, key migrators.upgrade: expected a command, or a profile that has one'],
    ['an entry without keys', suite_with('(?s)migrators:.*?\n\n', "migrators: [{}]\n\n"),
        'FOLDER/suite.yaml, line 9, key migrators: expected a name in each'],
    ['a key twice', suite_with('target: "2"', "target: \"2\"\ntarget: \"3\""),
        'FOLDER/suite.yaml, line 7, key target: duplicate key; expected text'],
    ['text for a number', suite_with('time_limit: 60', 'time_limit: soon'),
        "FOLDER/suite.yaml, line 7, key time_limit: 'soon' is not a number; expected a number"],
    ['a unit behind a number', suite_with('time_limit: 60', 'time_limit: 5 min'),
        "FOLDER/suite.yaml, line 7, key time_limit: '5 min' is not a number; expected a number"],
    ['a negative count', suite_with('value: 20', 'value: -20'),
        "FOLDER/suite.yaml, line 29, key sizes.value: '-20' is negative; expected a whole number, 0 or more"],
    ['text for a list', suite_with('preserved_tables: .*', 'preserved_tables: books'),
        'FOLDER/suite.yaml, line 17, key preserved_tables: found a single value; expected a list of text'],
    ['a list for text', suite_with('title: .*', 'title: [a, b]'),
        'FOLDER/suite.yaml, line 4, key title: found a list; expected text'],
    ['an empty name', suite_with('name: library', 'name: ""'),
        'FOLDER/suite.yaml, line 3, key name: it is empty; expected text'],
    ['no migrator', suite_with('(?s)migrators:.*?\n\n', "migrators: []\n\n"),
        "FOLDER/suite.yaml, line 9, key migrators: it is empty; expected a list of $migrator_keys"],
    ['a name that is none', suite_with('name: library', 'name: My Library'),
        'FOLDER/suite.yaml, line 3, key name: expected lower-case letters, digits, _ and -'],
    ['no time', suite_with('time_limit: 60', 'time_limit: 0'),
        'FOLDER/suite.yaml, line 7, key time_limit: expected seconds, more than 0 and at most a year'],
    ['more time than there is', suite_with('time_limit: 60', 'time_limit: 100000000000000000000'),
        'FOLDER/suite.yaml, line 7, key time_limit: expected seconds, more than 0 and at most a year'],
    ['a NUL', suite_with('title: .*', 'title: "a\\0b"'),
        'FOLDER/suite.yaml, line 4: a value with a NUL character, which nothing here can hold'],
    ['upgrade without a revision', suite_with('upgrade-\{revision\}', 'upgrade-2'),
        'FOLDER/suite.yaml, line 12, key migrators.upgrade: expected {revision} in the command'],
    ['downgrade without a revision', suite_with('downgrade-\{revision\}', 'downgrade-1'),
        'FOLDER/suite.yaml, line 13, key migrators.downgrade: expected {revision} in the command'],
    ['stamp without a revision', suite_with('    history:', "    stamp: echo\n    history:"),
        'FOLDER/suite.yaml, line 15, key migrators.stamp: expected {revision} in the command'],
    ['a regular expression', suite_with('    history:', "    ran: \"Running (upgrade\"\n    history:"),
        'FOLDER/suite.yaml, line 15, key migrators.ran: not an extended regular expression: Unmatched ( or \('],
    ['a regular expression in a list', suite_with('    history:', "    upgrade_log: [fine, \"[a-\"]\n    history:"),
        'FOLDER/suite.yaml, line 15, key migrators.upgrade_log: not an extended regular expression: Unmatched [, [^, [:, [., or [='],
    ['two migrators of a name', suite_with('(?s)(  - name: psql.*?\n)\n', sub {"$1$1\n"}),
        "FOLDER/suite.yaml, line 10, key migrators.name: duplicate 'psql'"],
    ["a migrator's folder", suite_with('directory: migrations', 'directory: elsewhere'),
        'FOLDER/elsewhere: no such folder of migrations'],
    ["a validation's folder", gone('validations/backfill'),
        'FOLDER/suite.yaml, line 25, key validations.folder: expected a folder at FOLDER/validations/backfill'],
    ['a file for a folder', sub { gone('validations/backfill')->(@_); file('validations/backfill', '')->(@_) },
        'FOLDER/suite.yaml, line 25, key validations.folder: expected a folder at FOLDER/validations/backfill'],
    ['a folder without validations', gone('validations/backfill/english.sql'),
        'FOLDER/validations/backfill: expected at least one .sql file'],
    ['an empty validation', file('validations/backfill/english.sql', "-- title: nothing\n"),
        'FOLDER/validations/backfill/english.sql: expected a query, found only comments'],
    ['two sets of validations of a name', suite_with('name: backfill', 'name: accepted-values'),
        "FOLDER/suite.yaml, line 25, key validations.name: duplicate 'accepted-values'"],
    ['a fixture of nothing', suite_with('    sql: fixtures/sample.sql\n', ''),
        'FOLDER/suite.yaml, line 33, key fixtures: expected sql or recipe in each'],
    ["a fixture's file", gone('fixtures/sample.sql'),
        'FOLDER/suite.yaml, line 34, key fixtures.sql: expected a file at FOLDER/fixtures/sample.sql'],
    ["a fixture's recipe", gone('fixtures/generated.yaml'),
        'FOLDER/suite.yaml, line 40, key fixtures.recipe: expected a file at FOLDER/fixtures/generated.yaml'],
    ["a fixture's size", suite_with('\{name: authors, value: 3\}', '{name: writers, value: 3}'),
        "FOLDER/suite.yaml, line 42, key fixtures.sizes.name: no size 'writers'; expected one of authors, books-per-author"],
    ['a size beyond its maximum', suite_with('value: 20,', 'value: 20, maximum: 19,'),
        'FOLDER/suite.yaml, line 29, key sizes.value: expected a value up to the maximum'],
    ["a fixture's size beyond the maximum",
        sub { suite_with('value: 20,', 'value: 20, maximum: 20,')->(@_); suite_with('value: 3}', 'value: 21}')->(@_) },
        "FOLDER/suite.yaml, line 42, key fixtures.sizes.value: expected a value up to the size's maximum"],
    ["a size's name", suite_with('name: authors, value: 20', 'name: Authors, value: 20'),
        'FOLDER/suite.yaml, line 29, key sizes.name: expected lower-case letters, digits and hyphens; also line 42, key fixtures.sizes.name: no size \'authors\'; did you mean \'Authors\'?'],
    ["a size with an option's name", suite_with('sizes:\n', "sizes:\n  - {name: seed, value: 1}\n"),
        'FOLDER/suite.yaml: sizes.name: --seed is already an option'],
    ['two sizes of a name', suite_with('name: books-per-author, value: 30', 'name: authors, value: 30'),
        "FOLDER/suite.yaml, line 29, key sizes.name: duplicate 'authors'"],
    ['a requirement that is none', suite_with('why: no code,', 'why: no code, requirements: [L-9],'),
        "FOLDER/suite.yaml, line 61, key rejects.values.requirements: no requirement 'L-9'; did you mean 'L-1'?"],
    ['a kind of check that is none', file('requirements.yaml', "requirements:\n  - {id: L-1, text: t, checks: [detla]}\n"),
        "FOLDER/requirements.yaml, line 2, key requirements.checks: no kind of check 'detla'; did you mean 'delta'?"],
    ['a kind in the checklist', suite_with('\z', "checklist: [{text: t, checks: [rows-keep]}]\n"),
        "FOLDER/suite.yaml, line 65, key checklist.checks: no kind of check 'rows-keep'; did you mean 'rows-kept'?"],
    ['a scenario in the checklist', suite_with('\z', "checklist: [{text: t, scenarios: [fresch]}]\n"),
        "FOLDER/suite.yaml, line 65, key checklist.scenarios: no scenario 'fresch'; did you mean 'fresh'?"],
    ['a sqlstate', suite_with('"22001"', '"2200"'),
        'FOLDER/suite.yaml, line 61, key rejects.values.sqlstates: expected five characters, like "23514"'],
    ['no sqlstate', suite_with(', sqlstates: \["23514"\]', ''),
        'FOLDER/suite.yaml, line 61, key rejects.values: expected sqlstates in each value: the ones that count as its refusal'],
    ['no value in the insert', suite_with('\$1::text FROM', "'x' FROM"),
        'FOLDER/suite.yaml, line 53, key accepts.insert: expected $1, the value, in the statement'],
    ['no file of requirements', gone('requirements.yaml'),
        'FOLDER/requirements.yaml: cannot be read: No such file or directory'],
    ['a requirement without text', replace('requirements.yaml', 'text: no book is lost, ', ''),
        'FOLDER/requirements.yaml, line 3, key requirements.text: it is missing; expected text'],
    ['two requirements of an id', replace('requirements.yaml', 'L-2', 'L-1'),
        "FOLDER/requirements.yaml, line 2, key requirements.id: duplicate 'L-1'"],
    ['a recipe that is no YAML', file('fixtures/generated.yaml', '{'),
        'FOLDER/fixtures/generated.yaml, line 2: not YAML: a value is missing; is a bracket before it not closed?'],
    ["a recipe's key", replace('fixtures/generated.yaml', 'rows_per_parent', 'rows_for_parent'),
        "FOLDER/fixtures/generated.yaml, line 9, key tables.rows_for_parent: unknown key; did you mean 'rows_per_parent'?"],
    ["a recipe's key like no other", replace('fixtures/generated.yaml', 'rows_per_parent', 'wombat'),
        "FOLDER/fixtures/generated.yaml, line 9, key tables.wombat: unknown key; expected one of $table_keys"],
    ["a recipe's kind", replace('fixtures/generated.yaml', 'kind: source_code', 'kind: sorce_code'),
        "FOLDER/fixtures/generated.yaml, line 13, key tables.columns.kind: no kind 'sorce_code'; did you mean 'source_code'?"],
    ["a recipe's parent", replace('fixtures/generated.yaml', 'parent: authors', 'parent: autors'),
        "FOLDER/fixtures/generated.yaml, line 8, key tables.parent: no table 'autors'; did you mean 'authors'?"],
    ["a recipe's size", replace('fixtures/generated.yaml', 'rows: authors', 'rows: writers'),
        "FOLDER/fixtures/generated.yaml, line 3, key tables.rows: no size 'writers'; expected one of authors, books-per-author"],
    ['a recipe that declares sizes', replace('fixtures/generated.yaml', '^', "sizes: [{name: authors}]\n"),
        'FOLDER/fixtures/generated.yaml, line 1, key sizes: unknown key; expected one of {tables, fill_other_tables}'],
    ['the approved delta', file('expected/upgrade.delta', "# the change\n\n+ column\nlanguage\n"),
        'FOLDER/expected/upgrade.delta, line 3: expected "+ KIND NAME …", "- KIND NAME …" or a comment that begins with #'],
    ['no approved delta', gone('expected/upgrade.delta'),
        'cannot read the approved delta FOLDER/expected/upgrade.delta: No such file or directory; pgrehearse run --approve writes it'],
);

my ($status, $out, $err) = rehearse(copy_of($sound));
is($status, 0, 'the sound suite, from which they differ, passes') or diag($out, $err);

for (@wrong) {
    my ($name, $damage, $expected, $by_database) = @$_;
    my $folder = copy_of($sound);
    $damage->($folder);
    ($status, $out, $err) = rehearse($folder);
    is($status, 2, "$name: exit 2");
    s/FOLDER/$folder/g for my $line = $expected;
    is($err, "pgrehearse: $line\n", "$name: the message");
    is($out, '', "$name: no result") unless $by_database;
}

# a migrator without a directory works in the suite's folder
{
    my $folder = copy_of($sound);
    suite_with('(?m)^ +directory: migrations\n', '')->($folder);
    system("mv $folder/migrations/* $folder/") == 0 or die;
    ($status, $out, $err) = rehearse($folder);
    is($status, 0, 'no directory: exit 0') or diag($out, $err);
}

($status, $out, $err) = rehearse('no/such/suite');
is($status, 2, 'no suite: exit 2');
is($err, "pgrehearse: no suite 'no/such/suite': neither a folder with a suite.yaml nor a shipped suite (migration_002)\n",
    'no suite: the message lists the shipped ones');

# Permissions do not stop a superuser; a link that leads to itself stops everybody.
{
    my $folder = copy_of($sound);
    unlink "$folder/requirements.yaml";
    symlink 'requirements.yaml', "$folder/requirements.yaml";
    ($status, $out, $err) = rehearse($folder);
    is($status, 2, 'an unreadable file: exit 2');
    like($err, qr{\Apgrehearse: \Q$folder\E/requirements.yaml: cannot be read: Too many levels of symbolic links\n\z},
        'an unreadable file: the message');
}
done_testing;
