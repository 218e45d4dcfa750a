#!/usr/bin/perl
# Alembic, started once and forked for each command, and started afresh: every command of a whole
# run sees the same, prints the same and ends the same. Whatever an env.py does, the next command
# does not see it; and no interpreter stays when the run is killed.
use strict;
use warnings;
use lib 'tests/support';
use Cwd qw(abs_path);
use RunTest;
use Test::More;

my $server = $ENV{PGREHEARSE_TEST_SERVER} or die "run me beside tests/support/with-server\n";
my $looker = abs_path('tests/support/preload-program');

# What env.py does before and after it has run the migrations: it writes down all that it sees, and
# leaves its mark wherever a later command could find it.
my $before = <<"PYTHON";
import importlib.machinery, importlib.util, json, os, sys, time
loader = importlib.machinery.SourceFileLoader("looker", "$looker")
looker = importlib.util.module_from_spec(importlib.util.spec_from_loader("looker", loader))
loader.exec_module(looker)
SEEN = "FOLDER"
AT_IMPORT = os.environ["DATABASE_URL"]
with open("/proc/self/cmdline") as line:
    preloaded = "/python.py" in line.read()
name = "%s/%03d-%s" % (SEEN, len(os.listdir(SEEN)), "preloaded" if preloaded else "fresh")
state = json.dumps(looker.state(), indent=1, sort_keys=True)
with open(name, "w") as out:
    out.write(state)
if os.path.exists(SEEN + "/../hold"):
    open(SEEN + "/../held", "w").close()
    time.sleep(1000)
PYTHON
my $after = <<'PYTHON';
import alembic, logging, sqlalchemy
alembic.context.configure = sqlalchemy.create_engine = None
alembic.config.main = lambda *_: sys.exit("the main of an earlier command")
logging.getLogger().setLevel(logging.CRITICAL)
looker.meddle()
PYTHON

# A copy of the Alembic project whose env.py does that; $settings is its pgrehearse.yaml.
sub project {
    my ($settings) = @_;
    my $folder = area('project');
    system("cp -r tests/projects/alembic/. $folder && mkdir $folder/seen") == 0 or die;
    my $env = read_file("$folder/migrations/env.py");
    (my $first = $before) =~ s/FOLDER/$folder\/seen/;
    write_file("$folder/migrations/env.py", $first . $env . $after);
    write_file("$folder/pgrehearse.yaml", $settings) if $settings;
    return $folder;
}

# What is another in each run: its id, the folders and ports that are made for it, its times.
sub plain {
    my ($text, $folder) = @_;
    my ($id) = $text =~ /PGREHEARSE_RUN": "(\w+)"/;
    $text =~ s/$id/ID/g if $id;
    $text =~ s/\Q$folder\E/PROJECT/g;
    $text =~ s/pgrehearse[-_][A-Za-z0-9]{6,12}/pgrehearse_X/g;
    $text =~ s/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?|\d+\.\d+ ?s\b|\d+ ms\b/TIME/g;
    return $text;
}

sub rehearse {
    my ($folder, @options) = @_;
    my $run = run_it($folder, ['--server', $server, '--jobs', 1, '--scenario', 'rollback', @options]);
    is($run->{code}, 0, 'the run passes') or diag(output_of($run));
    my @seen = map { s{.*/}{}r } sort glob "$folder/seen/*";
    my %logs = map { s{.*/}{}r => plain(read_file($_), $folder) } glob "$run->{folder}/logs/*";
    return { names => \@seen, seen => [map { plain(read_file("$folder/seen/$_"), $folder) } @seen], logs => \%logs,
        said => read_file($run->{err}) };
}

# Line by line, so that a difference can be read.
sub is_same {
    my ($one, $other, $name) = @_;
    my @one = split /\n/, $one // '';
    my @other = split /\n/, $other // '';
    my @lines = grep { ($one[$_] // '') ne ($other[$_] // '') } 0 .. (@one > @other ? $#one : $#other);
    ok(@one && !@lines, $name) or diag(map { "$_: " . ($one[$_] // '') . "\n" . ($other[$_] // '') . "\n" } @lines[0 .. ($#lines < 9 ? $#lines : 9)]);
}

my $preloaded = rehearse(project());
my $fresh     = rehearse(project("migrator: {profile: alembic, fresh_process: true}\n"));
my $commands  = @{ $fresh->{seen} };
cmp_ok($commands, '>', 4, "there are commands to compare: $commands");
is(scalar(grep {/preloaded/} @{ $preloaded->{names} }), $commands, 'every command was forked from a preloaded interpreter');
is(scalar(grep {/fresh/} @{ $fresh->{names} }), $commands, 'with fresh_process in pgrehearse.yaml, none was');
is_same($preloaded->{seen}[$_], $fresh->{seen}[$_], "command $_ sees the same") for 0 .. $commands - 1;
is_deeply([sort keys %{ $preloaded->{logs} }], [sort keys %{ $fresh->{logs} }], 'there are the same logs');
is_same($preloaded->{logs}{$_}, $fresh->{logs}{$_}, "the log $_ is the same") for sort keys %{ $fresh->{logs} };

# the same key in a profile of the project's
{
    my $folder = project();
    system("mkdir -p $folder/pgrehearse/migrators") == 0 or die;
    write_file("$folder/pgrehearse/migrators/alembic.yaml", "fresh_process: true\n");
    my $run = rehearse($folder, '--scenario', 'fresh');
    is(scalar(grep {/preloaded/} @{ $run->{names} }), 0, 'with fresh_process in a profile, no command is forked');
}

# an interpreter that cannot be shared: it is started afresh, and the run says why
{
    local $ENV{PYTHONPATH} = my $modules = area('modules');
    write_file("$modules/sitecustomize.py", "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n");
    my $folder = project();
    (my $env = read_file("$folder/migrations/env.py")) =~ s/^looker\.meddle.*//m;
    write_file("$folder/migrations/env.py", $env);
    my $run = rehearse($folder, '--scenario', 'fresh');
    is(scalar(grep {/preloaded/} @{ $run->{names} }), 0, 'an interpreter with threads is not forked');
    like($run->{said}, qr{each command started its interpreter afresh: it said: a module starts threads}, 'and the run says so');
}

# killed in the middle of a command, and interrupted
for my $signal (qw(KILL INT)) {
    my $folder = project();
    write_file("$folder/hold", '');
    my $run = start_run($folder, ['--server', $server, '--scenario', 'fresh']);
    ok(wait_until(sub { -e "$folder/held" }, 'a command that runs'), "SIG$signal: a command runs");
    like(leftovers(), qr{/python\.py}, 'in a preloaded interpreter');
    kill $signal, $run->{pid};
    finish_run($run);
    ok(wait_until(sub { leftovers() !~ /python/ }, 'the end of the interpreters'), 'and no interpreter stays behind it')
        or diag(leftovers());
}
done_testing;
