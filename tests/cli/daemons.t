#!/usr/bin/perl
# A migrator starts a daemon in a session and an environment of its own: it ends with the trial, however
# the migrator is run.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $folder = area('daemons');
my $start = "pid=\$(setsid -f env -i PATH=\"\$PATH\" sh -c 'echo \$\$; exec >/dev/null 2>&1 </dev/null; exec sleep 1000'); "
    . "echo \$pid >>$folder/started; "
    . "for old in \$(cat $folder/started); do [ \$old = \$pid ] || ! kill -0 \$old 2>/dev/null || echo \$old >>$folder/alive; done; ";
my $suite = suite_with($start . sound(), $start . 'exec psql -X -q -v ON_ERROR_STOP=1 -1 -f upgrade-1.sql');
my $failing = suite_with($start . 'exit 4');
my $slow = suite_with($start . 'sleep 600; ' . sound());

sub sql {
    my ($database, $sql) = @_;
    my @words = map {quotemeta} ('psql', '-XAtqd', $server =~ s{/postgres\?}{/$database?}r, '-c', $sql);
    my $said = `@words`;
    chomp $said;
    return $said;
}
my $source = "daemons_$$";
sql('postgres', "CREATE DATABASE $source");
END { local $?; sql('postgres', "DROP DATABASE IF EXISTS $source WITH (FORCE)") if $source }
my $url = $server =~ s{/postgres\?}{/$source?}r;
system("cd $suite/migrations && DATABASE_URL='$url' psql -X -q -1 -d '$url' -f upgrade-1.sql") == 0 or die;

for my $case (
    ['on the embedded server', $suite, ['--scenario', 'fresh,idempotency', '--jobs', '1'], 0, 2],
    ['beside each other', $suite, ['--scenario', 'fresh,rollback,constraints', '--jobs', '3'], 0, 3, 1],
    ['on a given server', $suite, ['--scenario', 'fresh', '--server', $server], 0, 1],
    ['through the relay', $suite, ['--scenario', 'cost'], 0, 1],
    ['cut off', $suite, ['--scenario', 'interrupted'], 0, 10, 1],
    ['that fails', $failing, ['--scenario', 'fresh'], 1, 1],
    ['on a copy of production', $suite, ['--scenario', 'certification', '--source', $url], 0, 1, 0, 'certify'])
{
    my ($what, $suite, $arguments, $code, $least, $beside, $command) = @$case;
    unlink "$folder/started", "$folder/alive";
    my $run = run_it($suite, $arguments, command => $command // 'run');
    is($run->{code}, $code, "a migrator $what: exit $code") or diag(output_of($run));
    my @started = split /\n/, read_file("$folder/started");
    cmp_ok(scalar @started, '>=', $least, 'has started daemons');
    is(join(' ', grep { kill 0, $_ } @started), '', 'of which none is left');
    is(read_file("$folder/alive"), '', 'and none was, when the next trial began') unless $beside;
}

# not even of a run that is killed
unlink "$folder/started";
my $waiting = start_run($slow, ['--scenario', 'fresh']);
ok(wait_until(sub { read_file("$folder/started") =~ /\d+\n/ }, 'a daemon'), 'a migrator has started one');
kill 'KILL', $waiting->{pid};
finish_run($waiting);
ok(wait_until(sub { my @left = grep { kill 0, $_ } split /\n/, read_file("$folder/started"); !@left }, 'its end'),
    'which ends with the run');
run_it($suite, ['--scenario', 'fresh']);
is(leftovers(), '', 'nothing is left');
done_testing;
