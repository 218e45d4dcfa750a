#!/usr/bin/perl
# cmake --install: a prefix that is moved elsewhere still finds its suites, profiles and layouts, keeps
# them as they are, and rehearses a project in a folder without the source tree.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Installed;
use Test::More;

my $source = abs_path("$Bin/../..");
my $build  = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");
my $work   = tempdir(CLEANUP => 1);

my ($code, $said) = command("DESTDIR=$work/stage cmake --install $build --prefix /opt/first");
is($code, 0, 'cmake --install, into a stage') or diag($said);
ok(!-e '/opt/first', 'with DESTDIR nothing is written elsewhere');
rename "$work/stage/opt/first", "$work/second" or die "$work/second: $!\n";
my $program = "$work/second/bin/pgrehearse";

my ($version) = slurp("$source/CHANGELOG.md") =~ /^## ([0-9.]+) \(\d{4}-\d\d-\d\d\)$/m;
is((command("$program --version"))[1], "pgrehearse $version\n", 'the version is that of the last release in CHANGELOG.md');
is((command("$work/second/bin/pgrehearse-migrate --version"))[1], "pgrehearse-migrate $version\n", 'of both programs');

my @before = files_under("$work/second");
for my $path ('/share/pgrehearse/suites/migration_002/suite.yaml', '/share/pgrehearse/migrators/alembic.yaml',
    '/share/pgrehearse/layouts/flyway.yaml', '/share/pgrehearse/history/001_runs.sql', '/share/doc/pgrehearse/docs/run.md', '/share/pgrehearse/schemas/suite.schema.json', '/share/man/man1/pgrehearse-run.1', '/share/man/man5/suite.yaml.5',
    '/share/bash-completion/completions/pgrehearse-migrate', '/share/fish/vendor_completions.d/pgrehearse.fish') {
    ok(scalar(grep {/^\Q$path\E 100644 /} @before), "installed: $path");
}
ok(scalar(grep {m{^/share/zsh/[a-z-]+/_pgrehearse 100644 }} @before), 'installed: the completion of zsh');
ok(!(grep {m{/__pycache__|/generator/|\.[ac] }} @before), 'no caches, no sources, no static libraries');
is_deeply([map {m{^(\S+\.h) } ? $1 : ()} @before], [map {"/include/pgrehearse/$_.h"} qw(api plugin throwaway)], 'the public headers, and no others');
ok(scalar(grep {m{/libpgrehearse\.so\.1 100755 |/libpgrehearse\.so\.1 100644 }} @before), 'the library');

like((command("cd $work && $program list"))[1], qr/^suites: migration_002$/m, 'the shipped suites are found');
like((command("cd $work && $program list"))[1], qr/^migrators: .*\balembic\b/m, 'and the migrators');
is((command("cd $work && $program show migration_002 fresh"))[0], 0, 'a shipped suite is read');
my $project = small_project("$work/shop");
($code, $said) = rehearse("$work/second", $project);
is($code, 0, 'a project is rehearsed') or diag($said);
like($said, qr/^passed: /m, 'and passes');
like($said, qr/project shop: /, 'as what it was recognised');
is_deeply([files_under("$work/second")], \@before, 'the installation is as it was');

# The program has no idea of where it was built, and it is the installed data that it read.
for my $name ('pgrehearse', 'pgrehearse-migrate') {
    ok(index(slurp("$work/second/bin/$name"), $source) < 0, "$name does not hold the folder of the source");
}
rename "$work/second/share/pgrehearse", "$work/second/share/away" or die;
($code, $said) = rehearse("$work/second", $project);
is($code, 2, 'without the installed data there is no rehearsal') or diag($said);
done_testing;

sub slurp {
    open my $in, '<:raw', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}
