#!/usr/bin/perl
# Every command that a page or a file for pipelines shows is one that the program reads: the
# command exists, and so does each option. Whole commands are parsed by the program itself (with --help, which
# it obeys once everything is read); of a synopsis the options are looked up.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use Test::More;
use Text::ParseWords qw(shellwords);

my $root  = abs_path("$Bin/../..");
my $build = abs_path($ENV{PGREHEARSE_BUILD} || "$root/build");
my $empty = tempdir(CLEANUP => 1);
chdir $root or die $!;

my @commands = map {/^  ([a-z]+) +\S/ ? $1 : ()} `$build/bin/pgrehearse --help`;
cmp_ok(scalar @commands, '>', 15, 'there are commands');
my %options;
sub options_of {
    my ($program, $command) = @_;
    my $all = $program eq 'pgrehearse' ? `$build/bin/pgrehearse $command --help 2>&1` : `$build/bin/pgrehearse-migrate --help 2>&1`;
    return $options{"$program $command"} //= {map { $_ => 1 } $all =~ /(--[a-z][a-z-]*)/g};
}

# The commands in the text of a page, each as [program, arguments].
sub commands_in {
    my ($text, $is_page) = @_;
    my @code;
    if ($is_page) {
        push @code, $2 while $text =~ s/^( *)```[a-z]*\n(.*?)^ *```$//ms;
        push @code, $1 while $text =~ s/^((?:    +\S.*\n)+)//m;
        push @code, "$1\n" while $text =~ /`(pgrehearse(?:-migrate)? [^`]+)`/g;
    }
    else { @code = ($text) }
    my @found;
    for my $code (@code) {
        $code =~ s/\\\n\s*/ /g;
        $code =~ s/ &&\n\s*/ && /g;
        for my $line (split /\n/, $code) {
            $line =~ s/(?:^|\s)#.*//;
            while ($line =~ /(?:^\s*(?:- )?|[;&|(]\s*|\$ |\b(?:run|script|bash): |'|"|\bexec |\bthen |\s{4,})(?:[^\s'"]*\/)?(pgrehearse(?:-migrate)?|scripts\/rehearse)((?: (?:[^;&|)#'"\n]|'[^']*'|"[^"]*"|\|(?=\S))*)*)/g) {
                my ($program, $arguments) = ($1, $2);
                next unless $arguments =~ /^ [a-z\[<-]/;
                push @found, [$program, $arguments =~ s/\s+$//r];
            }
        }
    }
    return @found;
}

# What is wrong with a command, '' if nothing.
sub mistake {
    my ($program, $arguments) = @_;
    ($program, $arguments) = ('pgrehearse', " run$arguments") if $program eq 'scripts/rehearse';
    my ($command) = $arguments =~ /^ (?:help )?([a-z]+)/;
    if ($program eq 'pgrehearse') {
        return '' if $arguments =~ /^ (?:--version|--help|help(?: COMMAND)?$)/;
        return "no command in '$arguments'" unless defined $command && grep { $_ eq $command } @commands;
    }
    my $options = options_of($program, $command // '');
    my @unknown = grep { !$options->{$_} } $arguments =~ /(?<![\w-])(--[a-z][a-z-]*)/g;
    return "unknown: @unknown" if @unknown;
    $arguments =~ s/\$(?:\{[^}]*\}|\w+)/7/g;    # as a shell would
    # a synopsis
    return '' if $program ne 'pgrehearse' || $arguments =~ /[\[\]|<>]|\xe2\x80\xa6|\b[A-Z]{2,}\b|^ help /;
    my @words = shellwords($arguments);
    # a suite or project that is not there
    @words = grep { !/^project$|^\/tmp\/|^my-|^path\// } @words;
    my $pid = open(my $said, '-|') // die $!;
    if (!$pid) {
        chdir $empty;
        open STDIN, '<', '/dev/null';
        open STDERR, '>&', \*STDOUT;
        exec "$build/bin/pgrehearse", $command, '--help', @words[1 .. $#words] or die $!;
    }
    my $all = do { local $/; <$said> } // '';
    close $said;
    return $? ? $all =~ s/\n.*//sr : '';
}

my %shown;
for my $page (split /\0/, `git ls-files -z --cached --others --exclude-standard -- '*.md' docs/ci action.yml templates .ci`) {
    next if !-f $page || $page =~ /^tests/;
    open my $in, '<', $page or die "$page: $!";
    my $text = do { local $/; <$in> };
    my (%once, @wrong);
    for my $found (commands_in($text, $page =~ /\.md$/)) {
        my ($program, $arguments) = @$found;
        next if $once{"$program$arguments"}++;
        my $mistake = mistake($program, $arguments);
        push @wrong, "$program$arguments: $mistake" if $mistake;
        $shown{$1}++ if $arguments =~ /^ ([a-z]+)/;
    }
    is_deeply(\@wrong, [], "$page: " . keys(%once) . ' commands') if %once || $page =~ /^docs/;
}
is_deeply([grep { !$shown{$_} } @commands], [], 'the pages have an example of each command');

# It is able to fail.
like(mistake(@{(commands_in("    pgrehearse run --scenaro fresh\n", 1))[0]}), qr/--scenaro/, 'a wrong option is seen');
like(mistake(@{(commands_in("```sh\ncd x && pgrehearse rnu\n```\n", 1))[0]}), qr/no command/, 'a wrong command is seen');
like(mistake(@{(commands_in("Say `pgrehearse run --jobs` now\n", 1))[0]}), qr/missing argument/, 'an option without its value is seen');
is(mistake(@{(commands_in("    \$ pgrehearse run --jobs 2   # fine\n", 1))[0]}), '', 'a sound one passes');
done_testing;
