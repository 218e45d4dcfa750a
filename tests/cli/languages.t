#!/usr/bin/perl
# Messages in other languages, of the caller's programs and of the server: each run gets the verdict
# that it gets in English, since verdicts rest on SQLSTATEs, signals and errno, not on words.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my %languages = (de_DE => qr/FEHLER/, fr_FR => qr/ERREUR/, es_ES => qr/no existe/, ja_JP => qr/リレーション/);
unless ($ENV{LANGUAGES_TEST_LOCALES}) { # once more, beside a server that knows these languages
    $ENV{LANGUAGES_TEST_LOCALES} = $ENV{LOCPATH} = area('locales');
    for my $language (keys %languages) {
        system('localedef', '-i', $language, '-f', 'UTF-8', "$ENV{LOCPATH}/$language.UTF-8") == 0 or die 'localedef';
    }
    system('tests/support/with-server', $^X, $0) == -1 and die 'with-server';
    exit($? >> 8);
}
my @psql = ('psql', '-XqAt', '-d', $ENV{PGREHEARSE_TEST_SERVER}, '-c');
my $server = "--server=$ENV{PGREHEARSE_TEST_SERVER}";
my $sound = sound();

# What a migrator does, and the verdict.
my @ways = (
    ['sound', $sound, 0],
    ['fails', 'psql -X -q -v ON_ERROR_STOP=1 -c "SELECT * FROM nowhere"', 1],
    ['loses its session', 'psql -X -q -c "SELECT pg_terminate_backend(pg_backend_pid())"; exit 1', 3],
    ['is killed', 'kill -KILL $$', 3],
    ['has no files left', 'ulimit -n 3; exec 3</dev/null', 3],
    # bash speaks the caller's language, dash does not
    ['fills its disk', q{exec bash -c 'echo rows >/dev/full'}, 3],
);
my $sound_suite = suite_with($sound);
my %suites = map { $_->[0] => suite_with($_->[1]) } @ways;

# A file that psql runs, and a source whose reader may not read it.
my $files = area('files');
write_file("$files/001_a.sql", "\\echo begins\nSELECT * FROM nowhere;\n");
my $source = $ENV{PGREHEARSE_TEST_SERVER} =~ s{/postgres\?}{/languages?}r;
system(@psql, "CREATE ROLE languages_blind LOGIN") == 0 or die 'psql';
system(@psql, 'CREATE DATABASE languages') == 0 or die 'psql';
system("psql -Xq1 -d '$source' -f $sound_suite/migrations/upgrade-1.sql") == 0 or die 'psql';

for my $language (sort keys %languages) {
    local $ENV{LC_ALL} = "$language.UTF-8";
    like(scalar qx{psql -X -d '$ENV{PGREHEARSE_TEST_SERVER}&options=-clc_messages%3D$language.UTF-8' -c 'SELECT * FROM nowhere' 2>&1},
        $languages{$language}, "$language is spoken here");
    unlike(scalar qx{bash -c 'echo rows >/dev/full' 2>&1}, qr/No space left/, "$language, by bash too");
    system(@psql, "ALTER SYSTEM SET lc_messages = '$language.UTF-8'") == 0 or die 'psql';
    system(@psql, 'SELECT pg_reload_conf()') == 0 or die 'psql';
    like(scalar qx{$RunTest::build/bin/pgrehearse-migrate upgrade 001 --layout plain --migrations $files --database '$ENV{PGREHEARSE_TEST_SERVER}' 2>&1},
        qr{SQLSTATE 42P01; \S*001_a\.sql, line 2}, "$language: what psql ran failed in its line");
    my $blind = run_it($sound_suite, ['--source', $source =~ s{//postgres@}{//languages_blind@}r, '--scenario', 'certification'], command => 'certify');
    is($blind->{code}, 3, "$language: a source that may not be read: exit 3");
    like(output_of($blind), qr/grant the role pg_read_all_data/, '  with what to do') or diag(output_of($blind));
    for my $way (@ways) {
        my ($name, undef, $verdict) = @$way;
        for my $where ($server, undef) {
            my $run = run_it($suites{$name}, ['--scenario', 'fresh', $where // ()]);
            is($run->{code}, $verdict, "$language, " . ($where ? 'a server of ours' : 'embedded') . ", a migrator that $name: exit $verdict")
                or diag(output_of($run));
        }
    }
}
done_testing;
