#include "measures/comparisons/counter_rules.h"

#include <stdlib.h>
#include <string.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "measures/comparisons/blame.h"
#include "measures/comparisons/lock_rules.h"

enum { RUNS = 3 };

/* Ledgers as an upgrade of two statements gives them, three runs on each side. */
struct ground {
    struct cost_record *base[RUNS], *candidate[RUNS];
    struct differences found;
};

static struct cost_record *make_record(void)
{
    struct cost_record *r = memory_zeroed(1, sizeof *r);
    r->totals = (struct cost_counters){1000000, 100, 5000, 0, 300, 0};
    for (size_t i = 0; i < 2; i++) {
        struct statement_cost *s =
            memory_append(&r->statements, &r->statement_count, sizeof *r->statements);
        *s = (struct statement_cost){.number = i + 1,
                                     .sql = memory_format("statement %zu", i + 1),
                                     .step = memory_copy_of("backfill"),
                                     .transaction = 1,
                                     .counters = {500000, 50, 2500, 0, 150, 0}};
        struct lock_cost *l = memory_append(&r->locks, &r->lock_count, sizeof *r->locks);
        *l = (struct lock_cost){.object = memory_copy_of("table public.orders"),
                                .mode = memory_copy_of(i ? "ShareLock" : "RowExclusiveLock"),
                                .statement = i + 1};
    }
    struct table_cost *t = memory_append(&r->tables, &r->table_count, sizeof *r->tables);
    *t = (struct table_cost){
        .table = memory_copy_of("public.orders"), .before = 8000000, .after = 8000000};
    struct step_cost *step = memory_append(&r->steps, &r->step_count, sizeof *r->steps);
    *step = (struct step_cost){.name = memory_copy_of("backfill"), .counters = r->totals};
    return r;
}

static int set_up(void **state)
{
    struct ground *g = memory_zeroed(1, sizeof *g);
    for (size_t i = 0; i < RUNS; i++) {
        g->base[i] = make_record();
        g->candidate[i] = make_record();
    }
    *state = g;
    return 0;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++) {
        cost_record_free(g->base[i]);
        cost_record_free(g->candidate[i]);
    }
    differences_release(&g->found);
    free(g);
    return 0;
}

static bool is_worse(struct ground *g, const char *check)
{
    struct ledgers base = {g->base, RUNS}, candidate = {g->candidate, RUNS};
    differences_release(&g->found);
    counters_compare(&base, &candidate, 0.10, &g->found);
    return differences_have(&g->found, DIFFERENCE_WORSE, check);
}

static void set_text(char **at, const char *value)
{
    free(*at);
    *at = memory_copy_of(value);
}

static void test_same(void **state)
{
    struct ground *g = *state;
    assert_false(is_worse(g, NULL));
    assert_int_equal(g->found.count, 0);
}

static void test_wal(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++) {
        g->candidate[i]->totals.wal_bytes = 1300000;
        g->candidate[i]->statements[1].counters.wal_bytes = 800000;
    }
    assert_true(is_worse(g, "counters"));
    assert_int_equal(g->found.count, 1);
    assert_string_equal(g->found.items[0].message,
                        "WAL: 1.3 MB instead of 1.0 MB, 30 % more; most of it in statement 2 "
                        "of step backfill (statement 2)");
    for (size_t i = 0; i < RUNS; i++) /* below the threshold */
        g->candidate[i]->totals.wal_bytes = 1090000;
    assert_false(is_worse(g, NULL));
    for (size_t i = 0; i < RUNS; i++)
        g->candidate[i]->totals.wal_bytes = 500000;
    assert_false(is_worse(g, NULL));
    assert_true(differences_have(&g->found, DIFFERENCE_BETTER, "counters"));
}

/* What scatters as much as it grew has not grown; nor has what is not known. */
static void test_scatter_and_unknown(void **state)
{
    struct ground *g = *state;
    g->base[2]->totals.wal_bytes = 1200000;
    for (size_t i = 0; i < RUNS; i++)
        g->candidate[i]->totals.wal_bytes = 1350000;
    assert_false(is_worse(g, NULL));
    for (size_t i = 0; i < RUNS; i++)
        g->candidate[i]->totals.wal_bytes = 1450000;
    assert_true(is_worse(g, "counters"));
    g->base[0]->totals.wal_bytes = -1;
    assert_false(is_worse(g, NULL));
}

static void test_step(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++)
        g->candidate[i]->steps[0].counters.buffers_hit = 6000;
    assert_true(is_worse(g, "counters"));
    assert_non_null(strstr(g->found.items[0].message, "buffers read in backfill: 6000 instead of"));
}

static void test_rewrite(void **state)
{
    struct ground *g = *state;
    g->candidate[0]->tables[0].rewritten = g->candidate[1]->tables[0].rewritten = true;
    assert_false(is_worse(g, NULL)); /* not in every run */
    g->candidate[2]->tables[0].rewritten = true;
    assert_true(is_worse(g, "rewrites"));
    g->base[0]->tables[0].rewritten = true;
    assert_false(is_worse(g, NULL));
}

static void test_stronger_lock(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++)
        set_text(&g->candidate[i]->locks[1].mode, "AccessExclusiveLock");
    assert_true(is_worse(g, "locks"));
    for (size_t i = 0; i < RUNS; i++)
        g->candidate[i]->tables[0].before = -1; /* made by the upgrade itself */
    assert_false(is_worse(g, NULL));
    assert_int_equal(lock_strength("ShareUpdateExclusiveLock"), 4);
    assert_int_equal(lock_strength("SIReadLock"), 0);
}

/* Weaker than elsewhere in the upgrade, stronger than what the replaced statement took. */
static void test_lock_of_a_replaced_statement(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++) {
        struct cost_record *both[] = {g->base[i], g->candidate[i]};
        for (size_t k = 0; k < 2; k++) {
            set_text(&both[k]->locks[0].mode, "AccessExclusiveLock");
            both[k]->statements[1].transaction = 2;
        }
        set_text(&g->base[i]->statements[1].sql, "CREATE INDEX CONCURRENTLY i ON orders (day)");
        set_text(&g->base[i]->locks[1].mode, "ShareUpdateExclusiveLock");
        set_text(&g->candidate[i]->statements[1].sql, "CREATE INDEX i ON orders (day)");
    }
    assert_true(is_worse(g, "locks"));
    for (size_t i = 0; i < RUNS; i++) { /* the same transaction holds the table already */
        g->base[i]->statements[1].transaction = 1;
        g->candidate[i]->statements[1].transaction = 1;
    }
    assert_false(is_worse(g, NULL));
}

/* No mode is stronger, but the lock is kept while more is done. */
static void test_work_under_a_lock(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++) {
        struct cost_record *both[] = {g->base[i], g->candidate[i]};
        for (size_t k = 0; k < 2; k++) {
            set_text(&both[k]->locks[0].mode, "AccessExclusiveLock");
            set_text(&both[k]->locks[1].mode, "RowExclusiveLock");
            both[k]->locks[0].held = k ? 0.25 : 0.002;
            both[k]->statements[1].transaction = k ? 1 : 2; /* a COMMIT between them is gone */
        }
    }
    assert_true(is_worse(g, "locks"));
    assert_int_equal(g->found.count, 1);
    assert_string_equal(
        g->found.items[0].message,
        "table public.orders is locked against readers during more of the work: 5000 buffers are "
        "read meanwhile instead of 2500, for 250 ms instead of 2 ms; since statement 1 of step "
        "backfill (statement 1)");
    for (size_t i = 0; i < RUNS; i++) { /* by as much as the whole: a counter's matter */
        g->candidate[i]->totals.buffers_hit = 7500;
        g->candidate[i]->steps[0].counters.buffers_hit = 7500;
    }
    is_worse(g, NULL);
    assert_false(differences_have(&g->found, DIFFERENCE_WORSE, "locks"));
    for (size_t i = 0; i < RUNS; i++) { /* nobody waits for what the upgrade makes itself */
        g->candidate[i]->totals = g->base[i]->totals;
        g->candidate[i]->steps[0].counters = g->base[i]->totals;
        g->candidate[i]->tables[0].before = -1;
    }
    assert_false(is_worse(g, NULL));
}

static void test_lost_timeout(void **state)
{
    static const struct {
        const char *base, *candidate;
        bool worse;
    } cases[] = {{"SET lock_timeout = '2s'", "SET lock_timeout TO 5000", false},
                 {"set local lock_timeout to 2000", "SET lock_timeout = 0", true},
                 {"SELECT set_config('lock_timeout', '2s', true)", "SELECT 1", true},
                 {"SET statement_timeout = '1min'", "RESET statement_timeout", true},
                 {"SET lock_timeout = '0'", "SELECT 1", false}};
    struct ground *g = *state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (size_t i = 0; i < RUNS; i++) {
            set_text(&g->base[i]->statements[0].sql, cases[c].base);
            set_text(&g->candidate[i]->statements[0].sql, cases[c].candidate);
        }
        assert_int_equal(is_worse(g, "locks"), cases[c].worse);
    }
}

/* Where a migrator sends a file as one statement, the line is named that is new or has gone. */
static void test_excerpts(void **state)
{
    static const struct {
        const char *base, *candidate, *expected;
    } cases[] = {
        {"-- x\nUPDATE a;\nUPDATE b;\n", "-- y\nUPDATE a;\nCREATE INDEX i;\nUPDATE b;\n",
         "statement 1 of step backfill (… CREATE INDEX i; UPDATE b;)"},
        {"UPDATE a;\nDISABLE x;\n\nUPDATE b;", "UPDATE a;\nUPDATE b;",
         "statement 1 of step backfill (… UPDATE b;; the base has before it: DISABLE x;)"},
        {"UPDATE a;", "UPDATE a;\nUPDATE a;", "statement 1 of step backfill (… UPDATE a;)"},
        {"SELECT 1", "SELECT 2", "statement 1 of step backfill (SELECT 2)"},
        {"SELECT 1", /* cut after a whole character; the hundredth byte is within one */
         "-----------\nSELECT "
         "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaéé'",
         "statement 1 of step backfill (SELECT "
         "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa …)"}};
    struct ground *g = *state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        set_text(&g->base[0]->statements[0].sql, cases[c].base);
        set_text(&g->candidate[0]->statements[0].sql, cases[c].candidate);
        char *found = blame_statement(g->base[0], &g->candidate[0]->statements[0]);
        assert_string_equal(found, cases[c].expected);
        free(found);
    }
}

static void test_size_and_statements(void **state)
{
    struct ground *g = *state;
    for (size_t i = 0; i < RUNS; i++)
        g->candidate[i]->tables[0].after = 9000000;
    assert_true(is_worse(g, "counters"));
    for (size_t i = 0; i < RUNS; i++) {
        g->candidate[i]->tables[0].after = 8000000;
        struct statement_cost *s =
            memory_append(&g->candidate[i]->statements, &g->candidate[i]->statement_count,
                          sizeof *g->candidate[i]->statements);
        s->sql = memory_copy_of("statement 3");
    }
    assert_true(is_worse(g, "counters"));
    assert_string_equal(g->found.items[0].message, "statements: 3 instead of 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scatter_and_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rewrite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stronger_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lock_of_a_replaced_statement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_size_and_statements, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_work_under_a_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lost_timeout, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_excerpts, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("counter rules", tests, NULL, NULL) ? 1 : 0;
}
