/* A plugin of tests/cli/plugins.t that calls every function of pgrehearse/plugin.h once at least.
 */
#include <pgrehearse/plugin.h>

#include <string.h>

/* Complains where a function does not do what plugin.h says. */
static void demand(struct pgr_look *look, bool holds, const char *what)
{
    if (!holds)
        pgr_see(look, what, "is not as plugin.h says", NULL);
}

static void use_queries(struct pgr_look *look)
{
    const char *const values[] = {"two", NULL};
    const struct pgr_rows *rows = pgr_query(
        look, PGR_NOW, "SELECT 1, $1::text, $2::text UNION ALL SELECT 2, 'b', 'c'", 2, values);
    demand(look, pgr_row_count(rows) == 2, "pgr_row_count()");
    demand(look, pgr_row_count(NULL) == 0, "pgr_row_count(NULL)");
    demand(look, rows && strcmp(pgr_value(rows, 0, 1), "two") == 0, "pgr_value()");
    demand(look, !pgr_value(rows, 0, 2), "pgr_value() of null");
    demand(look, !pgr_value(rows, 2, 0) && !pgr_value(rows, 0, 3), "pgr_value() of nothing");
    demand(look, !pgr_value(NULL, 0, 0), "pgr_value(NULL)");
    /* what a check does is taken back */
    pgr_query(look, PGR_NOW, "CREATE TABLE public.left_behind (id int)", 0, NULL);
    demand(look,
           strcmp(pgr_value(pgr_query(look, PGR_NOW,
                                      "SELECT to_regclass('public.left_behind') IS NULL", 0, NULL),
                            0, 0),
                  "t") == 0,
           "a check's table");
}

static void use_twin(struct pgr_look *look)
{
    const char *ledger = pgr_ledger(look);
    demand(look, ledger && strstr(ledger, "\"statements\": [{"), "pgr_ledger()");
    const char *query = "SELECT count(*) FROM pg_class WHERE relname = 'made_by_upgrade'";
    demand(look, strcmp(pgr_value(pgr_query(look, PGR_BEFORE, query, 0, NULL), 0, 0), "0") == 0,
           "PGR_BEFORE");
    pgr_measure(look, "looked at", "twins", 1, 2);
    pgr_see_rows(look, PGR_NOW, "SELECT 'nothing', 'wrong', NULL WHERE false");
    pgr_see_new(look, "SELECT 'table x' AS object, 'was there before' AS evidence, NULL AS remedy");
}

static void without_ledger(struct pgr_look *look)
{
    demand(look, !pgr_ledger(look), "pgr_ledger() of what was not watched");
}

static void every_verb(struct pgr_rehearsal *r)
{
    pgr_given_database(r, "sample");
    pgr_validate(r, "pre-migration");
    pgr_remember(r, "before");
    pgr_plant(r, "blocking-foreign-key");
    pgr_expect_refusal(r, PGR_TARGET, "blocking-foreign-key");
    pgr_apply_remedy(r, "blocking-foreign-key");
    pgr_expect(r, "nothing is known of what was not watched", without_ledger);
    pgr_keep_twin(r);
    pgr_upgrade_watched(r, PGR_TARGET);
    pgr_expect(r, "queries do as plugin.h says", use_queries);
    pgr_expect(r, "the twin is there", use_twin);
    pgr_expect_current(r, PGR_TARGET);
    pgr_expect_delta(r, "before");
    pgr_expect_rows_as(r, "before");
    pgr_remember(r, "migrated");
    pgr_upgrade_again(r, PGR_TARGET);
    pgr_expect_untouched(r, "migrated");
    pgr_downgrade(r, PGR_BASELINE);
    pgr_expect_changed(r, "migrated");
    pgr_expect_schema_as(r, "before");
    pgr_run(r, "write a row that is taken back", "BEGIN; CREATE TABLE own (id int); ROLLBACK");
    pgr_upgrade(r, PGR_TARGET);
}

static void fail_statement(struct pgr_rehearsal *r)
{
    pgr_given_database(r, NULL);
    pgr_run(r, "ask for what is not there", "SELECT no_such_column");
}

static void watch_rules(struct pgr_rehearsal *r)
{
    pgr_given_database(r, NULL);
    pgr_keep_twin(r);
    pgr_upgrade_watched(r, PGR_TARGET);
    pgr_expect_rules(r);
}

static void see_levels(struct pgr_look *look)
{
    pgr_see_rows(look, PGR_NOW,
                 "VALUES ('table a', 'is remarkable', NULL, 'note'),"
                 "('table b', 'is doubtful', 'look at it', 'warning')");
}

static void give_up(struct pgr_look *look)
{
    pgr_not_run(look, "it does not apply here");
}

static void break_down(struct pgr_look *look)
{
    pgr_fail(look, "the other service is away");
}

static void see_too_little(struct pgr_look *look)
{
    pgr_see_rows(look, PGR_NOW, "SELECT 'one column'");
}

#define SCENARIO(symbol, its_name, its_title)                                                      \
    static const struct pgr_scenario symbol##_scenario = {.size = sizeof(struct pgr_scenario),     \
                                                          .name = its_name,                        \
                                                          .title = its_title,                      \
                                                          .runbook = symbol}
SCENARIO(every_verb, "every-verb", "Call every verb of the public interface");
SCENARIO(fail_statement, "fail-statement", "Run a statement that fails");
SCENARIO(watch_rules, "watch-rules", "Ask every rule");

#define RULE(symbol, its_name, its_moment)                                                         \
    static const struct pgr_rule symbol##_rule = {.size = sizeof(struct pgr_rule),                 \
                                                  .name = its_name,                                \
                                                  .level = PGR_FINDING,                            \
                                                  .moment = its_moment,                            \
                                                  .property = "of " its_name,                      \
                                                  .sees = "What the test makes.",                  \
                                                  .why = "To be seen.",                            \
                                                  .remedy = "none",                                \
                                                  .check = symbol}
RULE(see_levels, "levels", PGR_UPGRADED);
RULE(give_up, "gives-up", PGR_UPGRADED);
RULE(use_queries, "rolled-back-queries", PGR_ROLLED_BACK);
RULE(break_down, "breaks-down", PGR_UPGRADED);
RULE(see_too_little, "too-little", PGR_UPGRADED);

static const struct pgr_scenario *const scenarios[] = {
    &every_verb_scenario, &fail_statement_scenario, &watch_rules_scenario, NULL};

#if BROKEN == 1
static const struct pgr_rule *const rules[] = {&break_down_rule, NULL};
#elif BROKEN == 2
static const struct pgr_rule *const rules[] = {&see_too_little_rule, NULL};
#else
static const struct pgr_rule *const rules[] = {&see_levels_rule, &give_up_rule, &use_queries_rule,
                                               NULL};
#endif

const struct pgr_plugin *pgr_plugin(void)
{
    static const struct pgr_plugin every = {PGR_PLUGIN_ABI, sizeof every, "every", scenarios,
                                            rules};
    return &every;
}
