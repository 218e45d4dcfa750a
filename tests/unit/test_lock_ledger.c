/* The lock ledger alone, fed with rows as pg_locks gives them. */
#include "cost/lock_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/testing.h"
#include "base/memory.h"

enum { ME = 100, OTHER = 200, MANY = 3000 };

struct row {
    int backend;
    uint32_t relation;
    const char *mode;
    bool granted;
    const char *waited; /* seconds, or NULL */
};

static void set(PGresult *rows, int row, int column, const char *value)
{
    if (!PQsetvalue(rows, row, column, (char *)(uintptr_t)value, value ? (int)strlen(value) : -1))
        abort();
}

/* In the form of LOCK_COLUMNS; the caller clears it. */
static PGresult *make_rows(const struct row *rows, int count)
{
    PGresAttDesc columns[LOCK_COLUMN_COUNT];
    memset(columns, 0, sizeof columns);
    for (size_t i = 0; i < LOCK_COLUMN_COUNT; i++)
        columns[i].name = (char *)"column";
    PGresult *made = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    if (!made || !PQsetResultAttrs(made, LOCK_COLUMN_COUNT, columns))
        abort();
    for (int i = 0; i < count; i++) {
        char backend[16], relation[16];
        snprintf(backend, sizeof backend, "%d", rows[i].backend);
        snprintf(relation, sizeof relation, "%u", (unsigned)rows[i].relation);
        const char *const values[LOCK_COLUMN_COUNT] = {
            backend,       "relation", relation,     NULL,
            NULL,          NULL,       rows[i].mode, rows[i].granted ? "t" : "f",
            rows[i].waited};
        for (int c = 0; c < LOCK_COLUMN_COUNT; c++)
            set(made, i, c, values[c]);
    }
    return made;
}

static struct lock_moment moment(size_t statement, double started, double now)
{
    return (struct lock_moment){.statement = statement,
                                .backend = ME,
                                .started = started,
                                .now = now,
                                .in_transaction = true};
}

static bool boundary(struct lock_ledger *l, const struct row *rows, int count, struct lock_moment m)
{
    PGresult *made = make_rows(rows, count);
    bool seen = lock_ledger_boundary(l, made, 0, &m);
    PQclear(made);
    return seen;
}

static void sample(struct lock_ledger *l, const struct row *rows, int count, struct lock_moment m)
{
    PGresult *made = make_rows(rows, count);
    lock_ledger_sample(l, made, 0, &m);
    PQclear(made);
}

static int set_up(void **state)
{
    *state = memory_zeroed(1, sizeof(struct lock_ledger));
    return 0;
}

static int tear_down(void **state)
{
    lock_ledger_release(*state);
    free(*state);
    return 0;
}

static const struct lock_entry *over(const struct lock_ledger *l, uint32_t relation,
                                     const char *mode)
{
    for (size_t i = 0; i < l->over_count; i++)
        if (l->over[i].relation == relation && strcmp(l->over[i].mode, mode) == 0)
            return &l->over[i];
    fail_msg("no %s on %u among %zu", mode, (unsigned)relation, l->over_count);
    return NULL;
}

static void a_lock_lasts_from_its_statement_to_the_boundary_without_it(void **state)
{
    struct lock_ledger *l = *state;
    const struct row both[] = {{ME, 20, "ShareLock", true, NULL},
                               {ME, 10, "AccessExclusiveLock", true, NULL}};
    assert_true(boundary(l, both, 1, moment(1, 1, 2)));
    assert_true(boundary(l, both, 2, moment(2, 3, 4)));
    assert_true(lock_ledger_keeps_writers_waiting(l, ME));
    assert_false(lock_ledger_keeps_writers_waiting(l, OTHER));
    assert_false(boundary(l, both, 0, moment(3, 5, 6)));
    assert_int_equal(l->open_count, 0);
    assert_int_equal(l->over_count, 2);
    const struct lock_entry *first = over(l, 20, "ShareLock"),
                            *second = over(l, 10, "AccessExclusiveLock");
    assert_int_equal(first->statement, 1);
    assert_true(first->taken == 1 && first->released == 6 && !first->sampled);
    assert_int_equal(second->statement, 2);
    assert_true(second->taken == 3 && second->released == 6);
}

static void modes_of_one_table_are_locks_of_their_own(void **state)
{
    struct lock_ledger *l = *state;
    const struct row modes[] = {{ME, 10, "RowExclusiveLock", true, NULL},
                                {ME, 10, "AccessShareLock", true, NULL},
                                {ME, 10, "RowExclusiveLock", true, NULL}}; /* seen twice */
    boundary(l, modes, 1, moment(1, 1, 2));
    boundary(l, modes, 3, moment(2, 3, 4));
    assert_int_equal(l->open_count, 2);
    lock_ledger_finish(l, 9);
    assert_int_equal(over(l, 10, "RowExclusiveLock")->statement, 1);
    assert_int_equal(over(l, 10, "AccessShareLock")->statement, 2);
    assert_true(over(l, 10, "AccessShareLock")->released == 9);
    assert_int_equal(lock_ledger_taker(l, 10), 1);
    assert_int_equal(lock_ledger_taker(l, 11), 0);
}

static void a_boundary_says_nothing_of_other_sessions(void **state)
{
    struct lock_ledger *l = *state;
    const struct row mine = {ME, 10, "ShareLock", true, NULL},
                     others = {OTHER, 10, "ShareLock", true, NULL};
    struct lock_moment m = moment(1, 1, 2);
    m.backend = OTHER;
    boundary(l, &others, 1, m);
    boundary(l, &mine, 1, moment(2, 3, 4));
    assert_int_equal(l->open_count, 2);
    boundary(l, &mine, 0, moment(3, 5, 6));
    assert_int_equal(l->open_count, 1);
    assert_int_equal(l->open[0].backend, OTHER);
}

static void what_was_waited_for_is_told(void **state)
{
    struct lock_ledger *l = *state;
    const struct row waits = {ME, 10, "AccessExclusiveLock", false, "0.25"},
                     has = {ME, 10, "AccessExclusiveLock", true, NULL};
    struct lock_moment first = moment(1, 1, 1.3), second = moment(1, 1, 1.6);
    sample(l, &waits, 1, first);
    second.previous_sample = 1.3;
    boundary(l, &has, 1, second);
    lock_ledger_finish(l, 2);
    const struct lock_entry *entry = over(l, 10, "AccessExclusiveLock");
    assert_true(entry->waited == 0.25 && entry->granted && !entry->sampled);
    assert_true(entry->taken == 1.3);
}

/* It was gone at the boundary: within a transaction that is a look into a catalog, or the like. */
static void a_moments_lock_counts_only_outside_a_transaction(void **state)
{
    struct lock_ledger *l = *state;
    const struct row user = {ME, 20000, "ShareUpdateExclusiveLock", true, NULL};
    sample(l, &user, 1, moment(1, 1, 2));
    boundary(l, &user, 0, moment(1, 1, 3));
    assert_int_equal(l->over_count, 0);
    struct lock_moment alone = moment(2, 4, 5);
    alone.in_transaction = false;
    sample(l, &user, 1, alone);
    alone.now = 6;
    boundary(l, &user, 0, alone);
    assert_int_equal(l->over_count, 1);
    assert_true(l->over[0].sampled && l->over[0].released == 5);
}

/* Each boundary shows them all, in an order that is not ours, and some go and some come. */
static void thousands_of_locks_are_told_apart(void **state)
{
    struct lock_ledger *l = *state;
    struct row *rows = memory_zeroed(MANY, sizeof *rows);
    for (size_t i = 0; i < MANY; i++)
        rows[i] = (struct row){ME, (uint32_t)(20000 + (i * 1009) % MANY), "AccessExclusiveLock",
                               true, NULL};
    for (size_t s = 1; s <= 10; s++)
        boundary(l, rows, (int)(s * MANY / 10), moment(s, (double)s, (double)s + 0.5));
    assert_int_equal(l->open_count, MANY);
    boundary(l, rows + MANY / 2, MANY / 2, moment(11, 11, 11.5)); /* a savepoint was rolled back */
    free(rows);
    assert_int_equal(l->open_count, MANY / 2);
    assert_int_equal(l->over_count, MANY / 2);
    lock_ledger_finish(l, 20);
    assert_int_equal(l->over_count, MANY);
    size_t of_statement[12] = {0};
    for (size_t i = 0; i < l->over_count; i++) {
        of_statement[l->over[i].statement]++;
        assert_true(l->over[i].released == (l->over[i].statement <= 5 ? 11.5 : 20));
    }
    for (size_t s = 1; s <= 10; s++)
        assert_int_equal(of_statement[s], MANY / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lock_lasts_from_its_statement_to_the_boundary_without_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(modes_of_one_table_are_locks_of_their_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_boundary_says_nothing_of_other_sessions, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_waited_for_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_moments_lock_counts_only_outside_a_transaction, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(thousands_of_locks_are_told_apart, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("lock ledger", tests, NULL, NULL) ? 1 : 0;
}
