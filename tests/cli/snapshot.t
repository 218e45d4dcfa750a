#!/usr/bin/perl
# pgrehearse snapshot and diff: the facts of a schema, and what differs between two of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my ($status, $out, $err);
sub pgrehearse { return ($status, $out, $err) = run({}, 'pgrehearse', @_) }

my $url = database();
sql($url, 'CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL)', 'CREATE TABLE loans (id int)');

sub snapshot_to {
    my ($name) = @_;
    pgrehearse('snapshot', '--database', $url);
    is($status, 0, "$name: exit 0") or diag($err);
    is($err, '', "$name: nothing on stderr");
    return write_file(scratch($name), $out);
}

my $first = snapshot_to('first');
my @lines = split /\n/, read_file($first);
ok((grep {/^table public\.books\b/} @lines), 'a table is a line');
ok((grep {/^column public\.books\.title\b.*not-null/} @lines), 'and a column');
my $second = snapshot_to('second');
is(read_file($first), read_file($second), 'the same schema gives the same bytes');

pgrehearse('diff', $first, $second);
is_deeply([$status, $out, $err], [0, '', ''], 'diff of the same: exit 0, nothing said');

sql($url, 'ALTER TABLE books ADD COLUMN language varchar(2)', 'DROP TABLE loans');
my $third = snapshot_to('third');
pgrehearse('diff', $first, $third);
is($status, 1, 'diff of others: exit 1');
is($out, "+ column public.books.language after=title type=character varying(2)\n- table public.loans\n",
    'diff of others: the lines that differ, what falls with a table folded');
is($err, '', 'diff of others: no error');
pgrehearse('diff', $third, $first);
is($status, 1, 'the other way round: exit 1');
like($out, qr/^- column public\.books\.language/m, 'the other way round: it goes');
like($out, qr/^\+ table public\.loans/m, 'the other way round: it comes');

# the database is only read
sql($url, 'ALTER DATABASE ' . ($url =~ m{/(\w+)\?})[0] . ' SET default_transaction_read_only = on');
is((pgrehearse('snapshot', '--database', $url))[0], 0, 'a database that cannot be written will do');

sub wrong {
    my ($name, $code, $message, @arguments) = @_;
    pgrehearse(@arguments);
    is($status, $code, "$name: exit $code");
    like($err, qr/\Apgrehearse: [^\n]*$message[^\n]*\n\z/, "$name: one line says it");
    is($out, '', "$name: nothing else");
}
wrong('no database', 2, 'expected --database URL', 'snapshot');
wrong('an argument too many', 2, 'nothing else', 'snapshot', '--database', $url, 'more');
wrong('two databases', 2, 'given twice', 'snapshot', '--database', $url, '--database', $url);
wrong('no server there', 3, 'connection', 'snapshot', '--database', 'postgresql://postgres:geheim@127.0.0.1:1/x');
unlike($err, qr/geheim/, 'and the password is not told');
wrong('one file', 2, 'expected two files', 'diff', $first);
wrong('three files', 2, 'expected two files', 'diff', $first, $second, $third);
wrong('no such file', 2, 'no/such/file', 'diff', $first, 'no/such/file');
wrong('a folder', 2, 'Is a directory', 'diff', $first, scratch('.'));
wrong('a file that is no snapshot', 2, 'line 1', 'diff', $first, write_file(scratch('other'), "hello\n"));
wrong('an empty file', 2, 'no snapshot|empty', 'diff', $first, write_file(scratch('empty'), ''));
my ($full, undef, $said) = run({}, 'sh', '-c', 'pgrehearse snapshot --database "$0" >/dev/full', $url);
is($full, 3, 'a full disk is no success');
like($said, qr/\Apgrehearse: standard output cannot be written[^\n]*\n\z/, 'and is told in one line');
($full, undef, $said) = run({}, 'sh', '-c', 'pgrehearse diff "$0" "$1" >/dev/full', $first, $third);
is($full, 1, 'a difference stays one on a full disk');
like($said, qr/\Apgrehearse: standard output cannot be written[^\n]*\n\z/, 'which is told');
done_testing;
