#!/usr/bin/perl
# pgrehearse deploy when the server is away: when it begins, between its steps, and when the
# connection is cut in the middle of one. It says where it stands and how to go on, and that works.
# Takes long.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use CutProxy;
use DeployTest;
use MigrationTest;
use Test::More;

my ($status, $out, $err);
sub shows { return diag($out, $err) }
my $t = certified();
my $before = everything($t);
my ($socket) = $ENV{PGREHEARSE_TEST_SERVER} =~ /host=([^&]+)/;
mkdir scratch('proxy') or die;
my $proxy = CutProxy->new("$socket/.s.PGSQL.5432", scratch('proxy'));
my ($name) = $t->{url} =~ m{/(\w+)\?};
$t->{deploy_url} = "postgresql://postgres\@127.0.0.1:$proxy->{port}/$name";
sub revision { return value($t->{url}, 'SELECT version_num FROM alembic_version') }
sub is_back {
    my ($what) = @_;
    ($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
    is($status, 0, "$what: rolled back") or shows();
    is(everything($t), $before, "$what: as it was");
    return;
}

# it is away from the beginning
$proxy->down;
($status, $out, $err) = deploy($t);
is($status, 3, 'away at first: exit 3');
like($err, qr/\Apgrehearse: cannot connect.*\n\z/, 'away at first: one line, since nothing is under way');
$proxy->up;

# What it says of where it stands; the commands that it tells, to go on and to go back.
sub stands {
    my ($what, $text, $last, $next, @begun) = @_;
    like($text, qr/^last done +\Q$last\E \(/m, "$what: the last step is told") or shows();
    like($text, qr/^next +$next/m, "$what: the next one is told") or shows();
    my %command = $text =~ /^to (continue|go back)[^\n]*:\n  (pgrehearse deploy .*)$/mg;
    return \%command;
}
sub pastes { return run($t->{environment}, 'sh', '-c', $_[0]) }

# step by step, and away between them
my @steps = qw(backup stop verify-baseline pre-validation upgrade verify-target post-validation start probes);
my $commands;
for my $i (0 .. $#steps - 1) {
    my ($step, $following) = @steps[$i, $i + 1];
    my $next = $i < 4 ? qr/backup \(.*; every step before the migration is repeated/ : qr/\Q$following\E \(/;
    ($status, $out, $err) = deploy($t, '--until', $step);
    is($status, 3, "--until $step: a part is no success") or shows();
    my @done = $out =~ /^done +(\S+)/mg;
    is($done[-1], $step, "--until $step: it is the last that was done");
    like($out, qr/^stopped, as requested$/m, "--until $step: it says so");
    stands("--until $step", $out =~ s/.*^stopped//msr, $step, $next);
    is(revision(), $i < 4 ? '005' : '002', "--until $step: the database is where it should be");
    $proxy->down;
    ($status, $out, $err) = deploy($t);
    is($status, 3, "away after $step: exit 3");
    like($err, qr/\Apgrehearse: cannot connect/, "away after $step: it says so");
    $commands = stands("away after $step", $err, $step, $next);
    like($commands->{'go back'} // '', qr/ --rollback$/, "away after $step: the command that goes back");
    ($status, $out, $err) = deploy($t, '--rollback');
    is($status, 3, "away after $step, on the way back: exit 3");
    my $back = stands("away after $step, on the way back", $err, $step, $i < 4 ? qr/rollback-start/ : qr/rollback-stop/);
    like($back->{continue} // '', qr/ --rollback$/, "away after $step, on the way back: the command that goes on");
    $proxy->up;
}
is(journal($t, 'rollback'), 0, 'no rollback was begun while it was away');
unlike($commands->{continue}, qr/--until/, 'the command that goes on goes to the end');
($status, $out, $err) = pastes($commands->{continue});
is($status, 0, 'pasted, it does') or shows();
is(scalar(grep { $_->{outcome} eq 'done' } journal($t, 'ended', 'upgrade')), 1, 'the migration ran once');
$proxy->down;
($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
is($status, 3, 'away when all is deployed: exit 3');
my $back = stands('away when all is deployed', $err, 'probes', qr/rollback-stop/);
$proxy->up;
($status, $out, $err) = pastes($back->{continue});
is($status, 0, 'pasted, it goes back') or shows();
is(everything($t), $before, 'and everything is as it was');
($status, $out, $err) = deploy($t, '--until', 'probes');
is($status, 0, '--until probes is the whole way') or shows();
is_back('--until probes');

# Cut in the middle of a step; %how: until => the step before it, and that of CutProxy.
sub cut_in {
    my ($step, $application, $pattern, %how) = @_;
    my $what = join ', ', "cut in $step", grep { $how{$_} } qw(after blip);
    if ($how{until}) {
        ($status, $out, $err) = deploy($t, '--until', $how{until});
        is($status, 3, "$what: it is under way") or shows();
    }
    $proxy->cut_at($application, $pattern, %how);
    ($status, $out, $err) = deploy($t);
    ok($proxy->was_cut, "$what: it was cut") or shows();
    return $what;
}
# what is not begun is taken back, and the services are up
for (['backup', 'pg_dump', 'LOCK TABLE'], ['verify-baseline', 'pgrehearse-deploy', '.'], ['pre-validation', '(?!pgrehearse-deploy)', 'conrelid::regclass']) {
    my $what = cut_in(@$_);
    is($status, 3, "$what: exit 3") or shows();
    like($out, qr/^not deployed: $_->[0]: /m, "$what: it says in which step");
    like($out, qr/^nothing was changed in the database/m, "$what: and where it stands");
    $proxy->up;
    is(everything($t), $before, "$what: nothing is changed");
    ok(is_up($t), "$what: the services are up");
}
my $runs = () = grep { $_->{outcome} eq 'done' } journal($t, 'ended', 'upgrade');
for (['upgrade', 'pgrehearse-deploy', 'DROP TABLE', until => 'pre-validation'],
    ['upgrade', 'pgrehearse-deploy', 'COMMIT', after => 1],
    ['upgrade', 'pgrehearse-deploy', 'COMMIT', after => 1, blip => 1],
    ['verify-target', 'pgrehearse-deploy', '.', until => 'upgrade'],
    ['post-validation', '(?!pgrehearse-deploy)', 'check_repositories_project_id', until => 'verify-target']) {
    my $what = cut_in(@$_);
    my %how = @$_[3 .. $#$_];
    is($status, 3, "$what: exit 3") or shows();
    like($out, qr/^unfinished: $_->[0]: /m, "$what: it says in which step") or shows();
    my ($last, $next) = ($how{until}, qr/\Q$_->[0]\E \(/);
    # after a blip it has looked already
    ($last, $next) = $how{blip} ? ('upgrade', qr/verify-target \(/) : ('pre-validation', qr/check whether 'upgrade' has happened/)
        if $_->[0] eq 'upgrade';
    $commands = stands($what, $out =~ s/.*^unfinished//msr, $last, $next);
    $proxy->up;
    ($status, $out, $err) = pastes($commands->{continue});
    is($status, 0, "$what: the command that it told goes on") or shows();
    is(revision(), '002', "$what: at the target");
    my @runs = grep { $_->{outcome} eq 'done' } journal($t, 'ended', 'upgrade');
    is(@runs - $runs, 1, "$what: the migration was done once");
    $runs = @runs;
    ok(is_up($t), "$what: the services are up");
    is_back($what);
}
# on the way back
for (['downgrade', 'pgrehearse-deploy', 'CREATE TABLE'], ['rollback-verify', '(?!pgrehearse-deploy|pg_)', 'pg_depend'], ['restore-rows', '(?!pgrehearse-deploy)', 'COPY ']) {
    my ($step, @where) = @$_;
    ($status, $out, $err) = deploy($t);
    is($status, 0, "cut in $step: deployed before") or shows();
    $proxy->cut_at(@where);
    ($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
    ok($proxy->was_cut, "cut in $step: it was cut") or shows();
    is($status, 3, "cut in $step: exit 3") or shows();
    like($out, qr/^unfinished: the rollback: $step: /m, "cut in $step: it says in which step") or shows();
    like($out, qr/^state +rolling back: requested$/m, "cut in $step: and where it stands");
    my ($command) = $out =~ /^to continue with the rollback[^\n]*:\n  (pgrehearse deploy .* --rollback)$/m;
    $proxy->up;
    ($status, $out, $err) = pastes($command // 'false');
    is($status, 0, "cut in $step: the command that it told goes on") or shows();
    is(everything($t), $before, "cut in $step: as it was");
    ok(is_up($t), "cut in $step: the services are up");
}

# an application that fails because its database is away is not rolled back for that
application($t, 'stop');
$t->{environment}{DATABASE_URL} = $t->{deploy_url};
application($t, 'start');
($status, $out, $err) = deploy($t, '--until', 'start');
$proxy->cut_at('application', '.'); # what the first probe asks for
($status, $out, $err) = deploy($t);
is($status, 3, 'the database is away when the application is probed: exit 3') or shows();
like($out, qr/^unfinished: probes: .*; and the database cannot be reached: /m, 'it says so');
is(revision(), '002', 'and nothing is rolled back');
$proxy->up;
($status, $out, $err) = deploy($t);
is($status, 0, 'it is deployed when the database is there again') or shows();
done_testing;
