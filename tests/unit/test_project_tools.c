/* Takes long. */
/* Each project of tests/projects, by the real tool: recognised, read, up, asked, and down again. */
#include "../support/testing.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/project.h"
#include "server.h"
#include "shell.h"

static const char sources[] = TEST_SOURCE_DIRECTORY;
static const char npm_packages[] =
    "dbmate@2 node-pg-migrate@8 knex@3 pg@8 graphile-migrate@1"; /* one folder for all */
static const double limit = 120;                                 /* seconds */

struct fixture {
    struct test_database database;
    char folder[40];
    struct project *project;
    struct revision_list revisions;
    struct migrator migrator;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->folder, sizeof f->folder, "/tmp/tool-XXXXXX");
    return mkdtemp(f->folder) ? test_database_create(&f->database, "tool") : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    migrator_release(&f->migrator);
    revision_list_release(&f->revisions);
    project_free(f->project);
    nftw(f->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    int dropped = test_database_drop(&f->database);
    free(f);
    return dropped;
}

/* A copy of the project, with the tools that npm brings in its node_modules. */
static void copy_project(const struct fixture *f, const char *name)
{
    char *command =
        memory_format("cp -r '%s/projects/%s/.' '%s' && modules=$('%s/support/npm-tools' %s) &&"
                      " ln -s \"$modules\" '%s'",
                      sources, name, f->folder, sources, npm_packages, f->folder);
    shell("%s", command);
    free(command);
}

static void open_project(struct fixture *f, const char *name)
{
    char *shipped = memory_format("%s/../fixtures/migrators", sources), *why = NULL;
    struct project_options options = {.shipped = shipped, .runner = PROJECT_BY_TOOL};
    struct error e = {0};
    copy_project(f, name);
    f->project = project_find(f->folder, &options, &e);
    assert_string_equal(e.message, "");
    assert_string_equal(f->project->name, name);
    assert_true(project_revisions(f->project, &f->revisions, &e));
    assert_int_equal(f->revisions.problem_count, 0);
    assert_int_equal(f->revisions.count, 2);
    project_migrator(f->project, &f->revisions, &f->migrator);
    migrator_confine(&f->migrator, &why);
    assert_null(why);
    free(shipped);
}

static void act(struct fixture *f, enum migrator_action action, const char *revision)
{
    struct migrator_result result;
    struct error e = {0};
    bool ran = migrator_run(&f->migrator, action, revision, f->database.url, limit, &result, &e);
    if (!ran || result.process.ending != PROCESS_EXITED || result.process.status != 0)
        fail_msg("%s to %s: %s\n%s", f->project->name, revision ? revision : "-", e.message,
                 text_string(&result.process.log));
    if (getenv("SHOW_LOGS"))
        print_error("%s", text_string(&result.process.log));
    migrator_result_release(&result);
}

/* The columns of items, "" where there is no such table. */
static void expect_columns(struct fixture *f, const char *expected)
{
    struct error e = {0};
    char *columns = connection_value(
        &f->database.connection,
        "SELECT coalesce(string_agg(attname, ' ' ORDER BY attnum), '') FROM pg_attribute"
        " WHERE attrelid = to_regclass('public.items') AND attnum > 0 AND NOT attisdropped",
        0, NULL, &e);
    assert_string_equal(e.message, "");
    assert_string_equal(columns, expected);
    free(columns);
}

static void expect_current(struct fixture *f, const char *expected)
{
    char *revision = NULL;
    struct error e = {0};
    assert_true(migrator_current(&f->migrator, f->database.url, limit, &revision, &e));
    assert_string_equal(e.message, "");
    assert_string_equal(revision, expected);
    free(revision);
}

static void go(struct fixture *f, const char *name)
{
    open_project(f, name);
    const char *first = f->revisions.items[0].id, *last = f->revisions.items[1].id;
    act(f, MIGRATOR_UPGRADE, first);
    expect_columns(f, "id name");
    expect_current(f, first);
    act(f, MIGRATOR_UPGRADE, last);
    expect_columns(f, "id name price");
    expect_current(f, last);
    if (f->migrator.definition->history)
        act(f, MIGRATOR_HISTORY, NULL);
    if (f->migrator.definition->version)
        act(f, MIGRATOR_VERSION, NULL);
    if (!f->migrator.definition->downgrade)
        return;
    act(f, MIGRATOR_DOWNGRADE, first);
    expect_columns(f, "id name");
    expect_current(f, first);
    act(f, MIGRATOR_UPGRADE, last);
    act(f, MIGRATOR_DOWNGRADE, NULL);
    expect_columns(f, "");
}

#define TOOL(symbol, name)                                                                         \
    static void test_##symbol(void **state)                                                        \
    {                                                                                              \
        go(*state, name);                                                                          \
    }
TOOL(alembic, "alembic")
TOOL(django, "django")
TOOL(rails, "rails")
TOOL(sqitch, "sqitch")
TOOL(sql_migrate, "sql-migrate")
TOOL(dbmate, "dbmate")
TOOL(node_pg_migrate, "node-pg-migrate")
TOOL(knex, "knex")
TOOL(graphile_migrate, "graphile-migrate")

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_alembic),         TEST(test_django),      TEST(test_rails),
        TEST(test_sqitch),          TEST(test_sql_migrate), TEST(test_dbmate),
        TEST(test_node_pg_migrate), TEST(test_knex),        TEST(test_graphile_migrate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
