#!/usr/bin/perl
# pgrehearse deploy: a plan that does nothing, a second deploy that has nothing to do, and rollbacks
# after which the application finds every row, or is not started.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use DeployTest;
use MigrationTest;
use Test::More;

my ($status, $out, $err);
sub shows { return diag($out, $err) }
open STDIN, '<', '/dev/null' or die;

my $t = certified();
my $before = everything($t);
my $own = $t->{deployment};

sub runbook {
    my ($from, $to) = @_;
    my $text = read_file($own);
    $text =~ s/$from/$to/m or die "no $from";
    return $t->{deployment} = write_file("$t->{state}/deployment.yaml", $text);
}

# a plan, without a terminal and without --yes
sub plan {
    my (@more) = @_;
    ($status, $out, $err) = run($t->{environment}, 'pgrehearse', 'deploy', $t->{suite}, '--database', $t->{url},
        '--certificate', $t->{certificate}, '--deployment', $t->{deployment}, '--output', $t->{output}, '--plan', @more);
    return;
}
plan();
is($status, 0, 'a plan: exit 0') or shows();
like($out, qr/^  5  upgrade .*: pgrehearse-migrate upgrade '002'$/m, 'the revision is filled in') or shows();
like($out, qr/^  2  downgrade .*: pgrehearse-migrate downgrade '005'$/m, 'of the way back, too') or shows();
unlike($out, qr/\{revision/, 'and no placeholder is left');
like($out, qr/restore-rows/, 'a rollback restores the rows');
like($out, qr/^only a plan: nothing was done$/m, 'it says that it is only a plan');
ok(!-e $t->{output}, 'and leaves nothing behind');
is(everything($t), $before, 'the database is as it was');
ok(is_up($t), 'and the services are up');
sql($t->{url}, 'CREATE INDEX extra ON repositories (indexed_at)');
plan();
is($status, 1, 'a plan where the certificate does not hold: exit 1') or shows();
sql($t->{url}, 'DROP INDEX extra');

# done, and nothing left to do
($status, $out, $err) = deploy($t);
is($status, 0, 'deployed') or shows();
my $deployed = everything($t);
my $report = read_file("$t->{output}/run.json");
($status, $out, $err) = deploy($t);
is($status, 0, 'once more: exit 0') or shows();
like($out, qr/^already deployed: \w+-\d+; nothing was done$/m, 'it is deployed already') or shows();
unlike("$out$err", qr/is not valid|differs/, 'and nobody speaks of a certificate');
is(everything($t), $deployed, 'nothing is done');
is(read_file("$t->{output}/run.json"), $report, 'the report of the deployment stays');
plan('--rollback');
is($status, 0, 'the plan of a rollback') or shows();
like($out, qr/^  2  downgrade .*: pgrehearse-migrate downgrade '005'$/m, 'says what would be undone');
is(everything($t), $deployed, 'and does nothing');

# the journal knows the rest
sub bare { return ($status, $out, $err) = run($t->{environment}, 'pgrehearse', 'deploy', '--database', $t->{url}, @_) }
bare('--output', $t->{output}, '--rollback', '--yes');
is($status, 0, 'a rollback needs the database alone') or shows();
is(everything($t), $before, 'every row is back');
ok(is_up($t), 'and the services are up');
bare('--output', $t->{output}, '--rollback', '--yes');
is($status, 2, 'a second one has nothing to do') or shows();
{
    my $folder = scratch('workplace');
    mkdir $folder or die;
    local $t->{environment} = {%{$t->{environment}}, DIRECTORY => $folder};
    local $t->{output} = 'deployment';
    ($status, $out, $err) = deploy($t, '--until', 'upgrade');
    is($status, 3, 'begun, in the folder that is the default') or shows();
    bare('--rollback', '--yes');
    is($status, 0, 'and rolled back, by its database alone') or shows();
    is(everything($t), $before, 'every row is back');
}

# by itself, when a step fails: with the rows, before the services start
my $fails = '"project": "default"';
runbook($fails, 'nobody');
my $text = read_file($t->{deployment}) =~ s/(nobody.*\n    deadline:) 10/$1 0.5/r;
write_file($t->{deployment}, $text);
($status, $out, $err) = deploy($t);
is($status, 1, 'an application that is not well: rolled back') or shows();
is(everything($t), $before, 'every row is back, though nobody asked for it');
ok(is_up($t), 'and the services are up');
like($out, qr/^done +restore-rows .*\n(?:.*\n)*done +rollback-start /m, 'in this order');

# switched off: not on empty tables
($status, $out, $err) = deploy($t, '--no-restore-rows');
is($status, 3, 'without the rows: unfinished') or shows();
ok(!is_up($t), 'the services stay down');
my ($command) = "$out$err" =~ /^WARNING: \d+ tables were recreated empty: the services stay down\. .* with: (pgrehearse deploy .*)$/m;
ok($command, 'a warning says so, with the command') or shows();
is(value($t->{url}, 'SELECT version_num FROM alembic_version'), '005', 'at the baseline');
unlike("$out$err", qr/^rolled back/m, 'it is not said to be rolled back');
($status, $out, $err) = run($t->{environment}, 'sh', '-c', $command);
is($status, 0, 'the command as it stands there') or shows();
is(everything($t), $before, 'every row is back');
ok(is_up($t), 'and the services are up');

# it fails: not on empty tables either
($status, $out, $err) = deploy($t, '--until', 'upgrade');
my ($opened) = map { $_->{facts}{path} } reverse journal($t, 'begun', 'backup');
rename $opened, "$opened.away" or die;
($status, $out, $err) = deploy($t, '--rollback');
is($status, 3, 'a backup that is gone') or shows();
ok(!is_up($t), 'the services stay down');
like("$out$err", qr/^WARNING: \d+ tables were recreated empty: the services stay down/m, 'a warning says so') or shows();
rename "$opened.away", $opened or die;
($status, $out, $err) = deploy($t, '--rollback');
is($status, 0, 'once it is there, the rollback goes on') or shows();
is(everything($t), $before, 'every row is back');
ok(is_up($t), 'and the services are up');

# by hand: then nothing is restored over it
deploy($t, '--until', 'upgrade');
($status, $out, $err) = deploy($t, '--rollback', '--no-restore-rows');
is($status, 3, 'without the rows once more') or shows();
($opened) = map { $_->{facts}{path} } reverse journal($t, 'begun', 'backup');
my @empty = split /\n/, value($t->{url}, <<'Q');
SELECT relname FROM pg_stat_user_tables WHERE (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', relid::regclass),
    false, true, '')))[1]::text = '0'
Q
system('pg_restore', '--data-only', '--disable-triggers', (map { ('-t', $_) } @empty), '-d', $t->{url}, $opened) == 0 or die;
($status, $out, $err) = deploy($t, '--rollback');
is($status, 0, 'restored by hand: rolled back') or shows();
like($out, qr/^done +restore-rows .* all rows are there already$/m, 'it finds them') or shows();
ok(is_up($t), 'and the services are up');
($status, $out, $err) = deploy($t, '--restore-rows', '--no-restore-rows');
is($status, 2, 'both at once: exit 2') or shows();
done_testing;
