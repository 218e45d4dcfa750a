#!/usr/bin/perl
# Branches of Alembic that are merged again: each revision is rehearsed on top of its own parents, and
# its way back leads there, whatever other branches have made.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

# Each revision: its parents as Python has them, up, down.
sub project {
    my (%revisions) = @_;
    my $folder = area('branches');
    mkdir "$folder/$_" or die for 'migrations', 'migrations/versions';
    write_file("$folder/alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://localhost/x\n");
    write_file("$folder/migrations/env.py", <<'P');
from alembic import context
from sqlalchemy import create_engine
with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
P
    for my $id (keys %revisions) {
        my ($parents, $up, $down) = @{ $revisions{$id} };
        write_file("$folder/migrations/versions/${id}_.py", "revision = '$id'\ndown_revision = $parents\nfrom alembic import op\n"
            . "def upgrade():\n    op.execute('''$up''')\ndef downgrade():\n    op.execute('''$down''')\n");
    }
    return $folder;
}

sub rehearse {
    my ($folder, @options) = @_;
    my $output = area('output');
    my $out = qx{cd $folder && $RunTest::build/bin/pgrehearse run @options --output $output 2>&1};
    return ($? >> 8, $out);
}

my %sound = (
    r001  => ['None', 'CREATE TABLE a (x int PRIMARY KEY)', 'DROP TABLE a'],
    r002a => ["'r001'", 'CREATE TABLE b (x int PRIMARY KEY)', 'DROP TABLE b'],
    r002b => ["'r001'", 'CREATE TABLE c (x int PRIMARY KEY)', 'DROP TABLE c'],
    r003  => ["('r002a', 'r002b')", 'ALTER TABLE b ADD COLUMN y int; ALTER TABLE c ADD COLUMN y int',
        'ALTER TABLE c DROP COLUMN y; ALTER TABLE b DROP COLUMN y']);
{
    my ($status, $out) = rehearse(project(%sound), '--each', '--scenario', 'fresh,rollback');
    is($status, 0, 'sound branches pass') or diag($out);
    like($out, qr/^✓ rollback \($_\) /m, "$_ is among them") for sort keys %sound;
}
for my $target ('r003') { # which comes first in its run
    my ($status, $out) = rehearse(project(%sound), '--to', $target, '--scenario', 'rollback');
    is($status, 0, "$target alone passes") or diag($out);
}
{
    my $folder = project(%sound, r002b => ["'r001'", 'CREATE TABLE c (x int PRIMARY KEY)', 'SELECT 1']);
    my ($status, $out) = rehearse($folder, '--each', '--scenario', 'rollback');
    is($status, 1, 'a branch whose way back does nothing') or diag($out);
    is_deeply([$out =~ /^✗ rollback \((\S+)\)/mg], ['r002b'], 'is found there, and nowhere else') or diag($out);
}
done_testing;
