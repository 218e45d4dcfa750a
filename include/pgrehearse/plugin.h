/*
 * Plugins: scenarios and rules of one's own, in C, loaded by `pgrehearse run --plugin FILE.so`.
 * docs/plugins.md shows one.
 *
 * A plugin is a shared library that exports one function, pgr_plugin(). It links nothing of ours:
 * the program that loads it has every function of this header. What a function returns belongs to
 * the program; strings that a plugin passes are copied.
 *
 * The queries of rules and checks run in a transaction that is rolled back, with pg_catalog as the
 * search path: write public.orders, not orders.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pgrehearse/api.h"

/*
 * Rises when a plugin would have to be built again. What is added to the end of a struct, or to the
 * functions, leaves it as it is: every struct begins with its size.
 */
#define PGR_PLUGIN_ABI 1u

struct pgr_rehearsal; /* a scenario that is being rehearsed */
struct pgr_look;      /* one check that looks at the databases */
struct pgr_rows;      /* what a query returned */

enum pgr_revision { PGR_BASELINE, PGR_TARGET };
enum pgr_level { PGR_FINDING, PGR_WARNING, PGR_NOTE };
enum pgr_moment { PGR_UPGRADED, PGR_ROLLED_BACK };

/* The database as it is now, and its twin as it was before the upgrade. */
enum pgr_database { PGR_NOW, PGR_BEFORE };

/*
 * A runbook of the verbs below, in order, without a branch or a loop. It is first walked without
 * being run, which gives the plan, so it must call the same verbs each time. Its name is lower
 * case, digits and hyphens, at most 40 characters.
 */
struct pgr_scenario {
    size_t size; /* sizeof(struct pgr_scenario) */
    const char *name;
    const char *title; /* one sentence, without a full stop */
    void (*runbook)(struct pgr_rehearsal *r);
};

/*
 * A check that every migration passes through in the scenario `rules`. It is allowed and gets
 * another level in the same ways as the program's own rules.
 */
struct pgr_rule {
    size_t size;          /* sizeof(struct pgr_rule) */
    const char *name;     /* as a scenario's */
    enum pgr_level level; /* of what it sees */
    enum pgr_moment moment;
    const char *property; /* what a sound migration has: "every table has a comment" */
    const char *sees;     /* the following: sentences, for `pgrehearse rules NAME` */
    const char *why;
    const char *remedy;
    const char *source; /* an address, or NULL */
    void (*check)(struct pgr_look *look);
};

struct pgr_plugin {
    uint32_t abi;                                /* PGR_PLUGIN_ABI */
    uint32_t size;                               /* sizeof(struct pgr_plugin) */
    const char *name;                            /* the group of its scenarios; as a scenario's */
    const struct pgr_scenario *const *scenarios; /* end with NULL; or NULL */
    const struct pgr_rule *const *rules;         /* the same */
};

/* The one function that a plugin defines. */
PGR_API const struct pgr_plugin *pgr_plugin(void);

/*
 * ---- Looking: for rules, and for the checks of scenarios
 */

/*
 * The rows of one statement, whose parameters $1 … are text (NULL is null). NULL if it failed: then
 * the check could not look, says so, and asks nothing more. The rows are freed after the check.
 */
PGR_API const struct pgr_rows *pgr_query(struct pgr_look *look, enum pgr_database database,
                                         const char *sql, size_t count, const char *const *values);

/* 0 of NULL. */
PGR_API size_t pgr_row_count(const struct pgr_rows *rows);

/* NULL: null, or no such row or column. */
PGR_API const char *pgr_value(const struct pgr_rows *rows, size_t row, size_t column);

/*
 * One occurrence: "table public.orders", "has no comment", and how to repair it (NULL: as the rule
 * says). A check that adds none has passed.
 */
PGR_API void pgr_see(struct pgr_look *look, const char *object, const char *evidence,
                     const char *remedy);

/*
 * Each row of the query is an occurrence: its columns are object, evidence, remedy (may be null)
 * and, if there is a fourth, the level of just this one.
 */
PGR_API void pgr_see_rows(struct pgr_look *look, enum pgr_database database, const char *sql);

/*
 * What appeared with the upgrade: asks `facts`, whose columns are as above, of both databases, and
 * sees what is in the later one and not in the earlier.
 */
PGR_API void pgr_see_new(struct pgr_look *look, const char *facts);

/*
 * What the upgrade did, as JSON: {"statements": [{number, sql, tag, sqlstate, seconds, rows,
 * transaction}], "locks": [{object, mode, statement, transaction, taken, held}], "tables": [{name,
 * before, rewritten, statement}]}. NULL: it was not watched. Only in rules, and in scenarios after
 * pgr_upgrade_watched().
 */
PGR_API const char *pgr_ledger(struct pgr_look *look);

/* A figure for the reports and the history of runs; `limit` 0: none. It decides nothing. */
PGR_API void pgr_measure(struct pgr_look *look, const char *name, const char *unit, double value,
                         double limit);

/* The rule does not apply here, for this reason; it is reported as not run, and fails nothing. */
PGR_API void pgr_not_run(struct pgr_look *look, const char *reason);

/* We could not check, for this reason (exit status 3). */
PGR_API void pgr_fail(struct pgr_look *look, const char *reason);

/*
 * ---- Verbs: the steps of a scenario. A verb that cannot do its work makes the steps after it "not
 * run"; an expectation that is disappointed is a finding, and the runbook goes on.
 */

/*
 * First of all: a throwaway database at the baseline, with the rows of a fixture of the suite:
 * "sample", "varied", "generated"; NULL: no rows.
 */
PGR_API void pgr_given_database(struct pgr_rehearsal *r, const char *fixture);

/* Runs the migrator; it must succeed, and in time. */
PGR_API void pgr_upgrade(struct pgr_rehearsal *r, enum pgr_revision revision);
PGR_API void pgr_downgrade(struct pgr_rehearsal *r, enum pgr_revision revision);

/* Once more: it must do nothing, or refuse with a message of its own. */
PGR_API void pgr_upgrade_again(struct pgr_rehearsal *r, enum pgr_revision revision);

/* Keeps the database as it is, as PGR_BEFORE; then upgrades, and notes what the upgrade does. */
PGR_API void pgr_keep_twin(struct pgr_rehearsal *r);
PGR_API void pgr_upgrade_watched(struct pgr_rehearsal *r, enum pgr_revision revision);

/* Every rule, after both of these. */
PGR_API void pgr_expect_rules(struct pgr_rehearsal *r);

/* The migrator says that the database is there. */
PGR_API void pgr_expect_current(struct pgr_rehearsal *r, enum pgr_revision revision);

/* Notes schema and rows under a name, to compare with. */
PGR_API void pgr_remember(struct pgr_rehearsal *r, const char *name);

/* The schema changed as approved, and in nothing else; is as it was; is not as it was. */
PGR_API void pgr_expect_delta(struct pgr_rehearsal *r, const char *since);
PGR_API void pgr_expect_schema_as(struct pgr_rehearsal *r, const char *then);
PGR_API void pgr_expect_changed(struct pgr_rehearsal *r, const char *since);

/* Every row of the preserved tables is as it was; nothing at all was written. */
PGR_API void pgr_expect_rows_as(struct pgr_rehearsal *r, const char *then);
PGR_API void pgr_expect_untouched(struct pgr_rehearsal *r, const char *since);

/* The suite's validations of that name return no row. */
PGR_API void pgr_validate(struct pgr_rehearsal *r, const char *validations);

/* A fault that the suite declares: planted, met by the upgrade, repaired. */
PGR_API void pgr_plant(struct pgr_rehearsal *r, const char *fault);
PGR_API void pgr_expect_refusal(struct pgr_rehearsal *r, enum pgr_revision revision,
                                const char *fault);
PGR_API void pgr_apply_remedy(struct pgr_rehearsal *r, const char *fault);

/* Runs statements, as the application would; what they change stays. `title` names the step. */
PGR_API void pgr_run(struct pgr_rehearsal *r, const char *title, const char *sql);

/*
 * A check of one's own, called `property`. `look` is called when the scenario is run, and not when
 * it is walked; what it sees is a finding.
 */
PGR_API void pgr_expect(struct pgr_rehearsal *r, const char *property,
                        void (*look)(struct pgr_look *look));
