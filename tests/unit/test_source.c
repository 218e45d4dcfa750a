/* Takes long. */
#include "source_support.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries));)
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void test_copy(void **state)
{
    struct fixture *f = *state;
    copy_well(f);
    assert_same(&f->db.connection, &f->copy.connection);
    assert_string_equal(f->notes, "");
    const struct source_facts *facts = &f->source.facts;
    assert_string_equal(facts->database, f->db.name);
    assert_true(strtoull(facts->system_identifier, NULL, 10) > 0);
    assert_int_equal(table_fact(f, "public.account")->rows, 300);
    assert_int_equal(table_fact(f, "public.parts")->rows, 30);
    assert_int_equal(table_fact(f, "\"Sales, \"\"EU\"\"\".\"Order Line\"")->rows, 300);
    assert_int_equal(facts->table_count, 7);
    assert_int_equal(files_in(f->folder), 0);
}

/* Somebody who may read and nothing else; his sessions are read-only besides. */
static void make_reader(struct fixture *f)
{
    struct url u;
    struct error e = {0};
    test_database_run(&f->db, "DROP ROLE IF EXISTS pgr_test_reader;"
                              "CREATE ROLE pgr_test_reader LOGIN BYPASSRLS;"
                              "ALTER ROLE pgr_test_reader SET default_transaction_read_only = on;"
                              "GRANT pg_read_all_data TO pgr_test_reader;"
                              "DO 'BEGIN EXECUTE (SELECT string_agg(format(''GRANT SELECT ON LARGE "
                              "OBJECT %s TO pgr_test_reader'', oid), '';'') FROM "
                              "pg_largeobject_metadata); END'");
    assert_true(url_parse(&u, f->db.url, &e));
    free(u.user);
    u.user = memory_copy_of("pgr_test_reader");
    f->url = url_format(&u, true);
    f->request.url = f->url;
    url_release(&u);
}

static void drop_reader(struct fixture *f)
{
    source_close(&f->source);
    test_database_run(&f->db, "DROP OWNED BY pgr_test_reader");
    test_database_run(&f->copy, "DROP OWNED BY pgr_test_reader; DROP ROLE pgr_test_reader");
}

/* Not a row, not a row version, nothing of the schema is written, catalogs included. */
static void test_only_read(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct text differences = {0};
    bool same = false;
    make_reader(f);
    assert_true(database_state_take(&f->db.connection, NULL, &f->before, &e));
    copy_well(f);
    assert_true(database_state_tallies(&f->before, &f->db.connection, &same, &e));
    assert_true(same);
    assert_true(database_state_compare(&f->before, &f->db.connection, &differences, &e));
    assert_string_equal(text_string(&differences), "");
    assert_same(&f->db.connection, &f->copy.connection);
    drop_reader(f);
}

struct writer {
    const char *url;
    atomic_bool stop;
    atomic_uint rounds;
    struct error error;
};

/* Each transaction moves an amount from one account to another and tells so in a log. */
static void *write_always(void *context)
{
    struct writer *w = context;
    struct connection c = {0};
    bool good = connection_open(&c, w->url, NULL, &w->error);
    while (good && !w->stop) {
        good = connection_run(&c,
                              "BEGIN; UPDATE account SET amount = amount - 1 WHERE id = (SELECT 1 "
                              "+ (random() * 100)::int);"
                              "UPDATE account SET amount = amount + 1 WHERE id = (SELECT 150 + "
                              "(random() * 100)::int);"
                              "INSERT INTO \"logs of all\" VALUES ('moved');"
                              "SELECT nextval('counted'), nextval('backwards'); COMMIT",
                              &w->error);
        w->rounds++;
    }
    connection_close(&c);
    return NULL;
}

static void test_written_to_all_the_time(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct writer writer = {.url = f->db.url};
    make_reader(f);
    assert_true(database_state_take(&f->db.connection, NULL, &f->before, &e));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_always, &writer), 0);
    while (writer.rounds < 20 && writer.error.kind == ERROR_NONE)
        usleep(1000);
    unsigned rounds = writer.rounds;
    bool good = copy_it(f, &e);
    rounds = writer.rounds - rounds; /* how many depends on what else the machine does */
    writer.stop = true;
    pthread_join(thread, NULL);
    if (!good || writer.error.kind)
        fail_msg("%s%s", e.message, writer.error.message);
    assert_true(rounds > 0);
    char *sum =
        connection_value(&f->copy.connection, "SELECT sum(amount) FROM account", 0, NULL, &e);
    assert_string_equal(sum, "45150"); /* of one moment */
    free(sum);
    struct text differences = {0};
    assert_true(database_state_compare(&f->before, &f->db.connection, &differences, &e));
    for (const char *p = text_string(&differences); *p;
         p += strcspn(p, ";") + 2 * !!strchr(p, ';')) {
        bool writers = strncmp(p, "public.account:", 15) == 0 ||
                       strncmp(p, "public.\"logs of all\":", 21) == 0 ||
                       strncmp(p, "public.counted:", 15) == 0 ||
                       strncmp(p, "public.backwards:", 17) == 0;
        if (!writers)
            print_message("# %s\n", p);
        assert_true(writers);
        if (!strchr(p, ';'))
            break;
    }
    text_release(&differences);
    drop_reader(f);
}

static void test_excluded(void **state)
{
    struct fixture *f = *state;
    char *patterns[] = {(char *)"\"logs of all\"", (char *)"parts_1"};
    f->request.excluded = patterns;
    f->request.excluded_count = 2;
    copy_well(f);
    assert_string_equal(f->notes, "rows of public.\"logs of all\" stay behind\n"
                                  "rows of public.parts stay behind\n");
    assert_string_equal(table_fact(f, "public.parts")->digest, "");
    struct error e = {0};
    char *rows = connection_value(&f->copy.connection, "SELECT count(*) FROM parts", 0, NULL, &e);
    assert_string_equal(rows, "21");
    free(rows);
}

static void test_settings(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    char *sql = memory_format(
        "ALTER DATABASE %s SET search_path = \"$user\", \"Sales, \"\"EU\"\"\", public;"
        "ALTER DATABASE %s SET lock_timeout = '7s';"
        "ALTER DATABASE %s SET log_statement = 'all'",
        f->db.name, f->db.name, f->db.name);
    test_database_run(&f->db, sql);
    free(sql);
    copy_well(f);
    struct connection c = {0};
    assert_true(connection_open_as_it_is(&c, f->copy.url, NULL, &e));
    char *found = connection_value(&c,
                                   "SELECT current_setting('search_path') || current_setting("
                                   "'lock_timeout') || current_setting('log_statement')",
                                   0, NULL, &e);
    connection_close(&c);
    assert_string_equal(found, "\"$user\", \"Sales, \"\"EU\"\"\", public7snone");
    free(found);
}

/* Where the tables have another owner than the database, a migrator is to act as he does. */
static void test_acting_role(void **state)
{
    struct fixture *f = *state;
    test_database_run(
        &f->db, "CREATE ROLE pgr_test_actor; "
                "DO $$DECLARE t text; BEGIN FOREACH t IN ARRAY '{one, two, three, four,"
                "five, six, seven, eight, nine}'::text[] LOOP EXECUTE format('CREATE "
                "TABLE %1$I (); ALTER TABLE %1$I OWNER TO pgr_test_actor', t); END LOOP; END$$");
    struct error e = {0};
    bool good = copy_it(f, &e);
    test_database_run(&f->copy, "DROP OWNED BY pgr_test_actor");
    test_database_run(&f->db, "DROP OWNED BY pgr_test_actor; DROP ROLE pgr_test_actor");
    if (!good)
        fail_msg("%s", e.message);
    assert_string_equal(f->source.facts.acting_role, "pgr_test_actor");
}

/* Changes the copy behind the back of pg_restore, from within; nothing of it is left in sight. */
static void plant(struct fixture *f, const char *damage)
{
    char *sql = memory_format(
        "CREATE FUNCTION pg_catalog.pgr_test_damage() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$BEGIN IF to_regclass('public.derived') IS NOT NULL THEN %s END IF; END$$;"
        "CREATE EVENT TRIGGER quiet2 ON ddl_command_end WHEN TAG IN ('CREATE INDEX', "
        "'REFRESH MATERIALIZED VIEW')"
        "  EXECUTE FUNCTION pgr_test_damage()",
        damage);
    test_database_run(&f->copy, sql);
    free(sql);
}

static void test_difference_is_found(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *damage, *words;
    } rows[] = {
        {"UPDATE public.derived SET more = 4;", "the rows of public.derived in the copy"},
        {"DELETE FROM public.base;", "the rows of public.base in the copy"},
        {"CREATE TABLE IF NOT EXISTS public.added (a int);", "too much"},
        {"DROP VIEW IF EXISTS public.rich;", "missing column public.rich.amount"},
        {"IF tg_tag <> 'REFRESH MATERIALIZED VIEW' THEN RETURN; END IF; DROP EVENT TRIGGER quiet2;"
         "REFRESH MATERIALIZED VIEW public.summed WITH NO DATA;",
         "too much materialized-view public.summed"},
        {"PERFORM setval('public.counted', 41);", "the sequence public.counted of the copy"},
        {"PERFORM setval('public.counted', 42, false);", "the sequence public.counted of the copy"},
        {"PERFORM setval('public.backwards', -6);", "the sequence public.backwards of the copy"},
        {"PERFORM lo_put(4711, 1500000, 'x');", "in numbers or bytes"},
        {"PERFORM lo_put(4711, 2500000, 'x');", "in numbers or bytes"},
        {"PERFORM lo_unlink(4711); PERFORM lo_create(4712);", "in numbers or bytes"},
        {"PERFORM lo_unlink(4711);", "differ from its source's: 1, and 2 there"},
    };
    f->request.jobs = 1; /* first all rows, then the index that brings the damage */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = {0};
        char *damage = memory_format("%s DROP EVENT TRIGGER IF EXISTS quiet2;", rows[i].damage);
        plant(f, damage);
        free(damage);
        if (copy_it(f, &e))
            fail_msg("not found: %s", rows[i].damage);
        assert_int_equal(e.kind, ERROR_UNAVAILABLE);
        assert_error(&e, rows[i].words);
        assert_null(f->notes);
        assert_int_equal(files_in(f->folder), 0);
        copy_again(f);
    }
}

/* What a materialized view holds in the source and not in a copy that fills it anew is a note. */
static void test_materialized_views(void **state)
{
    struct fixture *f = *state;
    copy_well(f);
    assert_null(strstr(f->notes, "summed"));
    copy_again(f);
    test_database_run(&f->db, "UPDATE account SET amount = 0 WHERE id = 7");
    copy_well(f);
    assert_non_null(strstr(f->notes, "view public.summed has other rows in the copy"));
    copy_again(f);
    test_database_run(&f->db, "REFRESH MATERIALIZED VIEW summed WITH NO DATA");
    copy_well(f);
    assert_null(strstr(f->notes, "summed"));
    copy_again(f);
    test_database_run(&f->db, "REFRESH MATERIALIZED VIEW summed");
    make_reader(f);
    test_database_run(&f->db,
                      "REVOKE pg_read_all_data FROM pgr_test_reader;"
                      "GRANT USAGE ON SCHEMA public, \"Sales, \"\"EU\"\"\" TO pgr_test_reader;"
                      "GRANT SELECT ON ALL TABLES IN SCHEMA public, \"Sales, \"\"EU\"\"\" TO "
                      "pgr_test_reader; REVOKE ALL ON summed FROM pgr_test_reader;"
                      "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, \"Sales, "
                      "\"\"EU\"\"\" TO pgr_test_reader");
    copy_well(f);
    assert_non_null(
        strstr(f->notes, "view public.summed are not compared: the role may not read it"));
    drop_reader(f);
}

/* A sequence that --exclude-table-data leaves out stands at its start, and that is told. */
static void test_excluded_sequence(void **state)
{
    struct fixture *f = *state;
    char pattern[] = "public.counted", *excluded[] = {pattern};
    f->request.excluded = excluded;
    f->request.excluded_count = 1;
    copy_well(f);
    assert_non_null(strstr(f->notes, "the position of the sequence public.counted stays behind"));
    assert_null(strstr(f->notes, "backwards"));
}

static void test_refusals(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    make_reader(f);
    test_database_run(&f->db, "ALTER ROLE pgr_test_reader NOBYPASSRLS");
    assert_false(copy_it(f, &e));
    assert_error(&e, "read it as a role that has BYPASSRLS");
    source_release(&f->source);
    test_database_run(&f->db, "REVOKE pg_read_all_data FROM pgr_test_reader");
    error_clear(&e);
    assert_false(copy_it(f, &e));
    assert_error(&e, "permission denied");
    assert_error(&e, "grant the role pg_read_all_data");
    drop_reader(f);
    copy_again(f);
    error_clear(&e);
    f->request.url = f->db.url;
    setenv("PGHOSTADDR", "127.0.0.1", 1);
    assert_false(source_open(&f->source, &f->request, NULL, &e));
    unsetenv("PGHOSTADDR");
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_error(&e, "PGHOSTADDR");
    error_clear(&e);
    int theirs = PQserverVersion(f->db.connection.pg) / 10000;
    char *expected = memory_format("the source runs PostgreSQL %d and the embedded server runs %d: "
                                   "install the package postgresql-%d",
                                   theirs, theirs - 1, theirs);
    f->server.version = (theirs - 1) * 10000;
    assert_false(copy_it(f, &e));
    assert_error(&e, expected);
    free(expected);
}

/* Who has to end before it can be certified. */
static void test_locked(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_true(connection_open(&f->locker, f->db.url, NULL, &e));
    assert_true(connection_run(&f->locker, "BEGIN; LOCK TABLE account", &e));
    assert_true(source_open(&f->source, &f->request, &f->cancel, &e));
    assert_true(connection_run(&f->source.connection, "SET LOCAL lock_timeout = '50ms'", &e));
    assert_false(
        source_copy(&f->source, &f->server, f->copy.name, f->folder, NULL, NULL, &f->notes, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    char *holder = memory_format("account is locked by process %d of %s",
                                 PQbackendPID(f->locker.pg), PQuser(f->locker.pg));
    bool named = strstr(e.message, holder) != NULL;
    free(holder);
    if (!named)
        fail_msg("%s", e.message);
}

static void *cancel_soon(void *context)
{
    struct fixture *f = context;
    usleep(500000);
    cancel_raise(&f->cancel);
    return NULL;
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_true(connection_open(&f->locker, f->db.url, NULL, &e));
    assert_true(connection_run(&f->locker, "BEGIN; LOCK TABLE base", &e));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, f), 0);
    double started = clock_seconds();
    assert_false(copy_it(f, &e));
    pthread_join(thread, NULL);
    assert_int_equal(e.kind, ERROR_INTERRUPTED);
    assert_true(clock_seconds() - started < 30); /* pg_dump itself would wait for a minute */
    assert_int_equal(files_in(f->folder), 0);
}

static void test_user_mapping(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    test_database_run(&f->db,
                      "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER"
                      " postgres_fdw; CREATE USER MAPPING FOR CURRENT_USER SERVER far"
                      " OPTIONS (password 'far away')");
    copy_well(f);
    assert_non_null(strstr(f->notes, "1 user mappings stay behind"));
    char *count =
        connection_value(&f->copy.connection,
                         "SELECT (SELECT count(*) FROM "
                         "pg_foreign_server) || ' ' || (SELECT count(*) FROM pg_user_mapping)",
                         0, NULL, &e);
    assert_string_equal(count, "1 0");
    free(count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_written_to_all_the_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_excluded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_acting_role, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_difference_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_materialized_views, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_excluded_sequence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_locked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_user_mapping, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
