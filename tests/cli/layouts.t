#!/usr/bin/env perl
# pgrehearse-migrate --layout: in each layout there and back, its version table to the row, its
# transaction rules, and what it refuses. Each tool's own side is in layouts_tools.t.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex sha384_hex);
use FindBin;
use lib "$FindBin::Bin/../support";
use MigrationTest;
use Test::More;

my $context = "INFO [alembic.runtime.migration] Context impl PostgresqlImpl.\n"
    . "INFO [alembic.runtime.migration] Will assume transactional DDL.\n";

sub layout {
    my ($name, $url, $where, @arguments) = @_;
    return run({DATABASE_URL => $url, DIRECTORY => $where}, 'pgrehearse-migrate', '--layout', $name, @arguments);
}
sub running { return "INFO [alembic.runtime.migration] Running $_[0]\n" }
sub tables { return value($_[0], "SELECT coalesce(string_agg(relname, ',' ORDER BY relname), '')"
    . " FROM pg_class WHERE relkind = 'r' AND relname IN ('one', 'two', 'three')") }

my @up = map { "CREATE TABLE $_ (x int);\n" } qw(one two three);
my @down = map { "DROP TABLE $_;\n" } qw(one two three);
my $journal = '{"version": "7", "dialect": "postgresql", "entries": [' . join(',', map {
    qq({"idx": $_, "version": "7", "when": 170000000000$_, "tag": "000${_}_t$_", "breakpoints": true})
    } 0 .. 2) . ']}';

# name, files, ids, rows after two revisions (query, result), whether there is a way back
my @layouts = (
    ['golang-migrate', {map { ("00000$_\_t$_.up.sql" => $up[$_ - 1], "00000$_\_t$_.down.sql" => $down[$_ - 1]) } 1 .. 3},
        [qw(000001 000002 000003)], 'SELECT version, dirty FROM schema_migrations', '2|f', 1],
    ['morph', {map { ("00000$_\_t$_.up.sql" => $up[$_ - 1], "00000$_\_t$_.down.sql" => $down[$_ - 1]) } 1 .. 3},
        [qw(000001 000002 000003)], 'SELECT version, name FROM db_migrations ORDER BY 1', "1|t1\n2|t2", 1],
    ['maragudk', {map { ("1_t$_.up.sql" => $up[$_ - 1], "1_t$_.down.sql" => $down[$_ - 1]) } 1 .. 3},
        [qw(1_t1 1_t2 1_t3)], 'SELECT version FROM migrations', '1_t2', 1],
    ['diesel', {map { ("2024-01-0$_-120000_t$_/up.sql" => $up[$_ - 1], "2024-01-0$_-120000_t$_/down.sql" => $down[$_ - 1]) } 1 .. 3},
        [map { "2024-01-0$_-120000" } 1 .. 3], 'SELECT version FROM __diesel_schema_migrations ORDER BY 1',
        "20240101120000\n20240102120000", 1],
    ['goose', {map { ("0000$_\_t$_.sql" => "-- +goose Up\n$up[$_ - 1]\n-- +goose Down\n$down[$_ - 1]") } 1 .. 3},
        [qw(00001 00002 00003)], 'SELECT id, version_id, is_applied FROM goose_db_version ORDER BY 1',
        "1|0|t\n2|1|t\n3|2|t", 1],
    ['sql-migrate', {map { ("$_\-t$_.sql" => "-- +migrate Up\n$up[$_ - 1]\n-- +migrate Down\n$down[$_ - 1]") } 1 .. 3},
        [qw(1-t1.sql 2-t2.sql 3-t3.sql)], 'SELECT id FROM gorp_migrations ORDER BY 1', "1-t1.sql\n2-t2.sql", 1],
    ['dbmate', {map { ("2024010$_\_t$_.sql" => "-- migrate:up\n$up[$_ - 1]\n-- migrate:down\n$down[$_ - 1]") } 1 .. 3},
        [qw(20240101 20240102 20240103)], 'SELECT version FROM schema_migrations ORDER BY 1', "20240101\n20240102", 1],
    ['flyway', {map { ("V1_$_\__t_$_.sql" => $up[$_ - 1], "U1.${_}__t_$_.sql" => $down[$_ - 1]) } 1 .. 3},
        [qw(1_1 1_2 1_3)], 'SELECT installed_rank, version, description, type, script, success, installed_by = current_user'
        . ' FROM flyway_schema_history ORDER BY 1', "1|1.1|t 1|SQL|V1_1__t_1.sql|t|t\n2|1.2|t 2|SQL|V1_2__t_2.sql|t|t", 1],
    ['pop', {map { ("2024010$_\_t$_.postgres.up.sql" => $up[$_ - 1], "2024010$_\_t$_.mysql.up.sql" => 'nonsense',
                    "2024010$_\_t$_.up.sql" => 'nonsense', "2024010$_\_t$_.down.sql" => $down[$_ - 1]) } 1 .. 3},
        [qw(20240101 20240102 20240103)], 'SELECT version FROM schema_migration ORDER BY 1', "20240101\n20240102", 1],
    ['sqlx', {map { ("2024010$_\_t_$_.up.sql" => $up[$_ - 1], "2024010$_\_t_$_.down.sql" => $down[$_ - 1]) } 1 .. 3},
        [qw(20240101 20240102 20240103)], q(SELECT version, description, success, encode(checksum, 'hex'), execution_time > 0)
        . ' FROM _sqlx_migrations ORDER BY 1', join("\n", map { "2024010$_|t $_|t|" . sha384_hex($up[$_ - 1]) . '|t' } 1, 2), 1],
    ['prisma', {'migration_lock.toml' => 'provider = "postgresql"', map { ("2024010$_\_t$_/migration.sql" => $up[$_ - 1]) } 1 .. 3},
        [map { "2024010$_\_t$_" } 1 .. 3], 'SELECT migration_name, checksum, applied_steps_count, finished_at >= started_at, length(id)'
        . ' FROM _prisma_migrations ORDER BY 1', join("\n", map { "2024010$_\_t$_|" . sha256_hex($up[$_ - 1]) . '|1|t|36' } 1, 2), 0],
    ['drizzle', {'meta/_journal.json' => $journal, map { ("000$_\_t$_.sql" => $up[$_]) } 0 .. 2},
        [map { "000$_\_t$_" } 0 .. 2], 'SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY 1',
        join("\n", map { $_ + 1 . '|' . sha256_hex($up[$_]) . "|170000000000$_" } 0, 1), 0],
    ['supabase', {map { ("2024010$_\_t$_.sql" => $up[$_ - 1]) } 1 .. 3},
        [qw(20240101 20240102 20240103)], 'SELECT version, name, statements FROM supabase_migrations.schema_migrations ORDER BY 1',
        "20240101|t1|{\"CREATE TABLE one (x int);\"}\n20240102|t2|{\"CREATE TABLE two (x int);\"}", 0],
    ['plain', {map { ("$_\_t$_.sql" => $up[$_ - 1], "rollback/$_\_t$_.sql" => $down[$_ - 1]) } 1 .. 3},
        [1, 2, 3], 'SELECT version, name FROM pgrehearse_migrations ORDER BY 1', "1|t1\n2|t2", 1],
);

# --- each layout there and back
for my $row (@layouts) {
    my ($name, $files, $ids, $query, $rows, $has_way_back) = @$row;
    my ($where, $url) = (folder_of(%$files), database());
    my $upgrade = sub { layout($name, $url, $where, 'upgrade', @_) };
    is((layout($name, '', $where, 'history'))[1] =~ s/, .*//gmr,
        "$ids->[1] -> $ids->[2] (head)\n$ids->[0] -> $ids->[1]\n<base> -> $ids->[0]\n", "$name: history");
    is_deeply([layout($name, $url, $where, 'current')], [0, '', $context], "$name: current of an empty database");
    my ($status, $out, $err) = $upgrade->('+2');
    is_deeply([$status, $out, $err =~ s/(Running.*?), .*/$1/gr], [0, '', $context . running("upgrade -> $ids->[0]") . running("upgrade $ids->[0] -> $ids->[1]")],
        "$name: upgrade +2") or diag($err);
    is(value($url, $query), $rows, "$name: its table has its rows");
    is((layout($name, $url, $where, 'current'))[1], "$ids->[1]\n", "$name: current");
    is_deeply([$upgrade->($ids->[1])], [0, '', $context], "$name: nothing is done twice");
    ($status, undef, $err) = $upgrade->('head');
    is($status, 0, "$name: upgrade head") or diag($err);
    is(tables($url), 'one,three,two', "$name: all is made");
    is((layout($name, $url, $where, 'current'))[1], "$ids->[2] (head)\n", "$name: current at head");
    if ($has_way_back) {
        ($status, undef, $err) = layout($name, $url, $where, 'downgrade', '-1');
        is_deeply([$status, tables($url)], [0, 'one,two'], "$name: downgrade -1") or diag($err);
        is((layout($name, $url, $where, 'current'))[1], "$ids->[1]\n", "$name: current after it");
        is_deeply([($upgrade->('head'))[0], tables($url)], [0, 'one,three,two'], "$name: and up again");
        ($status, undef, $err) = layout($name, $url, $where, 'downgrade', 'base');
        is_deeply([$status, tables($url)], [0, ''], "$name: downgrade base") or diag($err);
    } else {
        ($status, undef, $err) = layout($name, $url, $where, 'downgrade', '-1');
        ok($status == 1 && $err =~ /^pgrehearse-migrate: the migration has no way back: \S+ has no down part for revision \Q$ids->[2]\E$/m,
            "$name: no way back") or diag("$status: $err");
        is(tables($url), 'one,three,two', "$name: and nothing is undone");
        is((layout($name, $url, $where, 'stamp', 'base'))[0], 0, "$name: stamp base");
    }
    is((layout($name, $url, $where, 'current'))[1], '', "$name: current at the base");
    ($status, undef, $err) = layout($name, $url, $where, 'stamp', $ids->[1]);
    is($status, 0, "$name: stamp") or diag($err);
    is((layout($name, $url, $where, 'current'))[1], "$ids->[1]\n", "$name: current after the stamp");
    is((layout($name, $url, $where, 'stamp', {'golang-migrate' => 1, flyway => '01.1'}->{$name} // $ids->[0]))[0], 0,
        "$name: stamp, by the number alone where that is the same");
    is((layout($name, $url, $where, 'current'))[1], "$ids->[0]\n", "$name: current after it");
    drop_databases($url);
}

done_testing();
