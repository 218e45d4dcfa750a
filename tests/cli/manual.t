#!/usr/bin/perl
# The manual pages that the build makes: one for each command and option there is, without a warning of man or
# mandoc, which are first seen to warn of a page with mistakes.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Installed;
use Test::More;

my $build   = abs_path($ENV{PGREHEARSE_BUILD} || "$Bin/../../build");
my $program = "$build/bin/pgrehearse";
my $pages   = tempdir(CLEANUP => 1);
is((command("$program __manual $pages"))[1], '', 'the pages are written');

my (undef, $help) = command("$program --help");
my @commands = $help =~ /^  ([a-z]+) {2,}\S/mg;
cmp_ok(scalar @commands, '>', 10, 'there are commands');
is_deeply([map { s{.*/}{}r } sort glob "$pages/*"], [sort 'pgrehearse.1', 'pgrehearse-migrate.1', 'suite.yaml.5', map {"pgrehearse-$_.1"} @commands],
    'a page for each, and for pgrehearse-migrate and suite.yaml');
is_deeply([map { s{.*/}{}r } sort glob "$build/man/*"], [map { s{.*/}{}r } sort glob "$pages/*"], 'as the build has them, to be installed');

sub warnings_about {
    my ($page) = @_;
    return join '', map { (command($_))[1] } "mandoc -T lint -W style $page", "man --warnings -E UTF-8 -l -Tutf8 -Z $page 2>&1 >/dev/null";
}
sub as_read { return (command("mandoc -T ascii $_[0]"))[1] =~ s/.\x08//gr }    # bold is struck twice
write_file("$pages/broken.1", ".TH broken 1\n.SH NAME\nx\n.XX\n.SH\n");
isnt(warnings_about("$pages/broken.1"), '', 'a page with mistakes is warned of');
unlink "$pages/broken.1";
is(join('', map { warnings_about($_) } sort glob "$pages/*"), '', 'of ours, none is');

for my $command (@commands) {
    my %options = map { $_ => 1 } ((command("$program $command --help"))[1] =~ /^ +(?:-\w, )?--([a-z-]+)/mg);
    delete @options{qw(repositories chunks-per-repo embeddings)};    # the shipped suite's own
    my $page = as_read("$pages/pgrehearse-$command.1");
    is_deeply([grep { $page !~ /^ +(?:-h, )?--\Q$_\E\b/m } sort keys %options], [], "pgrehearse-$command has the options of its help");
    like($page, qr/^EXIT STATUS\n +0 .*\n\n +1 .*\n\n +2 .*\n\n +3 /m, 'and the exit codes');
}
my $suite = as_read("$pages/suite.yaml.5");
like($suite =~ s/\s+/ /gr, qr/ time_limit seconds that the upgrade may take \(a number\) /, 'and what it says');
like($suite, qr/^ +$_\b/m, "suite.yaml has the key $_") for qw(baseline target preserved_tables faults budgets checklist);
done_testing;
