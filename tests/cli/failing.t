#!/usr/bin/perl
# A migration that fails: whatever ran it, the finding has the file and, where anything knows it,
# the line, as fields; GitHub's log lines, the step summary, SARIF and JUnit name them from the root
# of the repository, and the screen needs at most ten lines for the cause.
use strict;
use warnings;
use lib 'tests/support';
use Cwd qw(getcwd);
use JSON::PP qw(decode_json);
use RunTest;
use Test::More;

my $root = getcwd;
my $pgrehearse = "$RunTest::build/bin/pgrehearse";
chomp(my $modules = `tests/support/npm-tools dbmate\@2 node-pg-migrate\@8 knex\@3 pg\@8 graphile-migrate\@1`);
BAIL_OUT('the npm packages that this test needs cannot be had') if $?;
delete @ENV{qw(GITHUB_ACTIONS GITHUB_WORKSPACE GITHUB_STEP_SUMMARY GITLAB_CI CI_PROJECT_DIR TF_BUILD
    BUILD_SOURCESDIRECTORY TEAMCITY_VERSION WORKSPACE)};

# A repository with the project in its folder app: a copy of one of tests/projects, with other
# files written over it.
sub repository {
    my ($project, %files) = @_;
    my $repository = area('repository');
    my $app = "$repository/app";
    mkdir $_ for "$repository/.git", $app;
    system('cp', '-r', "$root/tests/projects/$project/.", $app) == 0 or die if $project;
    symlink $modules, "$app/node_modules" if -e "$app/package.json" || $project =~ /^(dbmate|graphile-migrate)$/;
    for my $path (keys %files) {
        system('mkdir', '-p', "$app/$path" =~ s{/[^/]+$}{}r) == 0 or die;
        write_file("$app/$path", $files{$path});
    }
    system('chmod', '-R', 'a+rX', $repository) == 0 or die;
    return $repository;
}

sub rehearse {
    my ($folder, @more) = @_;
    my $out = area('out');
    local @ENV{qw(GITHUB_ACTIONS GITHUB_STEP_SUMMARY)} = ('true', "$out/step.md");
    my @scenario = "@more" =~ /--scenario/ ? () : ('--scenario', 'fresh');
    my $printed = `cd $folder && $pgrehearse run @scenario --output $out/reports @more 2>$out/err`;
    my %run = (code => $? >> 8, printed => $printed, err => read_file("$out/err"), step => read_file("$out/step.md"));
    $run{$_} = read_file("$out/reports/$_") for qw(run.json report.sarif junit.xml summary.md fresh.tap);
    return \%run;
}

# The first cause, as the record has it.
sub cause_of {
    my ($run) = @_;
    my $record = eval { decode_json($run->{'run.json'}) } or return {};
    for my $check (map { @{$_->{checks}} } map { @{$_->{steps}} } @{$record->{scenarios}}) {
        return $check if $check->{outcome} eq 'finding';
    }
    return {};
}

sub check_run {
    my ($name, $run, $file, $line, $words) = @_;
    subtest $name => sub {
        is($run->{code}, 1, 'a finding') or diag($run->{printed}, $run->{err});
        my $cause = cause_of($run);
        my $shown = $file =~ s{^app/}{}r;
        is($cause->{file}, $shown, 'the file is a field of the record');
        is($cause->{line}, $line, 'the line, too');
        like("$cause->{message}\n" . ($cause->{detail} // ''), $words, 'with the words of the server');
        my $place = $line ? ",line=$line" : '';
        my @commands = $run->{printed} =~ /^(::error .*)$/mg;
        is(scalar(@commands), 1, 'GitHub gets one line');
        like($commands[0] // '', qr/^::error file=\Q$file\E$place,title=pgrehearse finding::/, 'with the place');
        my $markdown = $file =~ s/_/&#95;/gr . ($line ? ":$line" : '');
        like($run->{step}, qr{<code>\Q$markdown\E</code>}, 'the step summary names it');
        my $sarif = eval { decode_json($run->{'report.sarif'}) };
        my $physical = $sarif->{runs}[0]{results}[0]{locations}[0]{physicalLocation};
        is($physical->{artifactLocation}{uri}, $file, 'SARIF has the file');
        is($physical->{region}{startLine}, $line, 'and the line');
        like($run->{'junit.xml'}, qr/<testcase [^>]*file="\Q$file\E"/, 'so has JUnit');
        my $at = $shown . ($line ? ":$line" : '');
        like($run->{'fresh.tap'}, qr/^    place: "\Q$at\E"/m, 'and TAP');
        my ($screen) = $run->{printed} =~ /^(finding  .*?)^(?:not run|findings:)/ms;
        cmp_ok(scalar(() = ($screen // '') =~ /\n/g), '<=', 10, 'at most ten lines on the screen');
        like($screen // '', qr{^ +→ .*logs/fresh-1-upgrade\.log}m, 'which name the log');
    };
}

my $up = "CREATE TABLE items (id int PRIMARY KEY);\n";
my $bad = "CREATE TABLE more (id int PRIMARY KEY);\n\nALTER TABLE more\n    ADD COLUMN x int REFERENCES nowhere;\n";
my $missing = qr/relation "nowhere" does not exist/;
my $duplicate = "CREATE TABLE more (id int PRIMARY KEY);\nINSERT INTO more VALUES (1);\nINSERT INTO more VALUES (1);\n";

# --- files of SQL, which pgrehearse-migrate runs
my @layouts = (
    ['golang-migrate', 'migrations/0002_more.up.sql', 3, $missing,
        'migrations/0001_items.up.sql' => $up, 'migrations/0001_items.down.sql' => "DROP TABLE items;\n",
        'migrations/0002_more.up.sql' => $bad, 'migrations/0002_more.down.sql' => "DROP TABLE more;\n"],
    ['goose', 'migrations/00002_more.sql', 4, qr/DETAIL:\s+Key \(id\)=\(1\) already exists/,
        'migrations/00001_items.sql' => "-- +goose Up\n$up-- +goose Down\nDROP TABLE items;\n",
        'migrations/00002_more.sql' => "-- +goose Up\n$duplicate-- +goose Down\nDROP TABLE more;\n"],
    ['dbmate', 'db/migrations/2_more.sql', 3, qr/syntax error at or near "SELEC"/,
        'db/migrations/1_items.sql' => "-- migrate:up\n$up-- migrate:down\nDROP TABLE items;\n",
        'db/migrations/2_more.sql' => "-- migrate:up\nSELECT 1;\nSELEC 2;\n-- migrate:down\n"],
    ['Flyway', 'src/main/resources/db/migration/V2__more.sql', 8,
        qr{division by zero.*CONTEXT:\s+SQL statement "SELECT 1/0"}s,
        'src/main/resources/db/migration/V1__items.sql' => $up,
        'src/main/resources/db/migration/V2__more.sql' => "CREATE TABLE more (id int);\n\n"
            . "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS \$\$\nBEGIN\n  PERFORM 1/0;\n  RETURN 1;\nEND \$\$;\nSELECT f();\n"],
);
for (@layouts) {
    my ($name, $file, $line, $words, %files) = @$_;
    check_run("layout $name", rehearse(repository('', %files) . '/app'), "app/$file", $line, $words);
}

# --- the tools themselves
my $django = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    . "    dependencies = [('items', '0001_initial')]\n    operations = [";
my @tools = (
    ['alembic', 'migrations/versions/1a2b_price.py', 6, $missing,
        "revision = '1a2b'\ndown_revision = '4f1c'\nfrom alembic import op\n\ndef upgrade():\n"
            . "    op.execute('ALTER TABLE items ADD x int REFERENCES nowhere')\n\ndef downgrade():\n    pass\n"],
    ['django', 'items/migrations/0002_item_price.py', 7, $missing,
        "$django\n        migrations.RunSQL('ALTER TABLE items ADD x int REFERENCES nowhere', '')]\n"],
    # what a program puts together is in no file: the revision's own file is all that is known
    ['django', 'items/migrations/0002_item_price.py', undef, qr/relation "items" already exists/,
        "from django.db import models\n$django\n        migrations.CreateModel('Other', [('id', models.AutoField(primary_key=True))],\n"
            . "            options={'db_table': 'items'})]\n"],
    ['sqitch', 'deploy/price.sql', 2, $missing, "CREATE TABLE more (id int);\nALTER TABLE more ADD x int REFERENCES nowhere;\n"],
    ['sql-migrate', 'migrations/002_price.sql', 3, $missing,
        "-- +migrate Up\nCREATE TABLE more (id int);\nALTER TABLE more ADD x int REFERENCES nowhere;\n-- +migrate Down\nDROP TABLE more;\n"],
    ['rails', 'db/migrate/20240102000000_add_price.rb', 3, $missing,
        "class AddPrice < ActiveRecord::Migration[6.1]\n  def up\n    execute 'ALTER TABLE items ADD x int REFERENCES nowhere'\n  end\n  def down; end\nend\n"],
    ['knex', 'migrations/20240102000000_price.js', 2, $missing,
        "exports.up = (knex) =>\n    knex.raw('ALTER TABLE items ADD x int REFERENCES nowhere');\nexports.down = () => {};\n"],
    ['node-pg-migrate', 'migrations/1704153600000_price.js', 2, $missing,
        "exports.up = (pgm) =>\n    pgm.sql('ALTER TABLE items ADD x int REFERENCES nowhere');\nexports.down = false;\n"],
    # the tool sends the whole file at once, so nobody knows which of the statements it was
    ['dbmate', 'db/migrations/20240102000000_price.sql', undef, $missing,
        "-- migrate:up\nSELECT 1;\nALTER TABLE items ADD x int REFERENCES nowhere;\n\n-- migrate:down\nSELECT 1;\n"],
);
for (@tools) {
    my ($name, $file, $line, $words, $text) = @$_;
    my $folder = repository($name, $file => $text) . '/app';
    check_run("tool $name" . ($line ? '' : ', without a line'), rehearse($folder), "app/$file", $line, $words);
}

# --- psql -f, by a suite
my $suite = suite_with('exec psql -X -q -v ON_ERROR_STOP=1 -1 -f upgrade-2.sql');
write_file("$suite/migrations/upgrade-2.sql", "SELECT 1;\n\n$bad");
mkdir "$suite/.git";
check_run('psql', rehearse($suite, '.'), 'migrations/upgrade-2.sql', 6, $missing);

# --- what comes before the revision that is rehearsed
my $early = rehearse(repository('', 'migrations/0001_items.up.sql' => "$up$duplicate", 'migrations/0001_items.down.sql' => "SELECT 1;\n",
    'migrations/0002_more.up.sql' => 'SELECT 1;', 'migrations/0002_more.down.sql' => 'SELECT 1;') . '/app');
is($early->{code}, 1, 'a revision before it fails');
is(cause_of($early)->{file}, 'migrations/0001_items.up.sql', 'the finding has its file');
is(cause_of($early)->{line}, 4, 'and its line');
like($early->{printed}, qr{^::error file=app/migrations/0001_items\.up\.sql,line=4,title}m, 'so has GitHub');

# --- a script that wants a file which only production has
my $secret = rehearse(repository('sqitch', 'deploy/price.sql' => "\\set secret `cat /run/none/secret`\nCREATE ROLE app PASSWORD :secret;\n") . '/app');
is($secret->{code}, 3, 'a script that reads a secret that is not here could not be checked') or diag($secret->{printed});
like("$secret->{printed}$secret->{err}", qr{the migration needs what this machine lacks: cat: \S*/run/none/secret'?: No such file or directory; supply it},
    'and the line says what it lacks');

# --- what is wrong with a revision that does not fail is at its file
my $loss = rehearse(repository('', 'migrations/0001_items.up.sql' => $up, 'migrations/0001_items.down.sql' => "DROP TABLE items;\n",
    'migrations/0002_less.up.sql' => "DROP TABLE items;\n", 'migrations/0002_less.down.sql' => $up) . '/app', '--scenario', 'existing-data');
is($loss->{code}, 1, 'a table with rows is lost') or diag($loss->{printed}, $loss->{err});
like($loss->{printed}, qr{^::error file=app/migrations/0002_less\.up\.sql,}m, 'GitHub shows it at the file of the revision');

# --- a run that passes annotates nothing
my $sound = rehearse(repository('dbmate') . '/app');
is($sound->{code}, 0, 'a sound migration') or diag($sound->{printed}, $sound->{err});
unlike($sound->{printed}, qr/^::error/m, 'is no error');
is(leftovers(), '', 'nothing is left behind');
done_testing;
