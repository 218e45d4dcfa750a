#!/usr/bin/perl
# pgrehearse deploy: by whom the certificate has to be signed, how old it may be, and which database
# the URL means.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use DeployTest;
use MigrationTest;
use Test::More;

my ($status, $out, $err);
my $t = certified();
my $before = everything($t);
my $folder = scratch('keys');
mkdir $folder or die;

sub key {
    my ($name) = @_;
    system('ssh-keygen', qw(-q -t ed25519 -N), '', '-C', '', '-f', "$folder/$name") == 0 or die;
    return read_file("$folder/$name.pub");
}
my ($mine, undef) = (key('mine'), key('theirs'));
my @signers = ('--signers', write_file("$folder/signers", qq{dba\@example namespaces="pgrehearse" $mine}));
my $sound = read_file($t->{certificate});
sub sign {
    my ($name) = @_;
    my ($failed, $signature, $why) = run({}, 'sh', '-c',
        "ssh-keygen -q -Y sign -n pgrehearse -f $folder/$name <$t->{certificate}");
    die $why if $failed;
    return write_file("$t->{certificate}.sig", $signature);
}
sub refuses {
    my ($name, $code, $message, @more) = @_;
    ($status, $out, $err) = deploy($t, @more);
    is($status, $code, "$name: exit $code") or diag($out, $err);
    like("$out$err", $message, "$name: it says why") or diag($out, $err);
    is(scalar journal($t, 'opened'), 0, "$name: nothing is begun");
    return;
}
refuses('a signature is demanded, and there is none', 1, qr/^differs +signature +not signed/m, @signers);
refuses('no such file of signers', 2, qr/cannot read the signers/, '--signers', "$folder/nobody");
refuses('no number of days', 2, qr/--max-age x/, '--max-age', 'x');
sign('theirs');
refuses('signed by another', 1, qr/^differs +signature +it is not by a signer/m, @signers);
sign('mine');
write_file($t->{certificate}, $sound =~ s/}\s*$/ }\n/r);
refuses('changed since it was signed', 1, qr/^differs +signature +it does not match/m, @signers);
refuses('changed since it was signed, no signers given', 1, qr/^differs +signature +it does not match/m);
write_file("$t->{certificate}.sig", 'garbage');
refuses('no signature at all', 1, qr/^differs +signature/m);
unlink "$t->{certificate}.sig";
my $text = $sound =~ s/("made_at":")(\d{4})/$1 . ($2 - 1)/er;
isnt($text, $sound, 'a certificate of last year');
write_file($t->{certificate}, $text);
refuses('too old', 1, qr/^differs +age/m);

# what the environment makes of the URL
write_file($t->{certificate}, $sound);
{
    local $t->{environment} = {%{$t->{environment}}, PGHOSTADDR => '127.0.0.1'};
    refuses('PGHOSTADDR in the environment', 2, qr/PGHOSTADDR .* unset it/);
    $t->{environment} = {%{$t->{environment}}, PGHOSTADDR => '', PGSERVICE => 'elsewhere'};
    refuses('PGSERVICE in the environment', 2, qr/PGSERVICE .* unset it/);
}
my ($host) = $t->{url} =~ /host=([^&]+)/;
my ($name) = $t->{url} =~ m{/(\w+)\?};
{
    # host, user and database by the environment: all that work for us go to that one
    local $t->{environment} = {%{$t->{environment}}, PGHOST => $host, PGUSER => 'postgres', PGDATABASE => $name};
    local $t->{deploy_url} = 'postgresql://';
    sign('mine');
    ($status, $out, $err) = deploy($t, @signers);
    is($status, 0, 'signed, and the database named by the environment: deployed') or diag($out, $err);
    like($out, qr/^ok +signature +good, by dba\@example$/m, 'it says whose signature it is');
    like($out, qr{^database +postgresql://postgres\@/$name\?host=\Q$host\E&port=\d+$}m, 'and which database it is');
    is(value($t->{url}, 'SELECT version_num FROM alembic_version'), '002', 'which is at the target');
    ($status, $out, $err) = deploy($t, '--rollback', '--restore-rows');
    is($status, 0, 'and rolled back') or diag($out, $err);
    is(everything($t), $before, 'as it was');
}
write_file($t->{certificate}, $text);
unlink "$t->{certificate}.sig";
($status, $out, $err) = deploy($t, '--max-age', 1000, '--until', 'backup');
is($status, 3, 'as old as one says: it holds') or diag($out, $err);
like($out, qr/^stopped, as requested/m, 'and it begins') or diag($out, $err);
done_testing;
