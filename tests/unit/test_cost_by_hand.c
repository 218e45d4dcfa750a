/*
 * The lock ledger of the reference migration against pg_locks: its statements are run by hand, in
 * a transaction on a clone, and what the ledger says was held at the end is compared, lock by lock.
 */
#include <limits.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cost/cost.h"
#include "cost/relations.h"
#include "server.h"

struct fixture {
    struct test_database template;
    char *folder, *programs;
    struct cost_record *record;
    struct migrator_result result;
    char *clone;
    struct connection by_hand, second;
    struct relations relations;
};

static struct suite_migrator definition = {
    .name = (char *)"native", .upgrade = (char *)"pgrehearse-migrate upgrade {revision}"};

/* The folder of our programs, from that of this one: build/tests/unit. */
static char *find_programs(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0)
        return NULL;
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    return memory_format("%s/../../bin", path);
}

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    struct error e = {0};
    *state = f;
    f->programs = find_programs();
    f->folder = memory_format("/tmp/test-by-hand-%ld", (long)getpid());
    if (!f->programs || test_database_create(&f->template, "test_by_hand") != 0)
        return -1;
    struct migrator m = {.definition = &definition,
                         .directory = (char *)(uintptr_t)TEST_SOURCE_DIRECTORY
                         "/../fixtures/suites/migration_002/migrations",
                         .path = f->programs};
    bool good = connection_run(&f->template.connection, "CREATE EXTENSION vector", &e) &&
                migrator_run(&m, MIGRATOR_UPGRADE, "005", f->template.url, 60, &f->result, &e) &&
                f->result.process.status == 0 &&
                connection_run(&f->template.connection,
                               "INSERT INTO repositories (path, indexed_at) VALUES ('/a', now());"
                               "INSERT INTO code_chunks (repository_id, file_path, content, "
                               "start_line, end_line) SELECT id, 'a.c', 'int a;', 1, 1 "
                               "FROM repositories",
                               &e) &&
                cost_prepare(f->template.url, true, NULL, &e);
    if (!good)
        print_error("%s%s\n", e.message, text_string(&f->result.process.log));
    migrator_result_release(&f->result);
    connection_close(&f->template.connection);
    return good ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    connection_close(&f->by_hand);
    connection_close(&f->second);
    if (f->clone) {
        char *drop = memory_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", f->clone);
        connection_run(&f->template.server, drop, &e);
        free(drop);
    }
    int result = test_database_drop(&f->template);
    relations_release(&f->relations);
    cost_record_free(f->record);
    migrator_result_release(&f->result);
    rmdir(f->folder);
    free(f->clone);
    free(f->folder);
    free(f->programs);
    free(f);
    return result;
}

/* A clone with this ending to its name; its URL is to be freed. */
static char *make_clone(struct fixture *f, const char *ending)
{
    struct error e = {0};
    free(f->clone);
    f->clone = memory_format("%s_%s", f->template.name, ending);
    char *create = memory_format("CREATE DATABASE %s TEMPLATE %s", f->clone, f->template.name);
    bool made = connection_run(&f->template.server, create, &e);
    free(create);
    char *url = url_with_database(f->template.url, f->clone, &e);
    if (!made || !url)
        fail_msg("%s", e.message);
    return url;
}

static void drop_clone(struct fixture *f)
{
    struct error e = {0};
    char *drop = memory_format("DROP DATABASE %s WITH (FORCE)", f->clone);
    assert_true(connection_run(&f->template.server, drop, &e));
    free(drop);
}

static void measure(struct fixture *f)
{
    struct error e = {0};
    char *url = make_clone(f, "measured");
    struct migrator m = {.definition = &definition,
                         .directory = (char *)(uintptr_t)TEST_SOURCE_DIRECTORY
                         "/../fixtures/suites/migration_002/migrations",
                         .path = f->programs};
    const struct cost_request request = {.migrator = &m,
                                         .action = MIGRATOR_UPGRADE,
                                         .revision = "002",
                                         .migrator_url = url,
                                         .url = url,
                                         .server_url = getenv("PGREHEARSE_TEST_SERVER"),
                                         .folder = f->folder,
                                         .time_limit = 60,
                                         .is_ours = true};
    bool good = cost_measure(&request, &f->record, &f->result, &e);
    free(url);
    if (!good || f->result.process.status != 0)
        fail_msg("%s%s", e.message, text_string(&f->result.process.log));
    drop_clone(f);
}

/* The migration's own SQL, by what the ledger says was asked, up to its COMMIT; with its values. */
static void step_by_hand(struct fixture *f)
{
    struct error e = {0};
    size_t begun = 0;
    for (size_t i = 0; i < f->record->statement_count; i++) {
        const struct statement_cost *s = &f->record->statements[i];
        const char *const values[] = {"002", "005"};
        if (strcmp(s->tag, "COMMIT") == 0)
            return;
        begun += s->transaction > 0;
        bool parameters = strstr(s->sql, "$2") != NULL;
        PGresult *rows = parameters ? connection_query(&f->by_hand, s->sql, 2, values, &e) : NULL;
        bool good =
            parameters ? rows != NULL : !s->transaction || connection_run(&f->by_hand, s->sql, &e);
        PQclear(rows);
        if (!good)
            fail_msg("%s, in: %s", e.message, s->sql);
    }
    fail_msg("no COMMIT after %zu statements", begun);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct list {
    char **lines;
    size_t count;
};

static void add_line(struct list *l, char *line)
{
    *(char **)memory_append(&l->lines, &l->count, sizeof *l->lines) = line;
}

/* What pg_locks shows of the transaction that is open, in the ledger's words. */
static struct list locks_by_hand(struct fixture *f)
{
    struct list l = {0};
    struct error e = {0};
    char pid[16];
    snprintf(pid, sizeof pid, "%d", PQbackendPID(f->by_hand.pg));
    const char *const values[] = {pid};
    PGresult *rows = connection_query(&f->second,
                                      "SELECT locktype, relation, classid, objid, mode, granted "
                                      "FROM pg_locks WHERE pid = $1::int "
                                      "AND locktype NOT IN ('virtualxid', 'transactionid')",
                                      1, values, &e);
    assert_non_null(rows);
    /* only once it has committed do its new relations have names; the locks are read before */
    assert_true(connection_run(&f->by_hand, "COMMIT", &e));
    assert_true(relations_look(&f->relations, &f->second, LOOK_LAST, NULL, NULL, &e));
    for (int i = 0; i < PQntuples(rows); i++) {
        bool relation = strcmp(PQgetvalue(rows, i, 0), "relation") == 0;
        uint32_t oid = (uint32_t)strtoul(PQgetvalue(rows, i, relation ? 1 : 3), NULL, 10);
        uint32_t class = (uint32_t)strtoul(PQgetvalue(rows, i, 2), NULL, 10);
        assert_true(relation || strcmp(PQgetvalue(rows, i, 0), "object") == 0);
        assert_string_equal(PQgetvalue(rows, i, 5), "t");
        char *object = relation ? relations_describe(&f->relations, oid)
                                : relations_describe_object(&f->relations, class, oid);
        add_line(&l, memory_format("%s: %s", object, PQgetvalue(rows, i, 4)));
        free(object);
    }
    PQclear(rows);
    return l;
}

/* The advisory lock is the session's, not the transaction's, and not taken by hand. */
static struct list locks_of_ledger(const struct fixture *f)
{
    struct list l = {0};
    for (size_t i = 0; i < f->record->lock_count; i++) {
        const struct lock_cost *lock = &f->record->locks[i];
        assert_false(lock->sampled);
        if (strncmp(lock->object, "advisory", strlen("advisory")) != 0)
            add_line(&l, memory_format("%s: %s", lock->object, lock->mode));
    }
    return l;
}

static void release(struct list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->lines[i]);
    free(l->lines);
}

/* Both by line; tells those that only one of them has, and how many they are. */
static size_t count_differences(struct list *a, struct list *b)
{
    size_t i = 0, j = 0, differences = 0;
    qsort(a->lines, a->count, sizeof *a->lines, compare_strings);
    qsort(b->lines, b->count, sizeof *b->lines, compare_strings);
    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->lines[i], b->lines[j]);
        if (order != 0) {
            print_message("%s: %s\n", order < 0 ? "only by hand" : "only in the ledger",
                          order < 0 ? a->lines[i] : b->lines[j]);
            differences++;
        }
        i += order <= 0;
        j += order >= 0;
    }
    return differences;
}

static void the_ledger_agrees_with_pg_locks(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    measure(f);
    char *url = make_clone(f, "by_hand");
    bool open = connection_open(&f->by_hand, url, NULL, &e) &&
                connection_open(&f->second, url, NULL, &e) && relations_prepare(&f->second, &e) &&
                relations_look(&f->relations, &f->second, LOOK_FIRST, NULL, NULL, &e);
    free(url);
    if (!open)
        fail_msg("%s", e.message);
    step_by_hand(f);
    struct list hand = locks_by_hand(f), ledger = locks_of_ledger(f);
    size_t count = hand.count, differences = count_differences(&hand, &ledger);
    release(&hand);
    release(&ledger);
    assert_int_equal(differences, 0);
    assert_true(count > 100); /* nine tables with all that falls with them */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_ledger_agrees_with_pg_locks, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
