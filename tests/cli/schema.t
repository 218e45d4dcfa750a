#!/usr/bin/perl
# pgrehearse schema: each is a valid JSON Schema, every file that is shipped fits its own, and what the program
# refuses does not.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use JSON::PP;
use lib "$Bin/../support";
use Installed;
use Test::More;

my $source  = abs_path("$Bin/../..");
my $build   = abs_path($ENV{PGREHEARSE_BUILD} || "$source/build");
my $program = "$build/bin/pgrehearse";
my $work    = tempdir(CLEANUP => 1);
my $python  = -x '/usr/bin/python3' ? '/usr/bin/python3' : 'python3';

# One process judges all pairs of SCHEMA FILE: a line for each that does not fit.
write_file("$work/fits.py", <<'END');
import json, sys, yaml
from jsonschema import Draft7Validator
validators = {}
for line in sys.stdin.read().split('\n'):
    if not line: continue
    name, path = line.split(' ', 1)
    if name not in validators:
        schema = json.load(open(sys.argv[1] + '/' + name + '.schema.json'))
        Draft7Validator.check_schema(schema)
        validators[name] = Draft7Validator(schema)
    data = json.loads(json.dumps(yaml.safe_load(open(path)), default=str))
    for error in validators[name].iter_errors(data):
        print(path.split('/')[-1] + ': ' + error.message[:200])
END

sub misfits {
    my ($name, @files) = @_;
    write_file("$work/pairs", join '', map {"$name $_\n"} @files);
    return (command("$python $work/fits.py $work <$work/pairs"))[1] =~ s/.*(?:Deprecat|import ).*\n//gr;
}

sub command_in { my ($line) = @_; my $said = `$line 2>&1`; return ($? >> 8, $said) }
no warnings 'redefine';
*command = \&command_in;    # with the standard input of its own

my ($code, $list) = command("$program schema </dev/null");
is($code, 0, 'a list of the schemas');
my @names = $list =~ /^(\S+) /mg;
for my $name (@names) {
    is((command("$program schema $name >$work/$name.schema.json"))[0], 0, "schema $name");
    is(read_text("$build/schemas/$name.schema.json"), read_text("$work/$name.schema.json"), 'as the build has it, to be installed');
}
is_deeply([command("$program schema suit")], [2, "pgrehearse: no schema 'suit'; did you mean 'suite'?\n"], 'a mistyped name');

my $suite = "$source/fixtures/suites/migration_002";
my %shipped = (
    suite        => ["$suite/suite.yaml", "$source/tests/suites/library/suite.yaml"],
    requirements => [glob "$source/{fixtures,tests}/suites/*/requirements.yaml"],
    deployment   => [glob "$source/{fixtures,tests}/suites/*/deployment.yaml"],
    recipe       => [glob "$source/fixtures/suites/*/fixtures/*.yaml"],
    profile      => [glob "$source/fixtures/migrators/*.yaml"],
    layout       => [glob "$source/fixtures/layouts/*.yaml"],
    shape        => [glob "$source/tests/shapes/*.json"]);
for my $name (sort keys %shipped) {
    cmp_ok(scalar @{$shipped{$name}}, '>', 0, "there are files: $name");
    is(misfits($name, @{$shipped{$name}}), '', 'and they fit');
}
is_deeply([grep { !$shipped{$_} } @names], ['project'], 'no schema is left out');

# each key has a few words, which editors show, and no words are of a key that there is not
my %described;
for my $name (@names) {
    my %words = words_of(JSON::PP->new->decode(read_text("$work/$name.schema.json")), $name eq 'project' ? 'suite' : $name eq 'profile' ? 'migrator' : $name);
    is_deeply([grep { length($words{$_} // '') < 5 } sort keys %words], [], "each key is described: $name");
    %described = (%described, map { s/^suite\.migrators?\./migrator./r => 1 } keys %words);
}
my @rows = map { read_text($_) =~ /^ +\{"([a-z_.]+)",/mg } glob "$source/harness/commands/key_words_*.c";
cmp_ok(scalar @rows, '>', 250, 'there are words');
is_deeply([grep { !$described{$_} } @rows], [], 'all of them of keys that there are');
sub words_of {
    my ($schema, $path) = @_;
    my $properties = ($schema->{items} // $schema)->{properties} // {};
    return map { ("$path.$_" => $properties->{$_}{description}, words_of($properties->{$_}, "$path.$_")) } keys %$properties;
}

# every key is explained somewhere
my %pages = (suite => 'suite cost project migrators profiles budgets', requirements => 'requirements', deployment => 'deploy', recipe => 'generate',
    profile => 'profiles migrators suite', layout => 'layouts', shape => 'shape');
for my $name (sort keys %pages) {
    my $text = join '', map { read_text("$source/docs/$_.md") } split ' ', $pages{$name};
    my %keys = map { $_ => 1 } map { keys_of($_) } JSON::PP->new->decode(read_text("$work/$name.schema.json"));
    is_deeply([grep { $text !~ /\b\Q$_\E\b/ } sort keys %keys], [], "docs name each key: $name");
}
sub keys_of {
    my ($schema) = @_;
    my $properties = ($schema->{items} // $schema)->{properties} // {};
    return map { ($_, keys_of($properties->{$_})) } keys %$properties;
}

# the same mistakes for both
my $minimal = "name: x\nbaseline: 001\ntarget: 002\nmigrators: [{name: native, profile: native}]\n";
for (['sound', '', undef], ['an unknown key', "titel: x\n", qr/titel/], ['a word for a number', "time_limit: soon\n", qr/soon|number/],
    ['a wrong word', "role: king\n", qr/king|owner/], ['a mapping for a list', "extensions: {a: b}\n", qr/extensions|array/],
    ['a key missing in a list', "rules: [{name: x}]\n", qr/level/]) {
    my ($what, $more, $complaint) = @$_;
    write_file("$work/s/suite.yaml", $minimal . $more);
    my $misfits = misfits('suite', "$work/s/suite.yaml");
    my ($refused, $said) = command("$program list $work/s");
    if ($complaint) {
        like($misfits, $complaint, "$what does not fit");
        is($refused, 2, 'and is refused');
    }
    else {
        is($misfits, '', "$what fits");
        is($refused, 0, 'and is read') or diag($said);
    }
}
write_file("$work/s/suite.yaml", $minimal =~ s/^target.*\n//mr);
like(misfits('suite', "$work/s/suite.yaml"), qr/'target' is a required property/, 'a suite needs a target');
is((command("$program list $work/s"))[0], 2, 'for both');
write_file("$work/s/pgrehearse.yaml", "time_limit: 60\n");
is(misfits('project', "$work/s/pgrehearse.yaml"), '', 'a project needs nothing');

# init points editors at it
my $project = small_project("$work/shop");
is((command("cd $project && $program init"))[0], 0, 'init');
my ($first) = read_text("$project/pgrehearse.yaml") =~ /\A# yaml-language-server: \$schema=(\S+)\n/;
ok($first && -r $first, 'its first line names a schema that is there') or diag(read_text("$project/pgrehearse.yaml"));
is(read_text($first // '/dev/null'), read_text("$work/project.schema.json"), 'that of a project');
is(misfits('project', "$project/pgrehearse.yaml"), '', 'which the file fits');
done_testing;

sub read_text {
    open my $in, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar(<$in>) // '';
}
