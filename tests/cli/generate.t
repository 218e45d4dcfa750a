#!/usr/bin/perl
# pgrehearse generate: rows for a database that its owner names.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my @small = qw(--repositories 3 --chunks-per-repo 4);
my ($status, $out, $err);

sub generate { return run({}, 'pgrehearse', 'generate', @_) }

my %template;

# A new database that stands at the revision.
sub at {
    my ($revision) = @_;
    if (!$template{$revision}) {
        $template{$revision} = database();
        my ($failed, undef, $why) = migrate($template{$revision}, 'upgrade', $revision);
        die $why if $failed;
    }
    return database($template{$revision});
}

# Every row of every table, as text.
sub rows {
    my ($url) = @_;
    my ($failed, $dump, $why) = run({}, qw(pg_dump --data-only --inserts), $url);
    die $why if $failed;
    $dump =~ s/^\\(un)?restrict .*\n//mg;
    return $dump;
}

sub wrong {
    my ($name, $code, $message, @arguments) = @_;
    ($status, $out, $err) = generate(@arguments);
    is($status, $code, "$name: exit $code");
    like($err, qr/\Apgrehearse: [^\n]*$message[^\n]*\n\z/, "$name: one line says it");
    is($out, '', "$name: nothing else");
}

for my $revision (qw(005 002)) {
    my $url = at($revision);
    ($status, $out, $err) = generate('--database', $url, @small);
    is($status, 0, "at $revision: exit 0") or diag($err);
    is($err, '', "at $revision: no progress off a terminal");
    like($out, qr/^repositories +3 rows$/m, "at $revision: the count of the first table");
    like($out, qr/^code_chunks +12 rows$/m, "at $revision: and of the second");
    is(value($url, 'SELECT count(*) FROM repositories'), 3, "at $revision: they are there");
    is(value($url, 'SELECT count(embedding) FROM code_chunks'), 12, "at $revision: with embeddings");
    is(value($url, 'SELECT string_agg(n::text, $$,$$) FROM (SELECT count(*) AS n FROM code_chunks GROUP BY repository_id) AS _'),
        '4,4,4', "at $revision: each repository has its own");
    for my $table (split /\n/, value($url, q{SELECT relname FROM pg_class WHERE relkind = 'r'
        AND relnamespace = 'public'::regnamespace AND relname NOT IN ('alembic_version', 'repositories', 'code_chunks') ORDER BY 1})) {
        is(value($url, "SELECT count(*) FROM $table"), 5, "at $revision: $table has rows too");
        like($out, qr/^$table +5 rows$/m, "at $revision: and is told");
    }
}
cmp_ok(value(at('005'), q{SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace}),
    '>', 9, 'there were other tables');

my @twins = map { at('005') } 1 .. 4;
generate('--database', $twins[0], @small);
generate('--database', $twins[1], @small, '--seed', 1);
generate('--database', $twins[2], @small, '--seed', 2);
is(rows($twins[0]), rows($twins[1]), 'the same seed gives the same bytes; it is 1 by default');
isnt(rows($twins[0]), rows($twins[2]), 'another seed gives others');
is((generate('--database', $twins[3], @small, '--embeddings', 50))[0], 0, 'half of them with embeddings');
is(value($twins[3], 'SELECT count(embedding) FROM code_chunks'), 6, 'are half of them');

# a second time
my $before = rows($twins[0]);
wrong('the same seed into a filled database', 3, 'duplicate key value .*; no row was added: .* give a --seed other than 1', '--database', $twins[0], @small);
is(rows($twins[0]), $before, 'and nothing was changed');
is((generate('--database', $twins[0], @small, '--seed', 9))[0], 0, 'another seed adds to them');
is(value($twins[0], 'SELECT count(*) FROM code_chunks'), 24, 'as many again');

# what is wrong
my $empty = at('005');
wrong('no database', 2, 'Give --database URL', @small);
wrong('a size that is no number', 2, '--repositories many: expected a whole number', '--database', $empty, '--repositories', 'many');
wrong('a negative size', 2, '--repositories -3: expected a whole number', '--database', $empty, '--repositories', '-3');
wrong('a size beyond its maximum', 2, '--embeddings: expected at most 100', '--database', $empty, '--embeddings', 101);
wrong('a size beyond 64 bits', 2, 'expected a whole number', '--database', $empty, '--repositories', '99999999999999999999');
wrong('too many rows to count', 2, 'too many rows to count', '--database', $empty,
    '--repositories', '9223372036854775807', '--chunks-per-repo', 2);
wrong('children without a parent', 2, 'has 0 rows', '--database', $empty, qw(--repositories 0 --chunks-per-repo 2));
wrong('a seed that is no number', 2, '--seed x: expected a whole number', '--database', $empty, qw(--seed x));
wrong('an unknown option', 2, '--wombats', '--database', $empty, qw(--wombats 3));
wrong('a suite that is none', 2, "no suite 'nonsense'", 'nonsense', '--database', $empty);
wrong('a URL that is none', 2, 'not a PostgreSQL connection URL', '--database', 'nonsense://x');
wrong('no server there', 3, 'connection', '--database', 'postgresql://postgres:geheim@127.0.0.1:1/x');
unlike($err, qr/geheim/, 'and the password is not told');
(my $nowhere = $empty) =~ s{/\w+\?}{/no_such_database?};
wrong('no such database', 3, 'no_such_database', '--database', $nowhere);
is(value($empty, 'SELECT count(*) FROM repositories'), 0, 'none of these left a row');
is((generate('--database', $empty, qw(--repositories 0 --chunks-per-repo 0)))[0], 0, 'no rows may be asked for');

wrong('a database without the tables', 2, 'the database has no table "repositories" in schema public', '--database', database());

# every table, without a recipe
my $schema = <<'SQL';
CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'happy');
CREATE TABLE app.people (id serial PRIMARY KEY, name text NOT NULL, mood app.mood NOT NULL, ip inet[]);
CREATE TABLE app.posts (id uuid PRIMARY KEY, author integer NOT NULL REFERENCES app.people, hash bytea CHECK (octet_length(hash) = 32));
CREATE TABLE countries (code char(2) PRIMARY KEY); INSERT INTO countries VALUES ('DE');
CREATE TABLE schema_migrations (version text); CREATE TABLE parts (at date) PARTITION BY RANGE (at);
SQL
sub project {
    my $url = database();
    my ($failed, undef, $why) = run({}, qw(psql -Xqv ON_ERROR_STOP=1 -c), $schema, $url);
    die $why if $failed;
    return $url;
}
my $project = project();
($status, $out, $err) = generate('--all', '--database', $project, qw(--exclude schema_migrations --rows app.posts=5000));
is($status, 0, 'all tables: exit 0') or diag($err);
like($out, qr/^app\.people +500 rows$/m, 'all tables: one in another schema, a parent of many');
like($out, qr/^app\.posts +5000 rows$/m, 'all tables: one that many rows are asked for');
like($out, qr/^countries +\d+ rows \(1 were there\)$/m, 'all tables: one that had rows');
like($out, qr/^parts +0 rows  none of its partitions can take a row$/m, 'all tables: one that cannot be filled, and why');
like($out, qr/^3 of 4 tables have rows\n\z/m, 'all tables: the sum');
unlike($out, qr/schema_migrations/, 'all tables: but for the excluded one');
is(value($project, 'SELECT count(*) FROM schema_migrations'), 0, 'which is empty');
is(value($project, q{SELECT count(*) FROM countries WHERE code = 'DE'}), 1, 'what was there stays');
is(value($project, 'SELECT count(*) FROM app.posts'), 5000, 'the rows are there');
my @pair = (project(), project(), project());
generate('--all', '--database', $pair[$_], '--seed', $_ == 2 ? 2 : 1) for 0 .. 2;
is(rows($pair[0]), rows($pair[1]), 'all tables: the same seed gives the same bytes');
isnt(rows($pair[0]), rows($pair[2]), 'all tables: another seed gives others');
generate('--all', '--database', my $tame = project(), '--tame');
is(value($tame, q{SELECT count(*) FROM app.people WHERE ip IS NULL OR name = ''}), 0, 'tame: no extremes');
wrong('all tables of no database', 2, 'Give --database URL', '--all');
wrong('rows for a table that is not there', 2, 'rows for posts_: the database has no such table', '--all', '--database', $project, '--rows', 'posts_=3');
wrong('rows that are no number', 2, '--rows posts=many: expected TABLE=N', '--all', '--database', $project, '--rows', 'posts=many');
wrong('rows without a table', 2, '--rows 5: expected TABLE=N', '--all', '--database', $project, '--rows', '5');
wrong('rows without --all', 2, '--rows needs --all', '--database', $project, '--rows', 'app.posts=3');

# a terminal
SKIP: {
    my ($missing) = run({}, 'sh', '-c', 'command -v script');
    BAIL_OUT('script of bsdutils is missing') if $missing;
    my $url = at('005');
    ($status, $out) = run({TERM => 'xterm', URL => $url}, 'script', '-qec',
        'pgrehearse generate --database "$URL" --repositories 30 --chunks-per-repo 100 >/dev/null', '/dev/null');
    is($status, 0, 'on a terminal: exit 0');
    like($out, qr/generate .*fill the tables/, 'on a terminal: how far it is');
    like($out, qr/\e\[J\z/, 'on a terminal: which goes when it ends');
    ($status, $out) = run({TERM => 'dumb', URL => at('005')}, 'script', '-qec',
        'pgrehearse generate --database "$URL" --repositories 30 --chunks-per-repo 100 >/dev/null', '/dev/null');
    is($out, '', 'on a dumb terminal: nothing of it');
}
done_testing;
