#include "counter_rules.h"

#include <stdlib.h>
#include <string.h>

#include "../support/testing.h"
#include "lock_rules.h"
#include "memory.h"

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
                        "(statement 2)");
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
    for (size_t i = 0; i < RUNS; i++) /* the same transaction holds the table already */
        g->candidate[i]->statements[1].transaction = 1;
    assert_false(is_worse(g, NULL));
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
    };
    return cmocka_run_group_tests_name("counter rules", tests, NULL, NULL) ? 1 : 0;
}
