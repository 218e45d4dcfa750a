#!/usr/bin/perl
# pgrehearse validate: one set of validations on a database that is only read.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my ($status, $out, $err);
sub validate { return ($status, $out, $err) = run({}, 'pgrehearse', 'validate', @_) }

my $library = "$FindBin::Bin/../suites/library";
my ($old, $new) = (database(), database());
for ([$old, '005'], [$new, '002']) {
    my ($failed, undef, $why) = migrate($_->[0], 'upgrade', $_->[1]);
    die $why if $failed;
}
sql($old, 'INSERT INTO repositories (path, indexed_at) VALUES ($$/a$$, now())');

# each set on the database that it is for, and on the other
for (['pre-migration', $old], ['post-migration', $new], ['post-rollback', $old]) {
    my ($set, $url) = @$_;
    validate($set, '--database', $url);
    is($status, 0, "$set on the right database: exit 0") or diag($out, $err);
    like($out, qr/^passed: [1-9]\d* passed, 0 findings\n\z/m, "$set: the last line counts them");
    unlike($out, qr/^finding /m, "$set: no finding");
    is($err, '', "$set: nothing on stderr");
}
for (['post-migration', $old], ['post-rollback', $new]) {
    my ($set, $url) = @$_;
    validate($set, '--database', $url);
    is($status, 1, "$set on the wrong database: exit 1") or diag($out, $err);
    like($out, qr/^finding  /m, "$set: a finding");
    like($out, qr/^findings: \d+ passed, [1-9]\d* findings\n\z/m, "$set: the last line counts them");
    is($err, '', "$set: a finding is no error");
}
is((validate('migration_002', 'post-migration', '--database', $new))[0], 0, 'the suite may be named');
is((validate('--database', $new, 'post-migration'))[0], 0, 'in any order');

# rows that are told
validate('post-rollback', '--database', $old, '--rows', 'repositories=1,code_chunks=0');
is($status, 0, 'as many rows as were told: exit 0') or diag($out, $err);
validate('post-rollback', '--database', $old, '--rows', 'repositories=2,code_chunks=0');
is($status, 1, 'fewer rows than were told: exit 1');
like($out, qr/^finding  .*repositories/mi, 'and it names the table');

# what is wrong
sub wrong {
    my ($name, $code, $message, @arguments) = @_;
    validate(@arguments);
    is($status, $code, "$name: exit $code");
    like($err, qr/\Apgrehearse: [^\n]*$message[^\n]*\n\z/, "$name: one line says it");
    is($out, '', "$name: nothing else");
}
wrong('no set', 2, 'which', '--database', $old);
wrong('an unknown set', 2, "no validations 'pre'; did you mean 'pre-migration'?", 'pre', '--database', $old);
wrong('no database', 2, 'Give --database URL', 'pre-migration');
wrong('two sets', 2, "'pre-migration' is neither a suite nor expected here", 'pre-migration', 'post-migration', '--database', $old);
wrong('rows of nothing', 2, 'expected TABLE=N', 'pre-migration', '--database', $old, '--rows', 'repositories');
wrong('rows that are no number', 2, 'expected TABLE=N', 'pre-migration', '--database', $old, '--rows', 'repositories=x');
wrong('a negative number of rows', 2, 'expected TABLE=N', 'pre-migration', '--database', $old, '--rows', 'repositories=-1');
wrong('no number of rows', 2, 'expected TABLE=N', 'pre-migration', '--database', $old, '--rows', 'repositories=');
wrong('rows of a table that is not preserved', 2, 'no such preserved table', 'pre-migration', '--database', $old, '--rows', 'tasks=1');
wrong('no server there', 3, 'connection', 'pre-migration', '--database', 'postgresql://postgres:geheim@127.0.0.1:1/x');
unlike($err, qr/geheim/, 'and the password is not told');
wrong('a suite that is broken', 2, 'at least one .sql file', folder_with(), 'post-rollback', '--database', $old);

# A copy of the small suite with these files as its post-rollback validations.
sub folder_with {
    my (%files) = @_;
    my $folder = copy_of($library);
    unlink glob "$folder/validations/post-rollback/*";
    write_file("$folder/validations/post-rollback/$_.sql", $files{$_}) for keys %files;
    return $folder;
}

# it only reads, whatever a validation tries
my $before = value($old, 'SELECT count(*) FROM repositories');
for (
    ['an insert', 'INSERT INTO repositories (path, indexed_at) VALUES (\'/b\', now()) RETURNING id'],
    ['a deletion in a CTE', 'WITH gone AS (DELETE FROM repositories RETURNING id) SELECT id FROM gone WHERE false'],
    ['a new table', 'CREATE TABLE new_one (a int)'],
    ['a changed setting first', 'SELECT set_config(\'transaction_read_only\', \'off\', false) WHERE false'],
    ['a commit', 'COMMIT'],
    ['two statements', 'COMMIT; DELETE FROM repositories'],
) {
    my ($name, $statement) = @$_;
    validate(folder_with(a => "$statement;\n", b => "DELETE FROM repositories;\n"), 'post-rollback', '--database', $old);
    isnt($status, 0, "$name: not passed");
    is(value($old, 'SELECT count(*) FROM repositories'), $before, "$name: no row changed");
    is(value($old, 'SELECT to_regclass($$new_one$$) IS NULL'), 't', "$name: no table made");
}

# a finding and an error are not mixed
validate(folder_with(a => "SELECT no_such_column FROM repositories;\n"), 'post-rollback', '--database', $old);
is($status, 1, 'a column that is not there is a finding');
like($out, qr/^finding  a: .*no_such_column/m, 'and is named');
validate(folder_with(a => "SELEKT 1;\n"), 'post-rollback', '--database', $old);
is($status, 3, 'what is no SQL could not be checked');
like($err, qr{\Apgrehearse: \S+/a\.sql: .*SELEKT.*\n\z}, 'and the file is named, on one line');
validate(folder_with(a => "SELECT pg_terminate_backend(pg_backend_pid());\n"), 'post-rollback', '--database', $old);
is($status, 3, 'a lost connection could not be checked');
like($err, qr/\Apgrehearse: [^\n]+\n\z/, 'on one line');
validate(folder_with(a => "SELECT 'x' AS offending;\n", b => "SELEKT 1;\n"), 'post-rollback', '--database', $old);
is($status, 1, 'a finding before an error stays a finding');
like($out, qr/^finding  a: violated: offending=x/m, 'and is told');
like($err, qr/b\.sql/, 'and so is the error');

my ($pid_status) = run({SQL => 'x'}, 'sh', '-c', 'pgrehearse validate pre-migration --database "$0" >/dev/full', $old);
is($pid_status, 3, 'a full disk is no success');
done_testing;
