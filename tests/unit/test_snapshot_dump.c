/*
 * The snapshot beside pg_dump, who knows what a schema is: whatever changes the dump changes the
 * snapshot, and what leaves the one as it was leaves the other.
 */
#include "server.h"

#include "base/process.h"
#include "schema/delta.h"
#include "schema/snapshot.h"

static const struct {
    const char *change, *back;
    bool differs;
} changes[] = {
    {"ALTER TABLE t ADD note text; ALTER TABLE t ALTER name SET STATISTICS 300",
     "ALTER TABLE t DROP note; ALTER TABLE t ALTER name SET STATISTICS -1", true},
    {"ALTER TABLE t DROP name; ALTER TABLE t ADD name text DEFAULT 'x'",
     "ALTER TABLE t DROP at; ALTER TABLE t ADD at date", true},
    {"DROP TABLE u; CREATE TABLE u (b int, a int)", "DROP TABLE u; CREATE TABLE u (a int, b int)",
     true},
    {"ALTER TABLE t ALTER name SET (n_distinct = 9)", "ALTER TABLE t ALTER name RESET (n_distinct)",
     true},
    {"ALTER TABLE t DISABLE TRIGGER touch", "ALTER TABLE t ENABLE TRIGGER touch", true},
    {"GRANT SELECT (name) ON t TO PUBLIC", "REVOKE SELECT (name) ON t FROM PUBLIC", true},
    {"COMMENT ON COLUMN t.name IS 'n'", "COMMENT ON COLUMN t.name IS NULL", true},
    {"REVOKE EXECUTE ON FUNCTION l2_distance(vector, vector) FROM PUBLIC",
     "GRANT EXECUTE ON FUNCTION l2_distance(vector, vector) TO PUBLIC", true},
    {"DROP TABLE u; CREATE TABLE u (a int, b int)", "SELECT 1", false},
    {"GRANT ALL ON t TO CURRENT_USER", "SELECT 1", false},
    {"INSERT INTO t VALUES (DEFAULT, 'x')", "DELETE FROM t", false},
};

static struct test_database db;

static char *dump(void)
{
    /* each dump has another \restrict key */
    char *command = memory_format(
        "pg_dump --schema-only --dbname '%s' | grep -v '^.\\(un\\)\\?restrict '", db.url);
    struct process_request request = {.command = command, .sees = SEES_ALL, .time_limit = 30};
    struct process_result result;
    struct error e = {0};
    assert_true(process_run(&request, &result, &e));
    free(command);
    char *text = memory_copy_of(text_string(&result.output));
    bool good = process_succeeded(&result) && strlen(text) > 500;
    process_result_release(&result);
    assert_true(good);
    return text;
}

static void take(struct snapshot *s)
{
    struct error e = {0};
    if (!snapshot_take(&db.connection, s, &e))
        fail_msg("%s", e.message);
}

static void test_beside_pg_dump(void **state)
{
    (void)state;
    struct snapshot before, after;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *dump_before = dump();
        take(&before);
        test_database_run(&db, changes[i].change);
        char *dump_after = dump();
        take(&after);
        print_message("# %s\n", changes[i].change);
        assert_int_equal(strcmp(dump_before, dump_after) != 0, changes[i].differs);
        assert_int_equal(!snapshot_equal(&before, &after), changes[i].differs);
        test_database_run(&db, changes[i].back);
        free(dump_before);
        free(dump_after);
        snapshot_release(&before);
        snapshot_release(&after);
    }
}

/* A schema restored from its dump has the same snapshot, but for what no dump repeats. */
static void test_restored(void **state)
{
    (void)state;
    struct snapshot original, restored;
    struct delta delta;
    struct error e = {0};
    struct test_database copy = {0};
    test_database_run(&db, "CREATE TABLE listed (a varchar(9) CHECK (a IN ('x', 'it''s, ])')), "
                           "b varchar DEFAULT 'y' CHECK (b NOT IN ('v', 'w'))); "
                           "CREATE INDEX listed_few ON listed (a) WHERE b IN ('p', 'q'); "
                           "CREATE VIEW listed_view AS SELECT * FROM listed WHERE a IN ('x', 'z')");
    take(&original);
    char *text = dump();
    assert_int_equal(test_database_create(&copy, "pgr_test_restored"), 0);
    bool good = connection_run(&copy.connection, text, &e) &&
                connection_run(&copy.connection, "RESET ALL", &e) &&
                snapshot_take(&copy.connection, &restored, &e);
    test_database_drop(&copy);
    test_database_run(&db, "DROP TABLE listed CASCADE");
    free(text);
    if (!good)
        fail_msg("%s", e.message);
    delta_compute(&original, &restored, &delta);
    for (size_t i = 0; i < delta.count; i++)
        print_message("# %c %s\n", delta.lines[i].sign, delta.lines[i].full);
    assert_int_equal(delta.count, 0);
    delta_release(&delta);
    snapshot_release(&original);
    snapshot_release(&restored);
}

/* What only dropped tables used goes with them, what a kept one uses does not. */
static void test_users(void **state)
{
    (void)state;
    struct snapshot before, after;
    struct delta delta;
    struct text text = {0};
    test_database_run(
        &db, "CREATE TYPE only_gone AS ENUM ('a'); CREATE TYPE shared AS ENUM ('a');"
             "CREATE TYPE listed AS ENUM ('a'); CREATE DOMAIN inner_gone AS int;"
             "CREATE SEQUENCE gone_seq; COMMENT ON TYPE only_gone IS 'c';"
             "CREATE FUNCTION gone_touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
             "CREATE FUNCTION rule_of(i int) RETURNS bool LANGUAGE sql AS 'SELECT true';"
             "CREATE TABLE gone (id int DEFAULT nextval('gone_seq'), a only_gone, b shared,"
             "  c listed[], d inner_gone, CHECK (rule_of(id)));"
             "CREATE TRIGGER tr BEFORE UPDATE ON gone FOR EACH ROW EXECUTE FUNCTION gone_touch();"
             "CREATE TABLE kept (b shared)");
    take(&before);
    test_database_run(&db, "DROP TABLE gone; ALTER TABLE kept ALTER b TYPE text; DROP TYPE shared,"
                           "only_gone, listed; DROP DOMAIN inner_gone; DROP SEQUENCE gone_seq;"
                           "DROP FUNCTION gone_touch(), rule_of(int)");
    take(&after);
    delta_compute(&before, &after, &delta);
    delta_render(&delta, &text);
    assert_string_equal(text_string(&text), "- column public.kept.b first type=public.shared\n"
                                            "+ column public.kept.b first type=text\n"
                                            "- table public.gone\n"
                                            "- type public.shared enum='a'\n");
    test_database_run(&db, "DROP TABLE kept");
    text_release(&text);
    delta_release(&delta);
    snapshot_release(&before);
    snapshot_release(&after);
}

/* What is used by what goes, and so on; a domain's own CHECK is no user of it. */
static void test_users_of_users(void **state)
{
    (void)state;
    struct snapshot before, after;
    struct delta delta;
    struct text text = {0};
    test_database_run(
        &db,
        "CREATE DOMAIN outer_gone AS text CHECK (VALUE <> '');"
        "CREATE DOMAIN middle_gone AS outer_gone CHECK (length(VALUE) < 9);"
        "CREATE TYPE grade_gone AS ENUM ('a');"
        "CREATE TYPE pair_gone AS (one grade_gone, two text);"
        "CREATE FUNCTION fold_gone(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN lower($1);"
        "CREATE FUNCTION same_gone(text) RETURNS bool LANGUAGE sql IMMUTABLE"
        "  RETURN fold_gone($1) = $1;"
        "CREATE FUNCTION lonely(text) RETURNS text LANGUAGE sql RETURN lower($1);"
        "CREATE TABLE gone (a middle_gone, b pair_gone, c text CHECK (same_gone(c)));"
        "CREATE TABLE kept (a int);"
        "CREATE VIEW of_gone AS SELECT a FROM gone; CREATE VIEW of_view AS SELECT a FROM of_gone;"
        "COMMENT ON COLUMN of_view.a IS 'c'; CREATE VIEW of_both AS SELECT g.a FROM gone g, kept;"
        "CREATE FUNCTION row_of(gone) RETURNS text LANGUAGE sql AS 'SELECT $1.c';"
        "CREATE FUNCTION both_of(gone, kept) RETURNS text LANGUAGE sql AS 'SELECT $1.c'");
    take(&before);
    test_database_run(&db, "DROP FUNCTION lonely(text); DROP TABLE gone CASCADE;"
                           "DROP FUNCTION same_gone(text), fold_gone(text);"
                           "DROP DOMAIN middle_gone, outer_gone; DROP TYPE pair_gone, grade_gone");
    take(&after);
    delta_compute(&before, &after, &delta);
    delta_render(&delta, &text);
    char *rest = memory_copy_of(text_string(&text));
    char *lonely = strstr(rest, "- function public.lonely(text) ");
    assert_non_null(lonely);
    assert_non_null(strstr(rest, "- function public.both_of(public.gone, public.kept) "));
    assert_non_null(strstr(rest, "- table public.gone\n- view public.of_both\n"));
    assert_int_equal(delta_count_shown(&delta), 4);
    free(rest);
    test_database_run(&db, "DROP TABLE kept");
    text_release(&text);
    delta_release(&delta);
    snapshot_release(&before);
    snapshot_release(&after);
}

/* Another owner of everything, the same snapshot; and one without rights on others' objects. */
static void test_other_owner(void **state)
{
    (void)state;
    struct error e = {0};
    struct snapshot before, after;
    take(&before);
    char *role = memory_format("pgr_role_%ld", (long)getpid());
    char *sql = memory_format("BEGIN; CREATE ROLE %s; ALTER DATABASE %s OWNER TO %s;"
                              "ALTER TABLE t OWNER TO %s; ALTER TABLE u OWNER TO %s;"
                              "ALTER FUNCTION f() OWNER TO %s",
                              role, db.name, role, role, role, role);
    test_database_run(&db, sql);
    free(sql);
    sql = memory_format("SET LOCAL ROLE %s", role);
    test_database_run(&db, sql);
    free(sql);
    bool good = snapshot_take(&db.connection, &after, &e);
    connection_run(&db.connection, "ROLLBACK", &e);
    free(role);
    if (!good)
        fail_msg("%s", e.message);
    struct delta delta;
    delta_compute(&before, &after, &delta);
    for (size_t i = 0; i < delta.count; i++)
        print_message("# %c %s\n", delta.lines[i].sign, delta.lines[i].full);
    /* the extension alone stays the superuser's */
    assert_int_equal(delta.count, 1);
    assert_string_equal(delta.lines[0].full, "owner vector extension postgres");
    delta_release(&delta);
    snapshot_release(&before);
    snapshot_release(&after);
}

static int create(void **state)
{
    (void)state;
    struct error e = {0};
    return test_database_create(&db, "pgr_test_dump") == 0 &&
                   connection_run(
                       &db.connection,
                       "CREATE EXTENSION vector;"
                       "CREATE TABLE t (id serial PRIMARY KEY, name text DEFAULT 'x', at date);"
                       "CREATE TABLE u (a int, b int); CREATE INDEX t_i ON t (lower(name));"
                       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
                       "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();"
                       "CREATE VIEW v AS SELECT a FROM u WHERE b > 0; DROP VIEW v;"
                       "COMMENT ON TABLE t IS 'two\nlines'; GRANT SELECT ON t TO PUBLIC",
                       &e)
               ? 0
               : -1;
}

static int drop(void **state)
{
    (void)state;
    return test_database_drop(&db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restored), cmocka_unit_test(test_users),
        cmocka_unit_test(test_users_of_users), cmocka_unit_test(test_other_owner),
        cmocka_unit_test(test_beside_pg_dump)};
    return cmocka_run_group_tests_name("snapshot beside pg_dump", tests, create, drop) ? 1 : 0;
}
