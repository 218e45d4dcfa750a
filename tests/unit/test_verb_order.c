/* A verb that needs what an earlier one would have kept: the scenario is wrong, in one line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "rehearsal/rehearsal.h"

static void restores(struct rehearsal *r)
{
    expect_restored(r, "backup", "migrated");
}

static void compares(struct rehearsal *r)
{
    expect_untouched(r, "before");
}

static void watches(struct rehearsal *r)
{
    upgrade_watched(r, TARGET);
}

static void stops(struct rehearsal *r)
{
    expect_stopped(r, TARGET, "lock");
}

static const struct {
    const char *name;
    void (*runbook)(struct rehearsal *r);
    const char *message;
} rows[] = {
    {"restores", restores, "compares with 'migrated' but never remembered it"},
    {"compares", compares, "compares with 'before' but never remembered it"},
    {"watches", watches, "never kept a twin"},
    {"rules", expect_rules, "never kept a twin"},
    {"rules back", expect_rollback_rules, "never kept a twin"},
    {"stops", stops, "fault lock holds nothing"},
};

static const char *first_error(const struct scenario_record *s)
{
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++)
            if (s->steps[i].checks[j].outcome == OUTCOME_ERROR)
                return s->steps[i].checks[j].message;
    return "no error";
}

static void a_verb_misses_what_comes_before_it(void **state)
{
    static char *downgrade = (char *)"down";
    static struct suite_migrator migrator = {.name = (char *)"m"};
    static struct suite_fault fault = {.name = (char *)"lock"};
    static struct suite suite = {.name = (char *)"s",
                                 .baseline = (char *)"1",
                                 .target = (char *)"2",
                                 .faults = &fault,
                                 .fault_count = 1};
    struct server server = {0};
    const struct run run = {.ground = {.suite = &suite,
                                       .server = &server,
                                       .keep = true,
                                       .migrator = {.definition = &migrator}},
                            .policy = {.rules = &rule_table}};
    (void)state;
    migrator.downgrade = downgrade;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct scenario scenario = {.symbol = "wrong", .runbook = rows[i].runbook};
        struct run_record record = {0};
        struct scenario_record *planned = record_add_scenario(&record, rows[i].name, "A wrong one");
        free(rehearsal_walk(&run, &scenario, planned));
        rehearsal_run(&run, &scenario, planned);
        char *said = memory_copy_of(first_error(planned));
        record_release(&record);
        if (!strstr(said, rows[i].message))
            fail_msg("%s: '%s' is not in '%s'", rows[i].name, rows[i].message, said);
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_verb_misses_what_comes_before_it)};
    return cmocka_run_group_tests_name("verb order", tests, NULL, NULL) ? 1 : 0;
}
