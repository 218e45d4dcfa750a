#!/usr/bin/perl
# pgrehearse deploy: the good way, what it refuses, every failure and what becomes of it.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use DeployTest;
use MigrationTest;
use Test::More;

my ($status, $out, $err);
sub shows { return diag($out, $err) }
sub revision { return value($_[0]{url}, 'SELECT version_num FROM alembic_version') }

# a runbook with these lines changed: (pattern => replacement, …)
sub runbook {
    my ($t, @changes) = @_;
    my $text = read_file("$t->{suite}/application/deployment.yaml");
    while (my ($from, $to) = splice @changes, 0, 2) { $text =~ s/$from/$to/m or die "no $from" }
    return $t->{deployment} = write_file("$t->{state}/deployment.yaml", $text);
}

# refusals: nothing is done
my $t = certified();
my $before = everything($t);
sub refused {
    my ($name, $code, $message, $environment, @words) = @_;
    ($status, $out, $err) = run($environment, 'pgrehearse', 'deploy', @words);
    is($status, $code, "$name: exit $code") or shows();
    like($err, qr/^pgrehearse: .*$message/m, "$name: it says why");
    ok(is_up($t), "$name: the services are up still");
    return;
}
my %e = %{$t->{environment}};
my @to = ($t->{suite}, '--database', $t->{url}, '--output', $t->{output}, '--deployment', $t->{deployment});
my @with = (@to, '--certificate', $t->{certificate});
refused('no database', 2, 'Give --database', \%e, $t->{suite}, '--certificate', 'x', '--yes');
refused('no certificate', 2, 'give --certificate', \%e, @to, '--yes');
open STDIN, '<', '/dev/null' or die;
refused('no terminal and no --yes', 2, 'no terminal', \%e, @with);
refused('no certificate at all', 2, 'certificate', \%e, @to, '--yes', '--certificate', $t->{suite} . '/suite.yaml');
refused('an unknown step', 2, 'expected one of backup, stop', \%e, @with, '--yes', '--until', 'lunch');
refused('nothing to roll back', 2, 'nothing to roll back', \%e, @with, '--yes', '--rollback');
{
    delete local $e{APPLICATION_PORT};
    refused('a variable that is not set', 2, '\$\{APPLICATION_PORT\}: expected', \%e, @with, '--yes');
}
my $file = "$t->{suite}/migrations/005_version_column.sql";
my $sound = read_file($file);
write_file($file, $sound =~ s/version/versioN/r);
($status, $out, $err) = deploy($t);
is($status, 1, 'one byte of a migration changed: exit 1') or shows();
like($out, qr/005_version_column\.sql/, 'and the file is named');
write_file($file, $sound);
sql($t->{url}, 'CREATE INDEX extra ON repositories (indexed_at)');
($status, $out, $err) = deploy($t);
is($status, 1, 'another schema than was certified: exit 1') or shows();
like($out, qr/extra/, 'and the object is named');
sql($t->{url}, 'DROP INDEX extra');
my $certificate = read_file($t->{certificate});
write_file($t->{certificate}, $certificate =~ s/"verdict":"passed"/"verdict":"findings"/gr);
($status, $out, $err) = deploy($t);
is($status, 1, 'a certificate with findings: exit 1') or shows();
write_file($t->{certificate}, $certificate);
application($t, 'stop');
runbook($t, 'deadline: 10' => 'deadline: 0.3');
($status, $out, $err) = deploy($t);
is($status, 1, 'an application that is not well before: exit 1') or shows();
like($err, qr/unhealthy before the deployment: probe 'application starts'/, 'and the probe is named');
application($t, 'start');
is(everything($t), $before, 'no refusal has changed the database');
is(scalar journal($t, 'opened'), 0, 'nor begun a deployment');
for (['a key that is not known', "stop:", "stopp:", 'stopp'], ['no regex', 'errors: ERROR', 'errors: "("', 'logs.errors'],
    ['a credential in the file', 'headers: \[.*?\]', 'headers: ["Authorization: Bearer x"]', 'environment']) {
    my ($name, $from, $to, $message) = @$_;
    my $path = runbook($t, $from => $to);
    refused("a runbook with $name", 2, $message, \%e, $t->{suite}, '--database', $t->{url}, '--output', $t->{output},
        '--certificate', $t->{certificate}, '--yes', '--deployment', $path);
}

# the good way, by a URL with a password that nobody may see
my $password = qq{a\@b$$:c/d%e'f"g h}; # no other test's, since all processes are looked at
(my $encoded = $password) =~ s/([^a-z])/sprintf '%%%02X', ord $1/ge;
$t->{deployment} = "$t->{suite}/application/deployment.yaml";
($t->{deploy_url} = $t->{url}) =~ s{//postgres@}{//postgres:$encoded@} or die;
my $child = deploy_start($t);
my $processes = '';
wait_until(sub { -s $child->{out} }, 'a line of it'); # from now on its own arguments are hidden
wait_until(sub { $processes .= `ps -eo args`; read_file($child->{out}) =~ /^(deployed|failed)/m }, 'its end');
like($processes, qr/pgrehearse deploy /, 'the list of processes was looked at');
($status, $out, $err) = finish($child);
is($status, 0, 'deployed: exit 0') or shows();
like($out, qr/^deployed$/m, 'it says so');
my @done = $out =~ /^done +(\S+)/mg;
is("@done", 'backup stop verify-baseline pre-validation upgrade verify-target post-validation start probes',
    'the nine steps, in their order');
is(revision($t), '002', 'the database is at the target');
ok(is_up($t), 'the services are up');
my ($ended) = journal($t, 'finished');
is($ended->{outcome}, 'deployed', 'the journal says so');
like(read_file("$t->{output}/junit.xml"), qr/<testsuites [^>]*tests="9" failures="0" errors="0"/, 'JUnit has the nine steps');
like(read_file("$t->{output}/run.json"), qr/"verdict": "passed"/, 'run.json says that they passed');
ok(-s "$t->{output}/report.html", 'and there is a page');
my $kept = join '', map { read_file($_) } split /\n/, `find '$t->{output}' '$t->{state}' -type f`;
for ($password, $encoded, "b$$:c/d") {
    unlike("$out$err$kept", qr/\Q$_\E/, "no password in output, journal, logs and backups");
    unlike($processes, qr/\Q$_\E/, 'nor in the list of processes');
}
my ($backup) = glob "$t->{output}/backups/*.dump";
is(system('pg_restore', '-l', '-f', '/dev/null', $backup), 0, 'pg_restore reads the backup');
($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
is($status, 0, 'rolled back on demand: exit 0') or shows();
like($out, qr/^rolled back/m, 'it says so');
is(everything($t), $before, 'the database is as it was, with every row');
ok(is_up($t), 'and the services are up');
refused('a second rollback', 2, 'nothing to roll back', \%e, @with, '--yes', '--rollback');

# every failure: the database as it was, the services up
sub fails {
    my ($name, $code, $message, @changes) = @_;
    runbook($t, @changes);
    ($status, $out, $err) = deploy($t, '--restore-rows');
    is($status, $code, "$name: exit $code") or shows();
    like($out, qr/$message/, "$name: it says why") or shows();
    is(everything($t), $before, "$name: the database is as it was");
    ok(is_up($t), "$name: the services are up");
}
delete $t->{deploy_url};
my $once = "mkdir $t->{state}/once";
fails('a backup that cannot be written', 3, 'not deployed: backup', 'backup_folder: .*' => 'backup_folder: /proc/nowhere');
fails('services that do not stop', 1, 'rolled back: stop: ', 'stop: ' => "stop: $once; [ \$? != 0 ] || exit 4; ");
rmdir "$t->{state}/once";
fails('services that do not start', 1, 'rolled back: start: ', 'start: ' => "start: $once; [ \$? != 0 ] || exit 4; ");
rmdir "$t->{state}/once";
fails('a body that does not match', 1, "probe 'repositories have their project'.*does not match",
    '"project": "default"' => 'nobody', '(nobody.*\n    deadline:) 10' => "nobody'\n    deadline: 2");
fails('an error in the log', 1, "an error in the log 'application'", 'errors: ERROR' => 'errors: listening');
unlike($out . join('', map { $_->{message} // '' } journal($t, 'ended')), qr/INFO listening/, 'its line is not kept');

# locks: somebody reads, and the migration does not make the others wait
my $holder = start({}, 'psql', '-qX', $t->{url}, '-c', 'BEGIN; LOCK TABLE code_chunks IN ACCESS SHARE MODE; SELECT pg_sleep(900)');
wait_until(sub { value($t->{url}, q{SELECT count(*) FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND mode = 'AccessShareLock' AND relation = 'code_chunks'::regclass}) > 0 }, 'the lock');
my $readers = start({}, 'sh', '-c', "until [ -e $t->{state}/enough ]; do psql -qXAt '$t->{url}' -c \"SET statement_timeout = '300s'\" "
    . "-c \"SELECT 'read' FROM code_chunks LIMIT 1\"; done");
fails('a lock that stays', 1, 'gave up waiting for a lock', 'lock_timeout: 2' => 'lock_timeout: 0.3', 'lock_retries: 3' => 'lock_retries: 1');
write_file("$t->{state}/enough", '');
finish($readers);
like(read_file($readers->{out}), qr/^read$/m, 'others read meanwhile');
is(read_file($readers->{err}), '', 'and none of them had to wait until the lock was let go');
is(value($t->{url}, q{SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(900)%' AND pid <> pg_backend_pid()}), 1, 'which it is not yet');
unlike(join('', map { $_->{message} // '' } journal($t, 'ended'), journal($t, 'rollback')), qr/pg_sleep/, 'its query is not kept');
unlike($err, qr/-- timing/, 'the migration is not told as being in its own way') or shows();
like($err, qr/waits for a lock of process \d+ of \w+, active, in its transaction for \d+ s: /, 'who is in the way is told');
is(scalar journal($t, 'noted', 'upgrade'), 2, 'each try is in the journal');
runbook($t, 'lock_timeout: 2' => 'lock_timeout: 0.5', 'lock_retries: 3' => 'lock_retries: 50');
$child = deploy_start($t);
wait_until(sub { journal($t, 'noted', 'upgrade') > 2 }, 'a try that gave up');
sql($t->{url}, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(900)%' AND pid <> pg_backend_pid()});
finish($holder);
($status, $out, $err) = finish($child);
is($status, 0, 'a lock that is let go: deployed') or shows();
is(revision($t), '002', 'at the target');
deploy($t, '--rollback', '--restore-rows');
is(everything($t), $before, 'and back');

# the migration itself fails, and rows that were there are not blamed
sql($t->{url}, q{SET session_replication_role = replica; INSERT INTO code_chunks (repository_id, file_path, content, start_line, end_line) VALUES (gen_random_uuid(), 'o.py', 'pass', 1, 1)});
my $orphaned = everything($t);
($status, $out, $err) = deploy($t);
is($status, 1, 'a migration that refuses: exit 1') or shows();
like($out, qr/^rolled back: upgrade: .*orphaned chunks/m, 'it says why');
like(read_file("$t->{output}/junit.xml"), qr{<testcase [^>]*file="[^"]*002_remove_non_search_tables\.sql" line="\d+"}, 'JUnit names the file and the line') or shows();
unlike($out, qr/^\w+ +downgrade /m, 'no downgrade is run where nothing was changed');
is(everything($t), $orphaned, 'the database is as it was');
ok(is_up($t), 'the services are up');
sql($t->{url}, q{DELETE FROM code_chunks WHERE file_path = 'o.py'});

# in parts
($status, $out, $err) = deploy($t, '--until', 'pre-validation');
is($status, 3, 'a part is no success: exit 3') or shows();
like($out, qr/^stopped, as requested/m, 'it says so');
is(revision($t), '005', 'and the migration has not begun');
($status, $out, $err) = deploy($t, '--until', 'upgrade');
is(revision($t), '002', 'on to the migration');
ok(!is_up($t), 'with the services down');
($status, $out, $err) = deploy($t);
is($status, 0, 'and to the end') or shows();
unlike($out, qr/^done +upgrade/m, 'the migration is not run twice');
ok(is_up($t), 'the services are up');
deploy($t, '--rollback', '--restore-rows');
is(everything($t), $before, 'and back again');

# somebody else runs the migration in between: a rollback of ours has nothing to undo, and says so
deploy($t, '--until', 'stop');
migrate($t->{url}, 'upgrade', '002');
($status, $out, $err) = deploy($t);
is($status, 1, 'migrated by somebody else: exit 1') or shows();
like($err, qr/nothing was done; the unfinished deployment stays where it is; --rollback undoes it$/m, 'it says how to go on') or shows();
($status, $out, $err) = deploy($t, '--rollback');
is($status, 1, 'rolled back, and not at the baseline: exit 1') or shows();
like($out, qr/^failed, and not rolled back: .*reports revision '002.*' instead of 005/m, 'it says why') or shows();
ok(is_up($t), 'the services are up');
migrate($t->{url}, 'downgrade', '005');
($status, $out, $err) = deploy($t, '--rollback');
is($status, 0, 'at the baseline: rolled back') or shows();

# two at once: the second is refused
my $lock = start({}, 'psql', '-qX', $t->{url}, '-c', 'SELECT pg_advisory_lock(8099552841689755513)', '-c', 'SELECT pg_sleep(900)');
wait_until(sub { value($t->{url}, q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())}) > 0 }, 'the lock');
($status, $out, $err) = deploy($t);
is($status, 3, 'another deploy from elsewhere: exit 3');
like($err, qr/another deploy of this database is running/, 'and it says so');
sql($t->{url}, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(900)%' AND pid <> pg_backend_pid()});
finish($lock);
my ($journal) = glob "$t->{output}/*.journal";
my $good = read_file($journal);
write_file($journal, "$good\{\"event\": \"finished\"\n");
($status, $out, $err) = deploy($t);
is($status, 3, 'garbage in the journal: exit 3') or shows();
like($err, qr/line \d+: not a line of a deployment journal/, 'and the line is named');
write_file($journal, "$good\{\"event\": \"fini");
($status, $out, $err) = deploy($t);
is($status, 0, 'a torn last line is a crash, and no reason to stop') or shows();
done_testing;
