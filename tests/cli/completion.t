#!/usr/bin/perl
# Completion: what the program offers for a command line, and that bash, zsh and fish offer it.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Installed;
use Test::More;

my $source  = abs_path("$Bin/../..");
my $build   = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");
my $project = small_project(tempdir(CLEANUP => 1) . '/shop');
mkdir "$project/other" or die;
chdir $project or die "$project: $!\n";
$ENV{PATH} = "$build/bin:$ENV{PATH}";
$ENV{HOME} = $project;
$SIG{ALRM} = sub { die "a shell did not answer\n" };
alarm 600;

# the words as a shell passes them, quoted where they are empty
sub offered {
    my ($words, $program) = @_;
    my (undef, $said) = command("pgrehearse __complete " . ($program // 'pgrehearse') . " $words");
    return [map { s/\t.*//r } split /\n/, $said];
}

is_deeply(offered('ru'), [qw(run rules)], 'commands');
is_deeply(offered('help do'), ['doctor'], 'of help too');
is_deeply(offered('run --sce'), ['--scenario'], 'options');
is_deeply(offered('run --scenario ro'), [qw(rollback round-trip)], 'scenarios');
is_deeply(offered('run --scenario fresh,ro'), ['fresh,rollback', 'fresh,round-trip'], 'more of them');
is_deeply(offered('run --scenario=ro'), [qw(--scenario=rollback --scenario=round-trip)], 'behind a sign');
is_deeply(offered('run migra'), [qw(migration_002 :folders)], 'suites');
is_deeply(offered('show migration_002 orph'), [qw(:folders orphaned-chunks)], 'the scenarios that a suite adds');
is_deeply(offered('run --migrator goo'), ['goose'], 'migrators');
is_deeply(offered("run migration_002 --migrator ''"), [qw(native alembic)], 'those of a suite');
is_deeply(offered('rules table-rew'), ['table-rewritten'], 'rules');
is_deeply(offered('schema pro'), [qw(project profile)], 'schemas');
is_deeply(offered("run --from ''"), [qw(000001 000002)], 'revisions of the project here');
is_deeply(offered('run --report ju'), [qw(junit junit-strict)], 'reports');
is_deeply(offered("run --format ''"), [qw(pretty tap)], 'words of an option');
is_deeply(offered("deploy --until ver"), [qw(verify-baseline verify-target)], 'steps of a deployment');
is_deeply(offered("validate post-"), [qw(:folders post-migration post-rollback)], 'validations');
is_deeply(offered("run --migrations ''"), [':folders'], 'folders are the shell\'s');
is_deeply(offered('nonsense x'), [], 'nothing behind nonsense');
is_deeply(offered('up', 'pgrehearse-migrate'), ['upgrade'], 'commands of pgrehearse-migrate');
is_deeply(offered("-m $source/fixtures/suites/migration_002/migrations upgrade 003", 'pgrehearse-migrate'), [qw(003 003a)], 'and its revisions');

# bash: as readline calls it
sub in_bash {
    my (@words) = @_;
    write_file("$project/try.bash", "source $source/scripts/completions/pgrehearse.bash\ncomplete -p pgrehearse pgrehearse-migrate\n"
            . "compopt() { :; }\nCOMP_WORDS=(" . join(' ', map {"'$_'"} @words) . ")\nCOMP_CWORD=$#words\n_pgrehearse\n"
            . 'printf "%s\n" "${COMPREPLY[@]}"' . "\n");
    my (undef, $said) = command("bash --norc $project/try.bash");
    return $said;
}
my $bound = "complete -F _pgrehearse pgrehearse\ncomplete -F _pgrehearse pgrehearse-migrate\n";
is(in_bash('pgrehearse', 'run', '--sce'), "$bound--scenario\n", 'bash completes an option');
is(in_bash('pgrehearse', 'run', '--scenario', '=', 'ro'), "${bound}rollback\nround-trip\n", 'a value behind a sign');
is(in_bash('pgrehearse', 'run', '--migrations', 'm'), "${bound}migrations\n", 'and folders');

# fish answers what it would offer
my $fish = "fish --no-config -c 'source $source/scripts/completions/pgrehearse.fish; complete -C \"%s\"'";
like((command(sprintf $fish, 'pgrehearse run --sce'))[1], qr/^--scenario\trun only these scenarios/m, 'fish completes an option');
like((command(sprintf $fish, 'pgrehearse run --scenario ro'))[1], qr/\Arollback\t.*\nround-trip\t/, 'scenarios');
like((command(sprintf $fish, 'pgrehearse run --migrations '))[1], qr{^migrations/}m, 'and folders');

# zsh, in a terminal: what stands on the line after the tabulator
sub in_zsh {
    my ($typed, $expected) = @_;
    write_file("$project/try.zsh", <<"END");
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=($project/functions \\\$fpath); autoload -U compinit; compinit -u -D; print rea''dy"
zpty -r z said '*ready*'
zpty -w -n z \$'$typed\\t'
zpty -r z said '*$expected*' && print found
zpty -d z
END
    write_file("$project/functions/_pgrehearse", read_text("$source/scripts/completions/pgrehearse.zsh"));
    return (command("timeout 500 zsh -f $project/try.zsh"))[1];
}
is(in_zsh('pgrehearse run --scenario roll', 'rollback'), "found\n", 'zsh completes a scenario');
chdir '/';
done_testing;

sub read_text {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}
