#!/usr/bin/perl
# Help of a command by either way, and the nearest name for what was mistyped: one line, exit 2.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use Test::More;

my $pgrehearse = abs_path($ENV{PGREHEARSE_BUILD} || "$Bin/../../build") . "/bin/pgrehearse";
chdir tempdir(CLEANUP => 1) or die "a scratch folder: $!\n";

sub output {
    my (@words) = @_;
    my $out = `$pgrehearse @words 2>&1`;
    return ($? >> 8, $out);
}

my ($code, $help) = output('help run');
is($code, 0, 'pgrehearse help run');
is($help, (output('run --help'))[1], 'prints what run --help prints');
like($help, qr/--report=NAME\[=FILE\]/, 'with the options');
like($help, qr/^Reports for --report:\n(  \S.*\n)*  sarif  .*\n(  \S.*\n)*  github  .*\n(  \S.*\n)*\z/m, 'and the reports');
unlike((output('help snapshot'))[1], qr/^Reports/m, 'which other commands do not take');

(undef, my $deploy) = output('deploy --help');
is(scalar(() = $deploy =~ /^Usage: /mg), 1, 'the help of deploy is printed once');
like((output('--help'))[1], qr/^exit codes:\n  0  .*\n  1  .*\n  2  .*\n  3  /m, 'the program lists its exit codes');

my @rows = (
    ['rnu', qr/\Apgrehearse: no command 'rnu'; did you mean 'run'\?\n\z/],
    ['help deply', qr/\Apgrehearse: no command 'deply'; did you mean 'deploy'\?\n\z/],
    ['xyzzy', qr/\Apgrehearse: no command 'xyzzy'; see pgrehearse --help\n\z/],
    ['run --scenaro fresh', qr/\Apgrehearse: run: --scenaro: unknown option; did you mean --scenario\?\n\z/],
    ['run --ouput=x', qr/\Apgrehearse: run: --ouput=?x?: unknown option; did you mean --output\?\n\z/],
    ['run --xyzzy', qr/\Apgrehearse: run: --xyzzy: unknown option; see pgrehearse run --help\n\z/],
    ['certify --plugin x.so', qr/\Apgrehearse: certify: --plugin: a certificate states only what this program checks; use the plugin with pgrehearse run\n\z/],
    ['certify --plugin=x.so', qr/\Apgrehearse: certify: --plugin: a certificate states only what .*\n\z/],
    ['run migration_002 --scenario frsh', qr/\Apgrehearse: no scenario 'frsh'; did you mean 'fresh'\?\n\z/],
    ['run migraton_002', qr/\(migration_002\); did you mean 'migration_002'\?\n\z/],
    ['rules table-rewriten', qr/\Apgrehearse: no rule 'table-rewriten'; did you mean 'table-rewritten'\?\n\z/],
    ['run migration_002 --report jnit=x', qr/\Apgrehearse: --report jnit: no such reporter; did you mean 'junit'\?\n\z/],
    ['run migration_002 --report webhook', qr/\Apgrehearse: --report webhook: expected webhook=URL\n\z/],
    ['run migration_002 --report gihub', qr/\Apgrehearse: --report gihub: no such reporter; did you mean 'github'\?\n\z/],
    ['certify migration_002 --source postgresql:/// --report sarf', qr/\Apgrehearse: --report sarf: no such reporter; did you mean 'sarif'\?\n\z/],
    ['compare migration_002 --base-migrations /tmp --report sarf', qr/: --report sarf: .*did you mean 'sarif'\?\n\z/],
    ['forecast migration_002 --rows vendors=1 --report sarf', qr/: --report sarf: .*did you mean 'sarif'\?\n\z/],
    ['run migration_002 --report junit=', qr/\Apgrehearse: --report junit: expected junit=FILE\n\z/],
    ['run migration_002 --report lines=/nowhere/x', qr{\Apgrehearse: --report lines=/nowhere/x: cannot be written: No such file or directory\n\z}, 3],
    ['run migration_002 --report junit=/nowhere/x', qr{\Apgrehearse: --report junit=/nowhere/x: cannot be written: No such file or directory\n\z}, 3],
    ['run migration_002 --report junit=/tmp', qr{\Apgrehearse: --report junit=/tmp: cannot be written: Is a directory\n\z}, 3],
    ['run migration_002 --report junit=x,sarif=./x', qr{\Apgrehearse: --report sarif=\./x: the report junit is written there; give another file\n\z}],
    ['run migration_002 --report junit=rehearsal/run.json', qr{\Apgrehearse: --report junit=rehearsal/run\.json: the report json is written there; give another file\n\z}],
    ['run migration_002 --report webhook=nowhere', qr/\Apgrehearse: --webhook: .*\n\z/],
);
for (@rows) {
    my ($words, $message, $expected) = @$_;
    my ($status, $out) = output($words);
    is($status, $expected // 2, "$words: exit code");
    like($out, $message, "$words: one line");
}
done_testing;
