#!/usr/bin/perl
# A migrator that counts its steps: a second run does nothing, in the middle of a history too, and when we ask how far
# it has come, that is not taken for one of its statements.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $folder = area('counted');
mkdir "$folder/migrations" or die;
write_file("$folder/dbconfig.yml", "development:\n  dialect: postgres\n  datasource: dbname=none\n  dir: migrations\n");
my @steps = (
    ['CREATE TABLE items (id integer PRIMARY KEY, name text)', 'DROP TABLE items'],
    ['ALTER TABLE items ADD COLUMN price numeric', 'ALTER TABLE items DROP COLUMN price'],
    ['ALTER TABLE items ADD COLUMN note text', 'ALTER TABLE items DROP COLUMN note'],
);
for my $i (0 .. $#steps) {
    write_file(sprintf('%s/migrations/%03d_step.sql', $folder, $i + 1),
        "-- +migrate Up\n$steps[$i][0];\n-- +migrate Down\n$steps[$i][1];\n");
}

sub rehearse {
    my (@options) = @_;
    my $output = area('output');
    my $out = qx{cd $folder && $RunTest::build/bin/pgrehearse run @options --output $output 2>&1};
    return ($? >> 8, $out);
}

{
    my ($status, $out) = rehearse('--each', '--scenario', 'idempotency,rollback');
    is($status, 0, 'each revision passes, though others come after it') or diag($out);
    like($out, qr/^✓ idempotency \(00$_\_step\.sql\) /m, "revision $_ is among them") for 1 .. 3;
}
{
    my ($status, $out) = rehearse('--scenario', 'interrupted');
    is($status, 0, 'a sound migration passes, wherever it is cut off') or diag($out);
    like($out, qr/^✓ interrupted /m, 'and was cut off');
    unlike($out, qr/could not check/, 'no cut hits a question of ours');
}
done_testing();
