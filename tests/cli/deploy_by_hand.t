#!/usr/bin/perl
# pgrehearse deploy with a real login by a hostile password: nobody sees it; and the commands that
# the last screen tells when neither way is open, pasted as they stand.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use DeployTest;
use MigrationTest;
use Test::More;

my ($status, $out, $err);
my $server = $ENV{PGREHEARSE_TEST_SERVER};
my $password = qq{a\@b$$:c/d%e'f"g h}; # no other test's, since all processes are looked at
(my $encoded = $password) =~ s/([^a-z])/sprintf '%%%02X', ord $1/ge;
(my $half = $encoded) =~ s/%2F/\//;

# a role that has to log in by SCRAM, while all others are trusted
my $hba = value($server, 'SHOW hba_file');
my $trust = read_file($hba);
my $t = certified();
END { my $code = $?; if ($trust) { drop_databases(); write_file($hba, $trust); sql($server, 'SELECT pg_reload_conf()', 'DROP ROLE IF EXISTS deployer') } $? = $code }
(my $quoted = $password) =~ s/'/''/g;
sql($server, "CREATE ROLE deployer LOGIN SUPERUSER PASSWORD '$quoted'");
# what a downgrade makes again belongs to who runs it, so it has to have been his before
sql($t->{url}, q{DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP EXECUTE format('ALTER TABLE %s OWNER TO deployer', t); END LOOP; END $$});
write_file($hba, "local all deployer scram-sha-256\n$trust");
sql($server, 'SELECT pg_reload_conf()');
(my $plain = $t->{url}) =~ s{//postgres@}{//deployer@} or die;
(my $full = $plain) =~ s{//deployer@}{//deployer:$encoded@};
wait_until(sub { (run({}, 'psql', '-wqX', $plain, '-c', 'SELECT'))[0] != 0 }, 'the login');
isnt((run({}, 'psql', '-wqX', $plain, '-c', 'SELECT'))[0], 0, 'no login without the password');

# a downgrade that can be made to fail
my $yaml = read_file("$t->{suite}/suite.yaml");
$yaml =~ s/(    downgrade: )(pgrehearse-migrate.*)/$1test ! -e '$t->{state}\/no-way-back' \&\& $2/ or die;
write_file("$t->{suite}/suite.yaml", $yaml);
my $before = everything($t);
my $rows = rows_of($t->{url});

# Every row of a database, as statements; pg_dump words a restored CHECK in another way.
sub rows_of {
    my ($url) = @_;
    my ($failed, $dump, $why) = run({}, 'pg_dump', '--inserts', '--data-only', $url);
    die $why if $failed;
    return join "\n", sort grep { /^INSERT|setval/ } split /\n/, $dump;
}

# Runs a command while all other processes' command lines are looked at; what was seen of it.
my $seen = '';
sub watched {
    my ($environment, @command) = @_;
    my $child = start($environment, @command);
    # it cannot hide its own before it runs, and is looked at once that has been seen to be done
    my $hides = grep { index($_, $encoded) >= 0 || index($_, $half) >= 0 } @command;
    my $hidden = !$hides;
    while (waitpid($child->{pid}, 1) == 0) { # WNOHANG
        for my $file (glob '/proc/[0-9]*/cmdline') {
            my ($pid) = $file =~ /(\d+)/;
            next if $pid == $$;
            open my $handle, '<', $file or next;
            local $/;
            my $line = (<$handle> // '') =~ tr/\0/ /r . "\n";
            if ($hidden || $pid != $child->{pid}) { $seen .= $line }
            elsif ($line =~ /\*\*\*/) { $hidden = 1 }
        }
        select undef, undef, undef, 0.01;
    }
    $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    $seen .= "not hidden: @command\n" if !$hidden;
    ($out, $err) = (read_file($child->{out}), read_file($child->{err}));
    return;
}
sub hidden {
    my ($name, @folders) = @_;
    my $kept = join '', map { read_file($_) } split /\n/, `find @folders -type f`;
    for ($password, $encoded, $half, "b$$:c/d") {
        unlike("$out$err", qr/\Q$_\E/i, "$name: no password on the screen");
        unlike($kept, qr/\Q$_\E/i, "$name: nor in any file");
        unlike($seen, qr/\Q$_\E/i, "$name: nor in the list of processes");
    }
    like($seen, qr/pg_dump|pg_restore|migrate/, "$name: which was looked at");
    $seen = '';
    return;
}
for (['by the URL', $full, {}], ['by PGPASSWORD', $plain, {PGPASSWORD => $password}]) {
    my ($name, $url, $more) = @$_;
    my %environment = (%{$t->{environment}}, %$more);
    my $rehearsal = scratch('rehearsal' . length $url);
    watched(\%environment, 'pgrehearse', 'certify', $t->{suite}, '--source', $url, '--output', $rehearsal);
    is($status, 0, "$name: certified") or diag($out, $err);
    hidden("certify, $name", $rehearsal);
    my @deploy = ('pgrehearse', 'deploy', $t->{suite}, '--database', $url, '--certificate',
        "$rehearsal/certificate.json", '--deployment', $t->{deployment}, '--output', $t->{output}, '--yes');
    watched(\%environment, @deploy);
    is($status, 0, "$name: deployed") or diag($out, $err);
    hidden("deploy, $name", $t->{output}, $t->{state});
    like($out, qr{^database +postgresql://deployer\@/}m, "$name: the plan tells role and host");
    watched(\%environment, @deploy, '--rollback', '--restore-rows');
    is($status, 0, "$name: rolled back") or diag($out, $err);
    hidden("rollback, $name", $t->{output}, $t->{state});
    is(everything($t), $before, "$name: every row is back");
    $t->{certificate} = "$rehearsal/certificate.json";
}

# neither way is open: start fails, and so does the downgrade
my $runbook = read_file($t->{deployment});
$runbook =~ s/^start: /start: test ! -e '$t->{state}\/no-way-back' && /m or die;
my $own = $t->{deployment};
$t->{deployment} = write_file("$t->{state}/deployment.yaml", $runbook);
write_file("$t->{state}/no-way-back", '');
$t->{deploy_url} = $full;
$t->{output} = (my $elsewhere = scratch(q{it's a folder})); # given as it is, and from another folder
mkdir $elsewhere or die;
($status, $out, $err) = deploy($t);
is($status, 1, 'neither way is open: exit 1') or diag($out, $err);
like($out, qr/^failed, and not rolled back: start: .*; and the rollback: downgrade: /m, 'it says so');
my %commands;
while ($out =~ /^([a-z][^\n]*):\n((?:  .*\n)+)/mg) { $commands{$1} = $2 }
my ($look) = grep { /see the database/ } keys %commands;
my ($undo) = grep { /undo the migration/ } keys %commands;
my ($restore) = grep { /restore the backup/ } keys %commands;
ok($look && $undo && $restore, 'it tells how to look, to undo and to restore') or diag($out);
# another shell, which has heard of nothing but the password
my @shell = ('env', '-i', 'PATH=/usr/bin:/bin', "PGPASSWORD=$password", 'sh', '-c');
sub paste {
    my ($what) = @_;
    ($status, $out, $err) = run({DIRECTORY => '/'}, @shell, $commands{$what});
    is($status, 0, "pasted: $what") or diag($commands{$what}, $out, $err);
    return;
}
paste($look);
like($out, qr/^002/m, 'it tells the revision');
paste($restore);
my ($name) = $t->{url} =~ m{/(\w+)\?};
(my $beside = $t->{url}) =~ s/$name/${name}_restored/;
is(rows_of($beside), $rows, 'the backup beside it has every row');
is(value($beside, 'SELECT version_num FROM alembic_version'), '005', 'and is at the baseline');
sql($server, "DROP DATABASE ${name}_restored");
unlink "$t->{state}/no-way-back";
paste($undo);
is(value($t->{url}, 'SELECT version_num FROM alembic_version'), '005', 'it is at the baseline again');
($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
is($status, 0, 'and the rollback goes on') or diag($out, $err);
is(everything($t), $before, 'with every row');
ok(is_up($t), 'and the services up');
done_testing;
