#!/usr/bin/perl
# pg_dump, pg_restore or psql that is stopped while a command waits for it: the command gives it up, says so, and
# leaves nothing. One that only waits is no such child.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $suite = suite_with(sound());
write_file("$suite/deployment.yaml", "stop: 'true'\nstart: 'true'\n");
my $name = "stopped_children_$$";
my $url = $server =~ s{/postgres\?}{/$name?}r;
my ($bin) = grep { -x "$_/initdb" } (split(/:/, $ENV{PGREHEARSE_PG_BIN} // ''), reverse sort glob '/usr/lib/postgresql/*/bin');
my $dumps = area('dumps');

sub shell { my ($command) = @_; return system('sh', '-c', $command) == 0 || die $command }
shell("psql -Xqd '$server' -c 'CREATE DATABASE $name'");
END { local $?; system("psql -Xqd '$server' -c 'DROP DATABASE IF EXISTS $name WITH (FORCE)'") if $name }
shell("cd $suite/migrations && psql -Xq -1 -d '$url' -f upgrade-1.sql");
shell("$bin/pg_dump -d '$url' -f $dumps/plain.sql && $bin/pg_dump -Fc -d '$url' -f $dumps/archive");
my $certified = run_it($suite, ['--source', $url, '--scenario', 'certification'], command => 'certify');
is($certified->{code}, 0, 'there is a certificate') or diag(output_of($certified));

# The folder of the programs, of which one stops itself before it does anything.
sub programs {
    my ($program) = @_;
    my $folder = area('bin');
    for (glob "$bin/*") {
        my ($file) = m{([^/]+)$};
        symlink $_, "$folder/$file" or die if $file ne $program;
    }
    write_file("$folder/$program", "#!/bin/sh\n[ \"\$1\" = --version ] || kill -STOP \$\$\nexec $bin/$program \"\$@\"\n");
    chmod 0755, "$folder/$program";
    return $folder;
}

my @certify = ('--scenario', 'certification');
my @runs = map {
    my ($what, $program, $command, @arguments) = @$_;
    [$what, $program, start_run($suite, \@arguments, command => $command, environment => {PGREHEARSE_PG_BIN => programs($program)})];
} (
    ['certify', 'pg_dump', 'certify', @certify, '--source', $url],
    ['certify', 'pg_restore', 'certify', @certify, '--source', $url],
    ['certify of a dump', 'pg_restore', 'certify', @certify, '--dump', "$dumps/archive"],
    ['certify of a plain dump', 'psql', 'certify', @certify, '--dump', "$dumps/plain.sql"],
    ['deploy', 'pg_dump', 'deploy', '--database', $url, '--deployment', "$suite/deployment.yaml", '--yes',
        '--certificate', "$certified->{folder}/certificate.json"]);
for (@runs) {
    my ($what, $program, $run) = @$_;
    finish_run($run);
    is($run->{code}, 3, "$what, whose $program is stopped: exit 3") or diag(output_of($run));
    my @lines = output_of($run) =~ /^(.*$program was given up: somebody had stopped .*)$/mg;
    ok(scalar @lines, '  and says so') or diag(output_of($run));
}
is(leftovers(), '', 'nothing is left');
done_testing;
