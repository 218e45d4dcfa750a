#!/usr/bin/env perl
# The tools themselves and pgrehearse-migrate --layout take turns on one database: each goes on
# where the other stopped, and both leave the same table and the same schema.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my @packages = qw(dbmate@2.36.0 graphile-migrate@1.4.1 drizzle-orm@0.45.4 pg@8.23.1);
chomp(my $modules = `$FindBin::Bin/../support/npm-tools @packages`);
BAIL_OUT('the npm packages that this test needs cannot be had') if $?;

my @names = qw(one two three);

sub layout {
    my ($name, $url, $where, @arguments) = @_;
    return run({DATABASE_URL => $url, DIRECTORY => $where}, 'pgrehearse-migrate', '--layout', $name, @arguments);
}

sub succeeds {
    my ($what, $status, $out, $err) = @_;
    is($status, 0, $what) or diag($out, $err);
}

# Where two schemas differ, the lines that only one has.
sub same_schema {
    my ($url, $other, $what) = @_;
    my @schemas = map { {map { $_ => 1 } split /\n/, schema($_)} } $url, $other;
    is(join("\n", grep { !$schemas[1]{$_} } sort keys %{$schemas[0]}),
        join("\n", grep { !$schemas[0]{$_} } sort keys %{$schemas[1]}), $what);
}

sub current { return (layout(@_, 'current'))[1] }
sub tables { return value($_[0], "SELECT coalesce(string_agg(relname, ',' ORDER BY relname), '')"
    . " FROM pg_class WHERE relkind = 'r' AND relname IN ('one', 'two', 'three')") }

# --- dbmate
sub dbmate {
    my ($url, $where, @arguments) = @_;
    return run({DATABASE_URL => $url}, "$modules/.bin/dbmate", '--no-dump-schema', '--migrations-dir', $where, @arguments);
}
{
    my $where = folder_of(map { ('2024010' . ($_ + 1) . '_t.sql' =>
        "-- migrate:up\nCREATE TABLE $names[$_] (x int);\n-- migrate:down\nDROP TABLE $names[$_];\n") } 0 .. 2);
    my ($url, $fresh) = (database(), database());
    succeeds('dbmate runs all', dbmate($fresh, $where, 'migrate'));
    succeeds('dbmate: we run two', layout('dbmate', $url, $where, 'upgrade', '+2'));
    like((dbmate($url, $where, 'status'))[1], qr/\[X\] 20240101_t.*\[X\] 20240102_t.*\[ \] 20240103_t/s, 'dbmate sees two');
    succeeds('dbmate runs the third', dbmate($url, $where, 'migrate'));
    is(current('dbmate', $url, $where), "20240103 (head)\n", 'dbmate: we see three');
    same_schema($url, $fresh, 'dbmate: the schema is that of dbmate alone');
    succeeds('dbmate: we go back one', layout('dbmate', $url, $where, 'downgrade', '-1'));
    succeeds('dbmate goes back one', dbmate($url, $where, 'rollback'));
    is_deeply([tables($url), current('dbmate', $url, $where)], ['one', "20240101\n"], 'dbmate: one is left');
}

# --- what dbmate leaves behind of a failure, we leave
for my $option ('', ' transaction:false') {
    my $where = folder_of('1_a.sql' => "-- migrate:up$option\nCREATE TABLE one (x int);\nSELECT 1/0;\n-- migrate:down\n");
    my ($url, $ours) = (database(), database());
    isnt((dbmate($url, $where, 'migrate'))[0], 0, "dbmate fails$option");
    is((layout('dbmate', $ours, $where, 'upgrade', 'head'))[0], 1, "we fail$option");
    same_schema($ours, $url, "and both leave the same schema$option");
    is(tables($ours), '', "without the table$option");
}

# --- sql-migrate
sub sql_migrate {
    my ($url, $where, $command, @arguments) = @_;
    my $who = value($url, "SELECT format('user=%s dbname=%s', current_user, current_database())");
    my ($host) = $url =~ /[?&]host=([^&]+)/ ? $1 =~ s/%2F/\//gir : $url =~ m{\@([^:/?]+)};
    my ($port) = $url =~ /[?&]port=(\d+)/ ? $1 : $url =~ m{:(\d+)/};
    $port //= 5432;
    my $config = write_file(scratch('dbconfig.yml'), "d:\n  dialect: postgres\n"
        . "  datasource: $who host=$host port=$port sslmode=disable\n  dir: $where\n");
    return run({}, 'sql-migrate', $command, "-config=$config", '-env=d', @arguments);
}
{
    my $where = folder_of(map { ($_ + 1 . '-t.sql' => "-- +migrate Up\nCREATE TABLE $names[$_] (x int);\n"
        . "-- +migrate StatementBegin\nDO \$\$ BEGIN\nNULL;\nEND \$\$;\n-- +migrate StatementEnd\n"
        . "-- +migrate Down\nDROP TABLE $names[$_];\n") } 0 .. 2);
    my ($url, $fresh) = (database(), database());
    succeeds('sql-migrate runs all', sql_migrate($fresh, $where, 'up'));
    succeeds('sql-migrate: we run two', layout('sql-migrate', $url, $where, 'upgrade', '+2'));
    like((sql_migrate($url, $where, 'status'))[1], qr/3-t\.sql\s*\|\s*no/, 'sql-migrate sees that the third is missing');
    succeeds('sql-migrate runs the third', sql_migrate($url, $where, 'up'));
    is(current('sql-migrate', $url, $where), "3-t.sql (head)\n", 'sql-migrate: we see three');
    same_schema($url, $fresh, 'sql-migrate: the schema is that of sql-migrate alone');
    succeeds('sql-migrate: we go back one', layout('sql-migrate', $url, $where, 'downgrade', '-1'));
    succeeds('sql-migrate goes back one', sql_migrate($url, $where, 'down', '-limit=1'));
    is(tables($url), 'one', 'sql-migrate: one is left');
}

# --- Drizzle
my $drizzle = write_file(scratch('drizzle.cjs'), <<"END_OF_SCRIPT");
const { drizzle } = require('$modules/drizzle-orm/node-postgres');
const { migrate } = require('$modules/drizzle-orm/node-postgres/migrator');
const { Client } = require('$modules/pg');
(async () => {
    const client = new Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await migrate(drizzle(client), { migrationsFolder: process.argv[2] });
    await client.end();
})().catch((error) => { console.error(error); process.exit(1); });
END_OF_SCRIPT
{
    my @tags = map { "000$_\_t" } 0 .. 2;
    my $journal = '{"version": "7", "dialect": "postgresql", "entries": [' . join(',', map {
        qq({"idx": $_, "version": "7", "when": 170000000000$_, "tag": "$tags[$_]", "breakpoints": true})
        } 0 .. 2) . ']}';
    my $where = folder_of('meta/_journal.json' => $journal, map { ("$tags[$_].sql" =>
        "CREATE TABLE $names[$_] (x int);\n--> statement-breakpoint\nCREATE INDEX ON $names[$_] (x);\n") } 0 .. 2);
    my ($url, $fresh) = (database(), database());
    succeeds('Drizzle runs all', run({DATABASE_URL => $fresh}, 'node', $drizzle, $where));
    succeeds('Drizzle: we run two', layout('drizzle', $url, $where, 'upgrade', '+2'));
    succeeds('Drizzle runs the third', run({DATABASE_URL => $url}, 'node', $drizzle, $where));
    is(current('drizzle', $url, $where), "$tags[2] (head)\n", 'Drizzle: we see three');
    same_schema($url, $fresh, 'Drizzle: the schema is that of Drizzle alone');
    my $rows = 'SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id';
    is(value($url, $rows), value($fresh, $rows), 'Drizzle: and so are the rows');
    unlike((layout('drizzle', $fresh, $where, 'upgrade', 'head'))[2], qr/Running/, 'Drizzle: we find nothing to do');
}

# --- graphile-migrate
{
    my ($previous, %files) = ('');
    for my $i (0 .. 2) {
        my $body = "CREATE TABLE $names[$i] (x int);";
        my $hash = 'sha1:' . sha1_hex(($previous ? "$previous\n" : '') . "$body\n");
        $files{sprintf 'migrations/committed/%06d.sql', $i + 1} =
            '--! Previous: ' . ($previous || '-') . "\n--! Hash: $hash\n\n$body\n";
        $previous = $hash;
    }
    my $where = folder_of('.gmrc' => '{}', 'migrations/current.sql' => "-- Enter migration here\n", %files);
    my $committed = "$where/migrations/committed";
    my $graphile = sub { run({DATABASE_URL => $_[0], DIRECTORY => $where}, "$modules/.bin/graphile-migrate", 'migrate') };
    my ($url, $fresh) = (database(), database());
    succeeds('graphile-migrate runs all', $graphile->($fresh));
    succeeds('graphile-migrate: we run two', layout('graphile-migrate', $url, $committed, 'upgrade', '+2'));
    succeeds('graphile-migrate runs the third', $graphile->($url));
    is(current('graphile-migrate', $url, $committed), "000003 (head)\n", 'graphile-migrate: we see three');
    same_schema($url, $fresh, 'graphile-migrate: the schema is that of graphile-migrate alone');
    my $rows = 'SELECT hash, previous_hash, filename FROM graphile_migrate.migrations ORDER BY filename';
    is(value($url, $rows), value($fresh, $rows), 'graphile-migrate: and so are the rows');
}

done_testing();
