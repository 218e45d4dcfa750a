#!/usr/bin/perl
# Alembic projects of other people: they migrate the schema of the shipped suite, and nothing else
# in them is like ours. Written from the requirements, each in another manner; all are sound.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $build = $ENV{PGREHEARSE_BUILD} || 'build';
my $scratch = tempdir(CLEANUP => 1);

# The exit status, and what is worth reading of what was said.
sub rehearse {
    my ($folder, $scenarios) = @_;
    my $output = `$build/bin/pgrehearse run --migrator alembic --migrations '$folder' \\
        --scenario $scenarios --output '$scratch/output' 2>&1 </dev/null`;
    return ($? >> 8, join '', grep {/^(finding|error|not run|passed|findings)|✗/} split /^/, $output);
}

sub is_sound {
    my ($name, $scenarios, $manner) = @_;
    my ($status, $said) = rehearse("tests/projects/$name", $scenarios);
    is($status, 0, "$name: $manner") or diag($said);
    my $count = $scenarios eq 'quickstart' ? 6 : scalar split /,/, $scenarios;
    like($said, qr/^passed: $count scenarios,/m, "$name: $count scenarios ran");
}

is_sound('terse', 'quickstart',
    'op.create_table, naming conventions, ENUM types, a trigger function, no logging');
is_sound('handwritten', 'fresh,idempotency,rollback',
    'raw SQL, domains, views, functions that use each other, its own words on standard output');
is_sound('elaborate', 'existing-data,rollback,validation',
    'an asynchronous env.py, quoted names, partial and covering indexes, grants, DROP … CASCADE');

# What passes the sound has to find the broken, in tables that it has never seen.
{
    system('cp', '-R', 'tests/projects/terse', "$scratch/broken") == 0 or die 'cp failed';
    my $path = "$scratch/broken/migrations/versions/002.py";
    open my $in, '<', $path or die "$path: $!";
    my $code = do { local $/; <$in> };
    my ($up, $down) = split /(?=^def downgrade)/m, $code;
    $down =~ s/server_default="need-to-be-done"/server_default="complete"/ or die 'no such default';
    $down =~ s/, unique=True\)$/)/m or die 'no such index';
    open my $out, '>', $path or die "$path: $!";
    print $out $up, $down;
    close $out or die "$path: $!";
    my ($status, $said) = rehearse("$scratch/broken", 'rollback');
    is($status, 1, 'a rollback that forgets a default and a unique index is found');
    like($said, qr/lost index public\.vendors\.ux_vendors_name|changed index public\.vendors\.ux_vendors_name/,
        'with the index');
    like($said, qr/changed column public\.tasks\.state/, 'and the default');
}
done_testing;
