#!/usr/bin/perl
# run --shape: locks are forecast for production, its statements are tried, rows follow its statistics.
# Takes long.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my ($status, $out, $err);
my $reports = scratch('reports');
my $server = $ENV{PGREHEARSE_TEST_SERVER};

# A project of two revisions, whose second does this.
sub project {
    my ($up, $down, %more) = @_;
    return folder_of('migrations/001_base.up.sql' => <<'END', 'migrations/001_base.down.sql' => "DROP TABLE orders, clients;\n",
CREATE TABLE clients (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, client integer NOT NULL REFERENCES clients, total integer, note text);
END
        'migrations/002_next.up.sql' => "$up\n", 'migrations/002_next.down.sql' => "$down\n", %more);
}

# The shape of tests/shapes with fewer rows, changed by the caller.
sub shape {
    my ($change) = @_;
    my $shape = decode_json(read_file("$FindBin::Bin/../shapes/shop.json"));
    $shape->{tables}[1]{rows} = 4000;
    $change->($shape) if $change;
    return write_file(scratch('shape.json'), JSON::PP->new->canonical->pretty->encode($shape));
}

sub rehearse {
    my ($folder, @arguments) = @_;
    ($status, $out, $err) = run({DIRECTORY => $folder}, 'pgrehearse', 'run', '--server', $server, '--output', $reports, @arguments);
    return $status;
}

# What a rule has seen: its level and its message.
sub seen {
    my ($property) = @_;
    my $run = decode_json(read_file("$reports/run.json"));
    my ($check) = grep { $_->{name} eq $property } map { @{$_->{checks}} } map { @{$_->{steps}} } @{$run->{scenarios}};
    return ('absent', '') if !$check;
    return ($check->{outcome} eq 'finding' ? 'finding' : $check->{level} // '', $check->{message} // '');
}

my @rewrite = ('ALTER TABLE orders ALTER COLUMN total TYPE bigint;', 'ALTER TABLE orders ALTER COLUMN total TYPE integer;');
my @rules = ('--scenario', 'rules');

# --- locks
my $impatient = project(@rewrite, 'pgrehearse.yaml' => "tolerated_stalls: [{seconds: 1000}, {table: orders, seconds: 0.0000001}]\n");
is(rehearse($impatient, @rules, '--shape', shape()), 1, 'a rewrite that takes too long in production is a finding') or diag("$out$err");
my ($level, $message) = seen('no table is rewritten');
is($level, 'finding', 'which the rule reports');
like($message, qr/forecast for production \(4,000 rows\): locked for \S+ \w+ \(\S+ \w+ to \S+ \w+\), 0 ms is tolerated/, 'with a figure')
    or diag("$out$err");
is(rehearse($impatient, @rules), 0, 'without a shape it is a warning') or diag("$out$err");
my $patient = project(@rewrite, 'pgrehearse.yaml' => "tolerated_stalls: [{seconds: 100000}]\n");
is(rehearse($patient, @rules, '--strict', '--shape', shape()), 0, 'one that is tolerated is not a finding, even with --strict')
    or diag("$out$err");
($level, $message) = seen('no table is rewritten');
is($level, 'note', 'but a note');
like($message, qr/28 h is tolerated|27\.8 h is tolerated/, 'with the figure that is tolerated') or diag($message);

# --- statements
my $drop = project('ALTER TABLE orders RENAME COLUMN total TO amount;', 'ALTER TABLE orders RENAME COLUMN amount TO total;');
is(rehearse($drop, @rules, '--shape', shape()), 1, 'a statement that no longer works is a finding') or diag("$out$err");
like((seen("the application's statements still work"))[1], qr/SELECT id, total FROM orders.* column "total" does not exist.* 900000 times/,
    'which names it');
my $add = project('ALTER TABLE orders ADD COLUMN color text;', 'ALTER TABLE orders DROP COLUMN color;');
is(rehearse($add, @rules, '--shape', shape()), 0, 'a column more harms no statement') or diag("$out$err");
is((seen("the application's statements still work"))[1], '', 'as the rule says');
is((seen("the application's statements return the same columns"))[1], '', 'and no result differs');
rehearse($add, @rules);
is((seen("the application's statements still work"))[0], 'absent', 'without a shape there is no such rule');

# --- rows
is(rehearse($add, '--scenario', 'rollback', '--keep', '--scale', '0.5', '--shape', shape()), 0, 'with half of the rows') or diag("$out$err");
my ($database) = "$out$err" =~ /kept: database (\w+_rollback)/ or diag("$out$err");
(my $url = $server) =~ s{/postgres\?}{/$database?};
cmp_ok(value($url, 'SELECT count(*) FROM orders'), '>=', 2000, 'there are as many');
my $nulls = value($url, 'SELECT avg((note IS NULL)::int) FROM orders');
ok($nulls > 0.7 && $nulls < 0.9, 'as many of them null as in production') or diag($nulls);
my $width = value($url, 'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY pg_column_size(note)) FROM orders WHERE note IS NOT NULL');
is($width, 40, 'as wide');
my $distinct = value($url, 'SELECT count(DISTINCT note) FROM orders');
ok($distinct >= 25 && $distinct < 200, 'and as many different ones') or diag($distinct);
sql($server, "DROP DATABASE $database WITH (FORCE)");

# --- what is wrong
sub wrong {
    my ($what, $expected, @arguments) = @_;
    is(rehearse($add, @rules, @arguments), 2, "$what: exit 2");
    my @lines = grep { !/rehearsing the project|golang-migrate/ } split /\n/, $err;
    is(scalar @lines, 1, "$what: one line") or diag($err);
    like($lines[-1] // '', $expected, "$what: which says it");
}
wrong('no such file', qr/--shape: .*nowhere\.json: cannot be read/, '--shape', scratch('nowhere.json'));
wrong('a damaged file', qr/--shape: .*shape\.json, line \d+/, '--shape', write_file(scratch('shape.json'), substr(read_file(shape()), 0, 900)));
wrong('a key that is none', qr/rowz.*did you mean 'rows'/, '--shape', shape(sub { $_[0]{tables}[0]{rowz} = 3 }));
wrong('a newer format', qr/--shape: .*shape\.json: shapes of format 2 are not known here/, '--shape', write_file(scratch('shape.json'), '{"shape": 2, "gizmos": [], "tables": []}'));
wrong('a figure that cannot be', qr/table public\.orders, column note, nulls 7: expected 0 to 1/, '--shape', shape(sub { $_[0]{tables}[1]{columns}[3]{nulls} = 7 }));
wrong('a scenario that needs rows', qr/scenario cost cannot be run: it needs --scale F, a share of the rows that the shape has/, '--shape', shape(), '--scenario', 'cost');
wrong('a scenario that needs probes', qr/scenario stall cannot be run: it needs probes in pgrehearse\.yaml/, '--scale', '0.1', '--shape', shape(), '--scenario', 'stall');
wrong('another database', qr/another database.*public\.books/, '--shape', shape(sub { $_[0]{tables} = [{name => 'public.books'}] }));
wrong('a scale that is none', qr/--scale 7: expected a share/, '--scale', '7', '--shape', shape());
wrong('a scale without a shape', qr/--scale: give --shape too/, '--scale', '0.1');
wrong('rows twice', qr/--scale, --rows/, '--scale', '0.1', '--rows', '5', '--shape', shape());
is(rehearse($add, @rules, '--shape', shape(sub { push @{$_[0]{tables}}, {name => 'public.left_over'} })), 0, 'a table more: it is rehearsed');
like($err, qr/has 1 table that the revision 001 lacks \(public\.left_over\); nothing is said about it/, 'and one line says so') or diag($err);

done_testing;
