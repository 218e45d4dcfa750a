#!/usr/bin/perl
# Plugins: tests/samples/plugin is built against the installed files alone, with CMake and with pkg-config,
# and rehearsed: its rule sees the broken migration and passes the sound one. Whatever is wrong with a plugin
# gives one line and exit 2.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Installed qw(command);
use MigrationTest qw(scratch write_file read_file);
use Test::More;

my $source = abs_path("$Bin/../..");
my $build  = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");
my $server = $ENV{PGREHEARSE_TEST_SERVER};
my $sample = scratch('sample');
my $prefix = scratch('moved');
my $folder = scratch('reports');
delete @ENV{qw(CFLAGS LDFLAGS)};

# --- the installed files, moved elsewhere
must("cmake --install $build --prefix " . scratch('prefix'));
rename scratch('prefix'), $prefix or die "$prefix: $!\n";
my $program = "$prefix/bin/pgrehearse";
must("cp -r $source/tests/samples/plugin $sample");
$ENV{PKG_CONFIG_PATH} = join ':', glob "$prefix/lib/pkgconfig $prefix/lib/*/pkgconfig";
must("make -C $sample");
must("cmake -S $sample -B $sample/build -DCMAKE_PREFIX_PATH=$prefix -DCMAKE_C_FLAGS='-Wall -Wextra -Werror' && cmake --build $sample/build");
my $plugin = "$sample/build/shop.so";

# --- a test with cmocka gets a database of its own, and leaves nothing
my $temporary = tempdir(CLEANUP => 1);
chmod 0755, $temporary or die; # the server has an account of its own
for my $built ("$sample/build/test_orders", "$sample/test_orders") {
    my $libraries = join ':', glob "$prefix/lib $prefix/lib/*-linux-*";
    my $said = printed("cd $sample && CMOCKA_MESSAGE_OUTPUT=stdout TMPDIR=$temporary LD_LIBRARY_PATH=$libraries $built");
    like($said, qr/3 test\(s\) run.*PASSED  \] 3 test/s, 'three tests, none sees the rows of another');
    is_deeply([glob "$temporary/*"], [], 'nothing is left of them');
}

# --- what it adds is listed
for my $built ($plugin, "$sample/shop.so") {
    like(printed("$program rules --plugin $built"), qr/^money-as-float +finding +no new column keeps money/m, 'its rule is listed');
}
like(printed("$program rules money-as-float --plugin $plugin"), qr/^money-as-float \(finding\).*^sees .*^why .*^remedy .*allow money-as-float REASON/ms,
    'and explained');
like(printed("$program list --plugin $plugin"), qr/^prices-stay +shop +Orders that were taken/m, 'its scenario is listed, in its group');
like(printed("$program show prices-stay --plugin $plugin"), qr/every order costs what it did/, 'and shown, check by check');
for my $command (qw(run list show rules)) {
    like(printed("$program $command --help"), qr/--plugin=FILE/, "$command --help names the option");
}

# --- and offered by completion, also where a plugin is given by a sign, or twice
sub offered { return join ' ', map { s/\t.*//r } split /\n/, printed("$program __complete pgrehearse $_[0]") }
is(offered("run --plugin $plugin --scenario pri"), 'prices-stay', 'completion offers its scenario');
is(offered("run --plugin=$plugin --scenario fresh,sho"), 'fresh,shop', 'and its group');
is(offered("run --scenario pri"), '', 'not without the plugin');
is(offered("run --scenario fresh --plugin $plugin --seed 2 --scenario pri"), 'prices-stay', 'in any place before the word');
is(offered("show --plugin $plugin migration_002 pric"), ':folders prices-stay', 'show offers it, too');
is(offered("rules --plugin $plugin money"), 'money-as-float', 'its rule, too');
is(offered("rules --plugin /nowhere.so table-rew"), 'table-rewritten', 'of one that cannot be loaded nothing');

# --- a sound migration and its broken twin
my ($code, $said) = rehearse('migrations');
is($code, 0, 'the sound migration passes') or diag($said);
($code, $said) = rehearse('broken');
is($code, 1, 'the broken one does not') or diag($said);
my $place = qr{000002_price\.up\.sql:1: column public\.orders\.price keeps money as real};
like($said, qr/$place/, 'the rule names the file and the column');
like($said, qr/use numeric/, 'and what to do');
like($said, qr/table public\.orders has a price that differs from its cents/, 'the scenario sees it in a row');
like(read_file("$folder/run.json"), qr/"kind": *"money-as-float"/, 'run.json has the rule');
like(read_file("$folder/run.json"), qr/"name": *"compared orders".*?"value": *2/s, 'and what the check measured');
like(read_file("$folder/$_"), qr/keeps money as real/, "$_ has the finding") for qw(junit.xml report.html all.sarif all.tap all.md);

# --- allowances and levels count for its rules, too
my $allowed = "$sample/broken/000002_price.up.sql";
my $text = read_file($allowed);
write_file($allowed, "-- pgrehearse: allow money-as-float prices are estimates\n$text");
($code, $said) = rehearse('broken', 'rules');
is($code, 0, 'an allowance counts') or diag($said);
like($said, qr/allowed \(.*prices are estimates\)/, 'and is shown');
write_file($allowed, $text);
write_file("$sample/pgrehearse.yaml", "rules: [{name: money-as-float, level: warning}]\n");
($code, $said) = rehearse('broken', 'rules');
is($code, 0, 'as a warning it does not fail the run') or diag($said);
like($said, qr/^warning .*keeps money as real/m, 'and is shown as one');
($code, $said) = command("cd " . scratch('project') . " && $program run --scenario rules --server '$server' --output $folder");
is($code, 2, 'without the plugin there is no such rule');
like($said, qr/money-as-float/, 'which the message names');
unlink "$sample/pgrehearse.yaml";

# --- what is wrong with a plugin: one line, exit 2
my $good = read_file("$sample/shop.c");
refused('no-such.so', qr/No such file/, undef);
refused('folder.so', qr/Is a directory/, sub { mkdir $_[0] });
refused('text.so', qr/not a shared library/, sub { write_file($_[0], "plugin\n") });
refused('empty.so', qr/not a shared library/, sub { write_file($_[0], '') });
refused('machine.so', qr/another kind of machine/, sub { my $bytes = read_file($plugin); substr $bytes, 18, 2, pack 'v', 8; write_file($_[0], $bytes) });
refused('cut.so', qr/cut short/, sub { write_file($_[0], substr read_file($plugin), 0, 4000) });
refused('program', qr/not a plugin|cannot (?:be|dynamically) load|not a shared library/, sub { must("cp $program $_[0]") });
refused_source('symbol.so', qr/no function pgr_plugin/, 'int nothing;');
refused_source('null.so', qr/returned NULL/, edited('return &shop;', 'return shop.name ? NULL : &shop;'));
refused_source('version.so', qr/version 9 of the plugin interface.* has version 1/, edited('PGR_PLUGIN_ABI, ', '9, '));
refused_source('size.so', qr/has 7 bytes/, edited(' sizeof shop', ' 7'));
refused_source('later.so', qr/undefined symbol: pgr_later.*later pgrehearse/, edited('pgr_see_new(', 'extern void pgr_later(void); pgr_later(); pgr_see_new('));
refused_source('scenario.so', qr/already a scenario or group 'fresh'/, edited('"prices-stay"', '"fresh"'));
refused_source('group.so', qr/already a scenario or group 'faults'/, edited('"shop"', '"faults"'));
refused_source('rule.so', qr/already a rule 'hidden-rows'/, edited('"money-as-float"', '"hidden-rows"'));
refused_source('kind.so', qr/already a kind of check 'upgrade'/, edited('"money-as-float"', '"upgrade"'));
refused_source('name.so', qr/rule 'Money' is badly named/, edited('"money-as-float"', '"Money"'));
refused_source('none.so', qr/neither a scenario nor a rule/, edited('"shop", scenarios, rules', '"shop", NULL, NULL'));
refused_source('hollow.so', qr/money-as-float is incomplete/, edited('.check = look_for_floats,', ''));
refused_source('unfounded.so', qr/prices-stay cannot be run: its runbook has to begin with pgr_given_database/, edited('pgr_given_database(r, NULL);', ''));
($code, $said) = command("$program rules --plugin $plugin,$sample/shop.so");
is($code, 2, 'the same plugin twice is refused');
like($said, qr/already a scenario or group 'shop'/, 'by its name');

# --- every function does as plugin.h says
my $every = read_file("$Bin/../support/every_function.c");
my %every = map { $_ => compiled("every$_.so", $every, $_ ? "-DBROKEN=$_" : '') } 0 .. 2;
my @suite = ("$program run migration_002 --plugin $every{0} --server '$server' --output $folder --scenario");
($code, $said) = command("@suite every-verb");
is($code, 0, 'each verb works') or diag($said);
like($said, qr{every-verb +29/29 checks}, 'and every check was made');
like(read_file("$folder/run.json"), qr/"name": *"looked at"/, 'a check on the twin measures');
($code, $said) = command("@suite fail-statement");
is($code, 3, 'a statement that fails: could not check');
like($said, qr/no_such_column/, 'and which');
($code, $said) = rehearse('migrations', 'rules', $every{0});
is($code, 0, 'rules that see nothing worse than a warning pass') or diag($said);
like($said, qr/^warning +\S+: table a is remarkable; table b is doubtful/m, 'a query gives each its level');
like($said, qr/^not run +1 check: it does not apply here/m, 'a rule may not apply');
($code, $said) = rehearse('migrations', 'watch-rules', $every{1});
is($code, 3, 'a rule that fails could not check');
like($said, qr/rule breaks-down: the other service is away/, 'and says why');
($code, $said) = rehearse('migrations', 'watch-rules', $every{2});
is($code, 3, 'so does one whose query has other columns');
like($said, qr/rule too-little: the query has 1 of the columns object, evidence and remedy/, 'and says which');

# --- a check that could not look is not a finding, and one that did not look has not passed
for (['blind.so', qr/looked at nothing/, 'pgr_see_new(look, ', '(void)look; (void)("" '], ['failing.so', qr/no_such/, '.size = sizeof money', '.size = sizeof money'],) {
    my ($name, $expected, $old, $new) = @$_;
    my $changed = edited($old, $new);
    $changed =~ s/FROM pg_attribute/FROM no_such/ if $name eq 'failing.so';
    my $file = compiled($name, $changed);
    my ($status, $output) = rehearse('migrations', 'rules', $file);
    is($status, 3, "$name: could not check") or diag($output);
    like($output, $expected, "$name: and why");
}
done_testing;

sub must {
    my ($status, $output) = command($_[0]);
    $status == 0 or BAIL_OUT("$_[0]: $output");
}

sub printed {
    my ($status, $output) = command($_[0]);
    is($status, 0, ($_[0] =~ s{\S*/}{}gr)) or diag($output);
    return $output;
}

sub rehearse {
    my ($migrations, $scenarios, $file) = @_;
    my $project = scratch('project');
    my $all = join ' ', map {"--report $_=$folder/all.$_"} qw(sarif tap markdown);
    must("rm -rf $project $folder && mkdir $project && cp -r $sample/$migrations $project/migrations");
    must("cp $sample/pgrehearse.yaml $project") if -f "$sample/pgrehearse.yaml";
    $scenarios //= 'shop,rules';
    my @result = command("cd $project && $program run --plugin @{[$file // $plugin]} --scenario $scenarios --server '$server' --output $folder $all");
    rename "$folder/all.markdown", "$folder/all.md";
    return @result;
}

sub edited {
    my ($old, $new) = @_;
    (my $changed = $good) =~ s/\Q$old\E/$new/ or die "shop.c: nothing like $old\n";
    return $changed;
}

sub compiled {
    my ($name, $c, @flags) = @_;
    my $file = scratch($name);
    write_file("$file.c", $c);
    must("cc @flags -w -fPIC -shared -I$prefix/include $file.c -o $file");
    return $file;
}

sub refused {
    my ($name, $expected, $make) = @_;
    my $file = scratch($name);
    $make->($file) if $make;
    my ($status, $output) = command("cd $sample && $program show prices-stay --plugin $file");
    is($status, 2, "$name: refused");
    is($output =~ tr/\n//, 1, "$name: in one line") or diag($output);
    like($output, $expected, "$name: which says why");
}

sub refused_source { my ($name, $expected, $c) = @_; compiled($name, $c); refused($name, $expected) }
