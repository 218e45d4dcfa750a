#include "../support/testing.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "suite/suite.h"

/* A suite with all that is required, in parts that a test may replace. */
#define HEAD      "name: s\nbaseline: '1'\ntarget: '2'\ntime_limit: 5\npreserved_tables: [t]\n"
#define MIGRATORS "migrators: [" MIGRATOR("m", "") "]\n"
#define MIGRATOR(name, more)                                                                       \
    "{name: " name ", directory: d, upgrade: 'u {revision}', downgrade: 'd {revision}',"           \
    " current: c, history: h" more "}"
#define VALIDATIONS "validations: [{name: v, folder: here}]\n"
#define FIXTURES    "fixtures: [{name: f, sql: suite.yaml}]\n"
#define VALUES(kind, insert, value)                                                                \
    kind ": [{table: t, column: c, insert: '" insert "', values: [" value "]}]\n"
#define REST MIGRATORS VALIDATIONS FIXTURES
#define ALL  HEAD REST

struct fixture {
    char folder[32], here[48];
    struct suite *suite;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->folder, sizeof f->folder, "suite-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    snprintf(f->here, sizeof f->here, "%s/here", f->folder);
    return mkdir(f->here, 0700);
}

static void write_file(const struct fixture *f, const char *name, const char *content)
{
    char *path = memory_format("%s/%s", f->folder, name);
    FILE *file = fopen(path, "w");
    free(path);
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int teardown(void **state)
{
    static const char *const files[] = {"suite.yaml", "r.yaml"};
    struct fixture *f = *state;
    suite_free(f->suite);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = memory_format("%s/%s", f->folder, files[i]);
        unlink(path);
        free(path);
    }
    rmdir(f->here);
    rmdir(f->folder);
    free(f);
    return 0;
}

/* What is wrong, and what follows the folder's name in the message. */
static const struct {
    const char *yaml, *expected;
} wrong[] = {
    {"name: S\nbaseline: '1'\ntarget: '2'\ntime_limit: 5\npreserved_tables: [t]\n" REST,
     "/suite.yaml, line 1, key name: expected lower-case letters, digits, _ and -"},
    {"name: s\nbaseline: '1'\ntarget: '2'\ntime_limit: -5\npreserved_tables: [t]\n" REST,
     "/suite.yaml, line 4, key time_limit: expected seconds, more than 0 and at most a year"},
    {"name: s\nbaseline: '1'\ntarget: '2'\ntime_limit: inf\npreserved_tables: [t]\n" REST,
     "/suite.yaml, line 4, key time_limit: 'inf' is not a number; expected a number"},
    {HEAD "migrators: [" MIGRATOR("m", ", stamp: s") "]\n" VALIDATIONS FIXTURES,
     "/suite.yaml, line 6, key migrators.stamp: expected {revision} in the command"},
    {HEAD "migrators: [" MIGRATOR("m", ", step: '('") "]\n" VALIDATIONS FIXTURES,
     "/suite.yaml, line 6, key migrators.step: not an extended regular expression: Unmatched ( or "
     "\\("},
    {HEAD "migrators: [" MIGRATOR("m", ", step: 'Step ([0-9]+)'") "]\n" VALIDATIONS FIXTURES,
     "/suite.yaml, line 6, key migrators.step: expected 2 groups in parentheses, found 1"},
    {"name: s\nbaseline: '1'\ntarget: '2'\ntime_limit: 1e20\npreserved_tables: [t]\n" REST,
     "/suite.yaml, line 4, key time_limit: expected seconds, more than 0 and at most a year"},
    {HEAD "migrators: [" MIGRATOR("m", ", downgrade_log: [a, 'b{']") "]\n" VALIDATIONS FIXTURES,
     "/suite.yaml, line 6, key migrators.downgrade_log: not an extended regular expression: "},
    {HEAD "migrators: [" MIGRATOR("m", "") "," MIGRATOR("m", "") "]\n" VALIDATIONS FIXTURES,
     "/suite.yaml, line 6, key migrators.name: duplicate 'm'"},
    {HEAD MIGRATORS "validations: [{name: v, folder: gone}]\n" FIXTURES,
     "/suite.yaml, line 7, key validations.folder: expected a folder at "},
    {HEAD MIGRATORS "validations: [{name: v, folder: here}, {name: v, folder: here}]\n" FIXTURES,
     "/suite.yaml, line 7, key validations.name: duplicate 'v'"},
    {HEAD MIGRATORS VALIDATIONS "fixtures: [{name: f}]\n",
     "/suite.yaml, line 8, key fixtures: expected sql or recipe in each"},
    {HEAD MIGRATORS VALIDATIONS "fixtures: [{name: f, sql: here}]\n",
     "/suite.yaml, line 8, key fixtures.sql: expected a file at "},
    {HEAD MIGRATORS VALIDATIONS "fixtures: [{name: f, sql: suite.yaml, rows: [{table: t, count: "
                                "-1}]}]\n",
     "/suite.yaml, line 8, key fixtures.rows.count: '-1' is negative; expected a whole number, 0 "
     "or "
     "more"},
    {HEAD MIGRATORS VALIDATIONS
     "fixtures: [{name: f, sql: suite.yaml, sizes: [{name: n, value: 1}]}]\n",
     "/suite.yaml, line 8, key fixtures.sizes.name: no size 'n'; none are declared"},
    {ALL "budgets: [{lock: AccessExclusiveLock, seconds: 1, wal_bytes: 5}]\n",
     "/suite.yaml, line 9, key budgets: expected one of seconds, rewrites, wal_bytes and "
     "temp_bytes in each"},
    {ALL "budgets: [{lock: AccessExclusiveLock, rewrites: 0}]\n",
     "/suite.yaml, line 9, key budgets: expected seconds beside lock or probe"},
    {ALL "budgets: [{lock: ACCESS EXCLUSIVE, seconds: 1}]\n",
     "/suite.yaml, line 9, key budgets.lock: no mode of a lock 'ACCESS EXCLUSIVE'; expected one of "
     "AccessShareLock, "},
    {ALL "budgets: [{lock: AccessExlusiveLock, seconds: 1}]\n",
     "/suite.yaml, line 9, key budgets.lock: no mode of a lock 'AccessExlusiveLock'; did you mean "
     "'AccessExclusiveLock'?"},
    {ALL "budgets: [{table: t, wal_bytes: 1}]\n",
     "/suite.yaml, line 9, key budgets: expected table beside lock or rewrites only"},
    {ALL "budgets: [{table: t, rewrites: 1}]\n",
     "/suite.yaml, line 9, key budgets: expected rewrites: 0 for one table"},
    {ALL "budgets: [{seconds: 0}]\n",
     "/suite.yaml, line 9, key budgets: expected seconds, more than 0 and at most a year"},
    {ALL "budgets: [{wal_bytes: -1}]\n",
     "/suite.yaml, line 9, key budgets.wal_bytes: '-1' is negative; expected a whole number, 0 or "
     "more"},
    {ALL "budgets: [{probe: serach, seconds: 1}]\nprobes: [{name: search, sql: s}]\n",
     "/suite.yaml, line 9, key budgets.probe: no probe 'serach'; did you mean 'search'?"},
    {ALL "probes: [{name: p, sql: s}, {name: p, sql: s}]\n",
     "/suite.yaml, line 9, key probes.name: duplicate 'p'"},
    {ALL "sizes: [{name: n, value: 2, maximum: 1}]\n",
     "/suite.yaml, line 9, key sizes.value: expected a value up to the maximum"},
    {ALL "sizes: [{name: n, value: -2}]\n",
     "/suite.yaml, line 9, key sizes.value: '-2' is negative; expected a whole number, 0 or more"},
    {ALL "sizes: [{name: n m, value: 2}]\n",
     "/suite.yaml, line 9, key sizes.name: expected lower-case letters, digits and hyphens"},
    {ALL "sizes: [{name: n, value: 2}, {name: n, value: 3}]\n",
     "/suite.yaml, line 9, key sizes.name: duplicate 'n'"},
    {ALL VALUES("accepts", "INSERT 1", "{value: a}"),
     "/suite.yaml, line 9, key accepts.insert: expected $1, the value, in the statement"},
    {ALL VALUES("rejects", "INSERT 1", "{value: a, sqlstates: ['23514']}"),
     "/suite.yaml, line 9, key rejects.insert: expected $1, the value, in the statement"},
    {ALL VALUES("rejects", "INSERT $1", "{value: a}"),
     "/suite.yaml, line 9, key rejects.values: expected sqlstates in each value: the ones that "
     "count as its "
     "refusal"},
    {ALL VALUES("rejects", "INSERT $1", "{value: a, sqlstates: ['23514', '235']}"),
     "/suite.yaml, line 9, key rejects.values.sqlstates: expected five characters, like \"23514\""},
    {ALL "requirements: gone.yaml\n", "/gone.yaml: cannot be read: No such file or directory"},
    {ALL "requirements: r.yaml\n" VALUES("accepts", "INSERT $1", "{value: a, requirements: [R-9]}"),
     "/suite.yaml, line 10, key accepts.values.requirements: no requirement 'R-9'; did you mean "
     "'R-1'?"},
};

static bool begins(const char *string, const char *prefix)
{
    return strncmp(string, prefix, strlen(prefix)) == 0;
}

static void what_is_wrong_is_told(void **state)
{
    struct fixture *f = *state;
    write_file(f, "r.yaml", "requirements: [{id: R-1, text: one}]\n");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error e = {0};
        write_file(f, "suite.yaml", wrong[i].yaml);
        f->suite = suite_load(f->folder, &e);
        if (f->suite)
            fail_msg("accepted: %s", wrong[i].yaml);
        const char *said = begins(e.message, f->folder) ? e.message + strlen(f->folder) : "";
        const char *expected = wrong[i].expected;
        bool open_end = expected[strlen(expected) - 1] == ' ';
        if (e.kind != ERROR_USAGE ||
            !(open_end ? begins(said, expected) : strcmp(said, expected) == 0))
            fail_msg("%s\nexpected: FOLDER%s\nfound: %s", wrong[i].yaml, expected, e.message);
    }
}

static void what_is_right_is_loaded(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_file(f, "r.yaml",
               "requirements: [{id: R-1, text: one, checks: [delta]}, {id: R-2, text: "
               "two, checks: [log, delta]}]\n");
    write_file(f, "suite.yaml",
               ALL "requirements: r.yaml\nsizes: [{name: n, value: 2, maximum: 2}]\n" VALUES(
                   "accepts", "INSERT $1", "{value: '', requirements: [R-2]}"));
    f->suite = suite_load(f->folder, &e);
    if (!f->suite)
        fail_msg("%s", e.message);
    assert_string_equal(f->suite->accepts[0].values[0].value, "");
    assert_int_equal(*f->suite->sizes[0].maximum, 2);
    char *ids = suite_requirements_of(f->suite, "delta");
    bool same = strcmp(ids, "R-1 R-2") == 0;
    free(ids);
    assert_true(same);
    assert_non_null(suite_find_migrator(f->suite, "m", &e));
    assert_null(suite_find_migrator(f->suite, "other", &e));
    assert_string_equal(e.message, "suite s has no migrator 'other'; expected one of m");
}

static void two_requirements_of_an_id_are_told(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_file(f, "r.yaml", "requirements: [{id: R-1, text: one}, {id: R-1, text: two}]\n");
    write_file(f, "suite.yaml", ALL "requirements: r.yaml\n");
    f->suite = suite_load(f->folder, &e);
    assert_null(f->suite);
    assert_non_null(strstr(e.message, "/r.yaml, line 1, key requirements.id: duplicate 'R-1'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_right_is_loaded, setup, teardown),
        cmocka_unit_test_setup_teardown(two_requirements_of_an_id_are_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
