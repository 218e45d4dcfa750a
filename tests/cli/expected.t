#!/usr/bin/perl
# What a revision of a project loses is a finding until somebody approves of it: the loss, the file
# that --approve writes, and every deviation from that file, in both directions.
# Takes long.
use strict;
use warnings;
use File::Path 'make_path';
use File::Temp 'tempdir';
use Test::More;

my $area = tempdir(CLEANUP => 1);
my @scenarios = ('--scenario', 'fresh,existing-data,rollback,round-trip');
my $count = 0;

sub write_file {
    my ($path, $content) = @_;
    open my $out, '>', $path or die "$path: $!";
    print $out $content;
    close $out or die;
}

sub read_file {
    open my $in, '<', $_[0] or return '';
    local $/;
    return scalar <$in>;
}

# A project whose second revision is this, on a table of orders.
sub project {
    my ($up, $down) = @_;
    my $folder = "$area/project" . ++$count;
    make_path("$folder/migrations");
    write_file("$folder/migrations/1_orders.up.sql",
        "CREATE TABLE orders (id int PRIMARY KEY, note text, amount int NOT NULL);\n");
    write_file("$folder/migrations/1_orders.down.sql", "DROP TABLE orders;\n");
    write_file("$folder/migrations/2_change.up.sql", $up);
    write_file("$folder/migrations/2_change.down.sql", $down) if defined $down;
    write_file("$folder/data.sql", "INSERT INTO orders VALUES (1, 'a', 10), (2, NULL, 20);\n");
    return $folder;
}

sub rehearse {
    my ($folder, @options) = @_;
    @options = (@scenarios, @options) unless grep {/^--scenario/} @options;
    my $said = qx{cd \Q$folder\E && pgrehearse run --data data.sql @options 2>&1};
    return ($? >> 8, $said);
}

sub is_rehearsed {
    my ($folder, $status, $finding, $name, @options) = @_;
    my ($got, $said) = rehearse($folder, @options);
    ok($got == $status && ($finding ? $said =~ $finding : $said !~ /^finding/m), $name)
        or diag("status $got\n$said");
}

is_rehearsed(project("ALTER TABLE orders ADD placed timestamptz NOT NULL DEFAULT now();\n", "ALTER TABLE orders DROP placed;\n"),
    0, undef, 'a column that is added, with a default of now, passes');
is_rehearsed(project("ALTER TABLE orders ALTER id TYPE bigint, ALTER amount TYPE numeric(12,2);\n",
        "ALTER TABLE orders ALTER id TYPE int, ALTER amount TYPE int;\n"), 0, undef, 'wider types pass, there and back');
is_rehearsed(project("ALTER TABLE orders RENAME note TO remark;\n", "ALTER TABLE orders RENAME remark TO note;\n"),
    0, undef, 'a renamed column passes');
is_rehearsed(project("UPDATE orders SET amount = amount * 100;\n", "UPDATE orders SET amount = amount / 100;\n"),
    1, qr/changes values of public\.orders\.amount: 2 rows \(id 1, id 2\)/, 'changed values are a finding');
is_rehearsed(project("DELETE FROM orders WHERE note IS NULL;\n", "SELECT 1;\n"),
    1, qr/^finding +\S+\.sql:1: deletes rows of public\.orders: 1 row \(id 2\)$/m, 'deleted rows are a finding');
is_rehearsed(project("ALTER TABLE orders ADD COLUMN x int;\n"), 1, qr/no way back, but other revisions have one/,
    'a revision without a way back among others that have one is a finding', '--scenario', 'fresh');
is_rehearsed(project("UPDATE orders SET amount = amount;\nALTER TABLE orders ADD x int;\n",
        "ALTER TABLE orders DROP x;\nUPDATE orders SET amount = 0;\n"),
    1, qr/changes values of public\.orders\.amount: 2 rows.*in rollback/s, 'a rollback that changes values is a finding');

my $folder = project("ALTER TABLE orders DROP note;\n", "ALTER TABLE orders ADD note text;\n");
my $file = "$folder/pgrehearse/2.expected";
is_rehearsed($folder, 1, qr/drops the values of public\.orders\.note: 1 value/, 'a dropped column is a finding');
is_rehearsed($folder, 1, qr/nobody has approved this revision/, 'and so is that nobody approved', '--require-approved');
is_rehearsed($folder, 0, undef, '--approve passes', '--approve');
like(read_file($file), qr/^- column public\.orders\.note .*^drops the values of public\.orders\.note$/ms, 'and writes what it found');
is_rehearsed($folder, 0, undef, 'what is approved passes', '--require-approved');
(my $less = read_file($file)) =~ s/^drops.*\n//m;
write_file($file, $less);
is_rehearsed($folder, 1, qr/drops the values of public\.orders\.note/, 'what the file does not name is a finding');
write_file($file, "$less" . "drops the values of public.orders.note\nchanges values of public.orders.amount\n");
is_rehearsed($folder, 1, qr/is approved but did not happen: changes values of public\.orders\.amount/,
    'what it names and did not happen is one');
write_file($file, "drops the values of public.orders.note\n");
is_rehearsed($folder, 1, qr/column public\.orders\.note/, 'so is a change of the schema that it does not name');
write_file($file, "nonsense\n");
is_rehearsed($folder, 2, qr/2\.expected:1: expected "\+ FACT"/, 'a file with a line that is none is a mistake of the project, and no finding');
done_testing;
