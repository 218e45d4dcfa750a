/* A clone is what its template is, also in the settings that CREATE DATABASE leaves out. */
#include "server.h"

#include "ground/throwaway.h"

static const char settings_of[] =
    "SELECT coalesce(string_agg(coalesce(r.rolname, '') || ' ' || item, E'\\n' ORDER BY r.rolname, "
    "item), '')"
    " FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
    " LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN unnest(s.setconfig) item WHERE "
    "d.datname = $1";

static const char id[] = "0123456789ab";

struct pair {
    struct test_database original;
    char *clone, *role;
};

static int make(void **state)
{
    struct pair *p = memory_zeroed(1, sizeof *p);
    *state = p;
    p->role = memory_format("throwaway_%ld", (long)getpid());
    p->clone = throwaway_name(id, "settings");
    if (test_database_create(&p->original, "throwaway") != 0)
        return -1;
    char *create = memory_format("CREATE ROLE %s", p->role);
    test_database_run(&p->original, create);
    free(create);
    return 0;
}

static int drop(void **state)
{
    struct pair *p = *state;
    struct error e = {0};
    throwaway_drop_all(&p->original.server, id, &e);
    char *sql = memory_format("DROP ROLE IF EXISTS %s", p->role);
    connection_run(&p->original.server, sql, &e);
    int failed = test_database_drop(&p->original);
    free(sql);
    free(p->clone);
    free(p->role);
    free(p);
    return failed;
}

static void set(struct pair *p, const char *target, const char *setting)
{
    struct error e = {0};
    char *sql = memory_format("ALTER %s SET %s", target, setting);
    if (!connection_run(&p->original.server, sql, &e))
        fail_msg("%s, in: %s", e.message, sql);
    free(sql);
}

static char *settings(struct pair *p, const char *database)
{
    struct error e = {0};
    char *value = connection_value(&p->original.server, settings_of, 1, &database, &e);
    if (!value)
        fail_msg("%s", e.message);
    return value;
}

static void test_settings_are_cloned(void **state)
{
    struct pair *p = *state;
    struct error e = {0};
    char *database = memory_format("DATABASE %s", p->original.name);
    char *role = memory_format("ROLE %s IN DATABASE %s", p->role, p->original.name);
    set(p, database, "TimeZone = 'Asia/Kolkata'");
    set(p, database, "statement_timeout = '1min'");
    set(p, database, "search_path = \"odd, name\", public, '$user'");
    set(p, database, "app.tenant = 'it''s = \"one\"'");
    set(p, role, "work_mem = '8MB'");
    free(database);
    free(role);
    connection_close(&p->original.connection);
    if (!throwaway_create(&p->original.server, p->clone, p->original.name, id, &e))
        fail_msg("%s", e.message);
    char *expected = settings(p, p->original.name), *found = settings(p, p->clone);
    assert_non_null(strstr(expected, "search_path"));
    assert_non_null(strstr(expected, "work_mem"));
    assert_string_equal(found, expected);
    free(expected);
    free(found);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_settings_are_cloned, make, drop),
    };
    return cmocka_run_group_tests_name("throwaway", tests, NULL, NULL) ? 1 : 0;
}
