#!/usr/bin/perl
# The mistakes that people make in the files they write, in each kind of file: one line says file, line, key and
# what was probably meant, in plain words and none of a library's, and the exit code is 2. tests/cli/suite.t has
# what else can be wrong in a suite.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";
my ($output, $folder) = (area('output'));

# A project of two revisions; its pgrehearse.yaml is what the rows below are about.
sub project {
    my (%files) = @_;
    $folder = area('project');
    mkdir "$folder/$_" or die for 'migrations', 'pgrehearse';
    mkdir "$folder/pgrehearse/migrators" or die;
    write_file("$folder/migrations/1_a.up.sql",   "CREATE TABLE a (id int PRIMARY KEY);\n");
    write_file("$folder/migrations/1_a.down.sql", "DROP TABLE a;\n");
    write_file("$folder/migrations/2_b.up.sql",   "ALTER TABLE a ADD b int;\n");
    write_file("$folder/migrations/2_b.down.sql", "ALTER TABLE a DROP b;\n");
    write_file("$folder/$_", $files{$_}) for keys %files;
    return said('run', $folder, '--scenario', 'fresh', '--output', $output);
}

# The small suite with these files in it; a file that begins with + is appended to.
sub suite {
    my (%files) = @_;
    $folder = suite_with(sound());
    for my $name (keys %files) {
        my $path = "$folder/" . $name =~ s/^\+//r;
        write_file($path, ($name =~ /^\+/ ? read_file($path) : '') . $files{$name});
    }
    return said('run', $folder, '--scenario', 'fresh', '--output', $output);
}

sub said {
    my @command = @_;
    my $out = join ' ', map {"'$_'"} $program, @command;
    my $all = `$out 2>&1 </dev/null`;
    my $code = $? >> 8;
    my @ours = grep { /^pgrehearse: / && !/rehearsing the project|is not installed/ } split /\n/, $all;
    return ($code, $all, @ours);
}

my $words = qr/mapping values|any token|node content|octet|Invalid |ENUM|UINT|CYAML|libyaml|indicator|simple key/;
sub refused {
    my ($name, $expected, $code, $all, @ours) = @_;
    is($code, 2, "$name: exit 2") or diag($all);
    is(scalar @ours, 1, "$name: one line") or diag($all);
    my $line = ($ours[0] // '') =~ s/^pgrehearse: (?:\Q$folder\E\/)?//r;
    $line =~ s/\Q$folder\E/FOLDER/g;
    ref $expected ? like($line, $expected, "$name: the line") : is($line, $expected, "$name: the line");
    unlike($line, $words, "$name: in plain words");
}

my $p = 'pgrehearse.yaml';
my $number = 'is not a number; expected a number';
for (
    ['a key indented too far', "time_limit: 60\n  role: owner\n",
        "$p, line 2: not YAML: a ': ' where no key can be; check the indentation, and put text that contains ': ' in quotes"],
    ['an entry indented otherwise', "rules:\n  - name: lock-kept\n   level: off\n", "$p, line 3: not YAML: not indented like the list's entries before it"],
    ['a tab', "rules:\n\t- {name: lock-kept, level: off}\n", "$p, line 2: not YAML: indented with a tab; use blanks"],
    ['a unit', "time_limit: 1m\n", "$p, line 1, key time_limit: '1m' $number"],
    ['a comma in a number', "time_limit: 1,5\n", "$p, line 1, key time_limit: '1,5' $number"],
    ['a number too large', "sizes: [{name: a, value: 99999999999999999999999}]\n",
        "$p, line 1, key sizes.value: the number is out of range; expected a whole number, 0 or more"],
    ['a negative number', "# limits\ntime_limit: -5\n", "$p, line 2, key time_limit: expected seconds, more than 0 and at most a year"],
    ['no value', "time_limit:\n", "$p, line 1, key time_limit: '' $number"],
    ['no colon', "time_limit 60\n", qr/^$p, line 1: found a single value, but a key needs ': ' after it; expected \{name, /],
    ['no blank after the colon', "time_limit:60\n", qr/^$p, line 1: found a single value, but a key needs ': ' after it; expected \{name, /],
    ['a mistyped key', "name: x\ntimelimit: 60\n", "$p, line 2, key timelimit: unknown key; did you mean 'time_limit'?"],
    ['a key with a hyphen', "time-limit: 60\n", "$p, line 1, key time-limit: unknown key; did you mean 'time_limit'?"],
    ['a capital', "Time_Limit: 60\n", "$p, line 1, key Time_Limit: unknown key; did you mean 'time_limit'?"],
    ['a key twice', "time_limit: 60\nname: x\ntime_limit: 70\n", "$p, line 3, key time_limit: duplicate key; expected a number"],
    ['a list for everything', "- time_limit: 60\n", qr/^$p, line 1: found a list; expected \{name, /],
    ['a list for a mapping', "migrator: [alembic]\n", qr/^$p, line 1, key migrator: found a list; expected \{name, profile, /],
    ['a word for a mapping', "migrator: alembic\n", qr/^$p, line 1, key migrator: found a single value; expected \{name, profile, /],
    ['a mapping for a list', "rules: {name: lock-kept, level: off}\n", "$p, line 1, key rules: found a mapping; expected a list of {name, level}"],
    ['a word for a list', "extensions: vector\n", "$p, line 1, key extensions: found a single value; expected a list of text"],
    ['a missing key', "rules: [{name: lock-kept}]\n", "$p, line 1, key rules.level: it is missing; expected text"],
    ['an unknown rule', "rules: [{name: lock-keep, level: off}]\n", "$p, line 1, key rules.name: no rule 'lock-keep'; did you mean 'lock-kept'?"],
    ['two mistakes in rules', "rules:\n  - {name: lock-keep, level: off}\n  - {name: lock-kept, level: wraning}\n",
        "$p, line 2, key rules.name: no rule 'lock-keep'; did you mean 'lock-kept'?; also line 3, key rules.level: no level 'wraning'; did you mean 'warning'?"],
    ['yes for true', "atomic: yes\n", "$p, line 1, key atomic: 'yes' does not fit; expected false or true"],
    ['a word of its own', "role: king\n", "$p, line 1, key role: 'king' does not fit; expected owner or superuser"],
    ['an unknown encoding', "encoding: UTF-9\n", "$p, line 1, key encoding: PostgreSQL has no encoding 'UTF-9'; expected a name such as UTF8 or LATIN1"],
    ['an unknown migrator', "migrator: {profile: alembik}\n", "$p, line 1, key migrator.profile: no migrator 'alembik'; did you mean 'alembic'?"],
    ['a folder that is not there', "migrator:\n  folder: migratons\n", "$p, line 2, key migrator.folder: FOLDER/migratons: no such folder of migrations"],
    ['an anchor in a circle', "rules: &a\n  - *a\n", "$p, line 2: an alias within what it stands for"],
    ['text like an alias', "title: *star\n", "$p, line 1: not YAML: no anchor & has this name; put text that begins with * in quotes"],
    ['text like nothing', "title: \@home\n", "$p, line 1: not YAML: a value that begins with \@; put it in quotes"],
    ['a colon in text', "title: a: b\n", qr/^$p, line 1: not YAML: a ': ' where no key can be; .* in quotes$/],
    ['a quote not closed', "name: \"x\ntime_limit: 60\n", "$p, line 3: not YAML: a quote is not closed"],
    ['a bracket not closed', "rules: [{name: lock-kept, level: off}\nname: x\n", "$p, line 2: not YAML: a list in [ ] lacks a ',' or is not closed"],
    ['Latin 1', "title: caf\xe9\n", "$p, line 1: not YAML: not UTF-8; save the file in UTF-8"],
    ['a NUL', "name: a\0b\n", "$p, line 1: not YAML: a control character"],
    ['ends of lines as on Windows', "time_limit: 60\r\nrol: owner\r\n", "$p, line 2, key rol: unknown key; did you mean 'role'?"],
    ['a byte order mark', "\xef\xbb\xbfrol: owner\n", "$p, line 1, key rol: unknown key; did you mean 'role'?"],
    ['an empty file', '', "$p: the file is empty"],
    ['two documents', "time_limit: 60\n---\nrole: owner\n", "$p, line 2: expected a single YAML document"],
    ['a table that is not there', "preserved_tables: [a, schema_migration]\n", "$p, line 1, key preserved_tables: no table 'schema_migration'; did you mean 'schema_migrations'?"],
    ['one like no other', "preserved_tables:\n  - a\n  - customers\n",
        "$p, line 3, key preserved_tables: no table 'customers'; expected one of a, schema_migrations"],
    ['revisions, which a suite has', "baseline: '0'\nname: A\ntarget: '7'\n",
        "$p, line 2, key name: expected lower-case letters, digits, _ and -"
        . "; also line 1, key baseline: only a suite.yaml has it; --from says which revision is the first"
        . "; also line 3, key target: only a suite.yaml has it; --to says which revision is the last"],
    ['all keys and words at once', "timelimit: 60\nrole: king\nrules: [{name: x, levle: off}]\nextensions: vector\n",
        "$p, line 1, key timelimit: unknown key; did you mean 'time_limit'?; also line 2, key role: 'king' does not fit; expected owner or superuser"
        . "; also line 3, key rules.levle: unknown key; did you mean 'level'?; also line 4, key extensions: found a single value; expected a list of text"],
    ['all values at once', "time_limit: -1\nbudgets: [{seconds: -1}]\nfaults: [{name: No, plant: [{sql: x}], remedy: [{sql: y}], after: [other]}]\n",
        "$p, line 1, key time_limit: expected seconds, more than 0 and at most a year; also line 2, key budgets: expected seconds, more than 0 and at most a year"
        . "; also line 3, key faults.name: fault 'No': expected lower-case letters, digits and hyphens; also line 3, key faults.after: no fault 'other'; expected one of No"],
    )
{
    my ($name, $yaml, $expected) = @$_;
    refused($name, $expected, project($p => $yaml));
}

# profiles of a project's own
my $own = 'pgrehearse/migrators/own.yaml';
refused('a profile: a mistyped key', "$own, line 2, key upgarde: unknown key; did you mean 'upgrade'?", project($own => "name: own\nupgarde: x\n"));
refused('a profile: a regular expression', qr/^\Q$own\E, line 2, key ran: not an extended regular expression: .*: Running \($/,
    project($own => "upgrade: x\nran: Running (\n"));

# suites, their deployments, recipes, requirements, validations
my $generated = 'fixtures/generated.yaml';
my $validation = 'validations/post-migration/language.sql';
for (
    ['an unknown fault', {'+suite.yaml' => "faults: [{name: f, after: [g], plant: [{sql: x}], remedy: [{sql: y}]}]\n"},
        "suite.yaml, line 65, key faults.after: no fault 'g'; expected one of f"],
    ['a deployment: a unit', {'+suite.yaml' => "deployment: deployment.yaml\n", 'deployment.yaml' => "stop: a\nstart: b\nlock_timeout: 1m\n"},
        "deployment.yaml, line 3, key lock_timeout: '1m' $number"],
    ['a deployment: several values', {'+suite.yaml' => "deployment: deployment.yaml\n",
        'deployment.yaml' => "stop: a\nstart: b\nlock_timeout: -1\nprobes:\n  - {name: x, url: 'http://h/', status: 7}\n"},
        'deployment.yaml, line 3, key lock_timeout: expected seconds, 0 or more and at most a year; also line 5, key probes.status: expected an HTTP status, 100 to 599'],
    ['a deployment: no stop', {'+suite.yaml' => "deployment: deployment.yaml\n", 'deployment.yaml' => "start: b\n"},
        'deployment.yaml, key stop: it is missing; expected text'],
    ['a recipe: a tab', {$generated => "tables:\n\t- table: a\n"}, "$generated, line 2: not YAML: indented with a tab; use blanks"],
    ['a recipe: empty', {$generated => ''}, "$generated: the file is empty"],
    ['requirements: Latin 1', {'requirements.yaml' => "requirements: [{id: L-1, text: caf\xe9}]\n"},
        'requirements.yaml, line 1: not YAML: not UTF-8; save the file in UTF-8'],
    ["a validation's header", {$validation => "-- titel: t\nSELECT 1 WHERE false\n"}, "$validation, line 1: no header 'titel'; did you mean 'title'?"],
    ['a validation that is not SQL', {$validation => "-- title: t\n\nSELEC 1\n"}, "$validation, line 3: not SQL: syntax error at or near \"SELEC\""],
    ['a validation of two queries', {$validation => "-- title: t\nSELECT 1 WHERE false; SELECT 2\n"}, "$validation: expected one query"],
    )
{
    my ($name, $files, $expected) = @$_;
    refused($name, $expected, suite(%$files));
}

# a query that asks for what is not there: the migration may have taken it away, so it is a finding, which names the file
{
    my ($code, $all) = suite($validation => "-- title: t\nSELECT 1 FROM nowhere\n");
    is($code, 1, 'a validation of a table that is not there: exit 1') or diag($all);
    like($all, qr/^finding +t: relation "nowhere" does not exist \(\S*\Q$validation\E\)\n +→ let the migration keep what the query asks for, or correct the query$/m,
        'it names the file, and both remedies') or diag($all);
}

# a shape
for (['a shape: broken off', '{"shape": 1, "tables": [', qr/shape\.json, line 2: not YAML: (?:a value is missing|a list in \[ \])/],
    ['a shape: a mistyped key', "{\"shape\": 1,\n \"tabels\": []}\n", qr/shape\.json, line 2, key tabels: unknown key; did you mean 'tables'\?$/]) {
    my ($name, $json, $expected) = @$_;
    my $shape = area('shape') . '/shape.json';
    write_file($shape, $json);
    project();
    refused($name, $expected, said('run', $folder, '--scenario', 'fresh', '--shape', $shape, '--output', $output));
}

is(leftovers(), '', 'nothing is left behind');
done_testing;
