/* expect_constraints_enforced: is every constraint that the upgrade added in force? */
#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/preserved.h"
#include "rehearsal/remembered.h"
#include "rehearsal/sql.h"
#include "schema/delta.h"
#include "schema/fact.h"

/* A constraint that the approved delta adds, by its fact: "constraint NAME", "column NAME", … */
struct planned {
    char *word, *name;
    struct check *check;
};

struct constraint_plan {
    struct planned *items;
    size_t count;
    struct check *others; /* all that nobody planned */
};

/* The columns of constraint_list.sql. */
enum { KIND, WORD, NAME, TARGET_TABLE, REFUSED_BY, COLUMNS, CONDITION, VALID };

static bool has_word(const char *attributes, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = attributes; (p = strstr(p, word)); p += length)
        if ((p == attributes || p[-1] == ' ') && (p[length] == ' ' || p[length] == '\0'))
            return true;
    return false;
}

static bool is_constraint(const struct fact *f)
{
    return (fact_has_kind(f, "constraint") && strncmp(f->attributes, "EXCLUDE", 7) != 0 &&
            strncmp(f->attributes, "TRIGGER", 7) != 0) ||
           (fact_has_kind(f, "column") && has_word(f->attributes, "not-null")) ||
           (fact_has_kind(f, "index") && strstr(f->attributes, "CREATE UNIQUE INDEX") != NULL);
}

static bool same_name(const struct fact *f, const char *word, const char *name)
{
    return fact_has_kind(f, word) && strlen(name) == f->name_length &&
           memcmp(f->name, name, f->name_length) == 0;
}

/* Whether the constraint that `line` tells of is one of a preserved table. */
static bool is_preserved(const struct suite *suite, const struct fact *f)
{
    const char *table = memchr(f->name, '.', f->name_length);
    for (unsigned i = 0; table && i < suite->preserved_table_count; i++) {
        size_t length = strlen(suite->preserved_tables[i]);
        if (strncmp(table + 1, suite->preserved_tables[i], length) == 0 && table[1 + length] == '.')
            return true;
    }
    return false;
}

/* The same column was NOT NULL before; the same constraint had another definition. */
static bool was_there(const struct approved_delta *d, const struct fact *f)
{
    struct fact old;
    for (size_t i = 0; i < d->count; i++)
        if (d->lines[i].sign == '-' && fact_parse(&old, d->lines[i].pattern) &&
            is_constraint(&old) && fact_has_kind(f, "column") && fact_same_subject(&old, f))
            return true;
    return false;
}

static void add_planned(struct rehearsal *r, struct constraint_plan *plan, const struct fact *f)
{
    struct planned *p = memory_append(&plan->items, &plan->count, sizeof *p);
    p->word = memory_format("%.*s", (int)f->kind_length, f->kind);
    p->name = memory_format("%.*s", (int)f->name_length, f->name);
    bool is_check = fact_has_kind(f, "constraint") && strncmp(f->attributes, "CHECK", 5) == 0;
    p->check = step_check(r, is_check ? "check-enforced" : "enforced", NULL,
                          "%s%s refuses a row that violates it",
                          strcmp(p->word, "column") == 0 ? "NOT NULL of " : "", p->name);
}

/* From the approved delta, which is known before anything runs. */
static void make_plan(struct rehearsal *r, struct constraint_plan *plan)
{
    const struct suite *suite = r->run->ground.suite;
    struct approved_delta approved = {0};
    struct error ignored = {0}; /* a delta that cannot be read was reported before the run */
    char *path = suite->delta && !r->run->approve ? suite_path(suite, suite->delta) : NULL;
    if (path && delta_read_approved(path, &approved, &ignored))
        for (size_t i = 0; i < approved.count; i++) {
            struct fact f;
            if (approved.lines[i].sign == '+' && fact_parse(&f, approved.lines[i].pattern) &&
                is_constraint(&f) && is_preserved(suite, &f) && !was_there(&approved, &f))
                add_planned(r, plan, &f);
        }
    plan->others = step_check(r, "enforced", NULL,
                              "every other added constraint refuses a row that violates it");
    approved_delta_release(&approved);
    free(path);
}

static void release_plan(struct constraint_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->items[i].word);
        free(plan->items[i].name);
    }
    free(plan->items);
}

static char *array_literal(char *const *items, size_t count)
{
    struct text t = {0};
    text_append(&t, "{");
    for (size_t i = 0; i < count; i++) {
        text_append(&t, i ? ",\"" : "\"");
        for (const char *p = items[i]; *p; p++)
            text_append_format(&t, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
        text_append(&t, "\"");
    }
    text_append(&t, "}");
    return text_detach(&t);
}

/* The values that the suite itself wants refused in one of these columns of this table. */
static char *own_values(const struct suite *suite, const char *target, const char *columns,
                        size_t *count)
{
    char **values = NULL;
    const char *table = strchr(target, '.') ? strchr(target, '.') + 1 : target;
    *count = 0;
    for (unsigned i = 0; i < suite->reject_count; i++)
        for (unsigned j = 0; j < suite->rejects[i].value_count; j++)
            if (strcmp(suite->rejects[i].table, table) == 0 &&
                strstr(columns, suite->rejects[i].column))
                *(char **)memory_append(&values, count, sizeof *values) =
                    suite->rejects[i].values[j].value;
    char *literal = array_literal(values, *count);
    free(values);
    return literal;
}

static PGresult *try_rule(struct rehearsal *r, const PGresult *rules, int row, size_t *own,
                          struct error *e)
{
    const char *target = PQgetvalue(rules, row, TARGET_TABLE);
    char *literal = own_values(r->run->ground.suite, target, PQgetvalue(rules, row, COLUMNS), own);
    const char *values[] = {PQgetvalue(rules, row, KIND),       target,
                            PQgetvalue(rules, row, COLUMNS),    PQgetvalue(rules, row, CONDITION),
                            PQgetvalue(rules, row, REFUSED_BY), literal};
    PGresult *trial =
        connection_query(&r->connection,
                         "SELECT outcome, coalesce(met, ''), coalesce(tried, ''), attempts FROM "
                         "pg_temp.pgrehearse_try($1, $2, $3::text[], $4, $5, $6::text[])",
                         6, values, e);
    free(literal);
    return trial;
}

/*
 * Tries one; true if it holds. Otherwise the check is concluded: a finding where a row that
 * violates it went in, or nothing that the suite wants refused is refused; an error where we have
 * no row or no value to try it with.
 */
static bool holds(struct rehearsal *r, struct check *c, const PGresult *rules, int row)
{
    struct error e = {0};
    size_t own = 0;
    const char *name = PQgetvalue(rules, row, NAME);
    bool is_check = PQgetvalue(rules, row, KIND)[0] == 'c';
    struct evidence evidence = {.expected = "refused, with its SQLSTATE and its name",
                                .remedy = "find out why the constraint is not in force"};
    bool is_project =
        r->run->ground.is_project; /* what cannot be tried is not a mistake of anybody's */
    if (is_project && PQgetvalue(rules, row, VALID)[0] != 't')
        return true;
    if (PQgetvalue(rules, row, VALID)[0] != 't') {
        evidence.remedy = "validate it: ALTER TABLE … VALIDATE CONSTRAINT …";
        check_finding(r, c, &evidence, "%s is not validated: existing rows may violate it", name);
        return false;
    }
    PGresult *trial = try_rule(r, rules, row, &own, &e);
    if (!trial) {
        check_error(r, c, &e);
        return false;
    }
    const char *outcome = PQgetvalue(trial, 0, 0), *found = PQgetvalue(trial, 0, 1);
    bool refused = strcmp(outcome, "refused") == 0;
    evidence.found = *found ? found : "the row was accepted";
    evidence.sql = PQgetvalue(trial, 0, 2);
    bool elsewise = strcmp(outcome, "accepted") != 0 && !refused; /* it failed for another reason */
    if (is_project && (strcmp(outcome, "no row") == 0 || elsewise || (!refused && is_check))) {
        refused = true;
    } else if (strcmp(outcome, "no row") == 0) {
        error_set(&e, ERROR_USAGE, "%s cannot be tried: too few rows; give the fixture more", name);
        check_error(r, c, &e);
    } else if (strcmp(outcome, "accepted") == 0 || (!refused && !is_check) || (!refused && own)) {
        check_finding(r, c, &evidence, "%s did not refuse any of %s rows that violate it: %s", name,
                      PQgetvalue(trial, 0, 3), evidence.found);
    } else if (!refused) {
        error_set(&e, ERROR_USAGE,
                  "%s cannot be tried: none of %s values violates it; name one under rejects", name,
                  PQgetvalue(trial, 0, 3));
        check_error(r, c, &e);
    }
    PQclear(trial);
    return refused;
}

static void try_planned(struct rehearsal *r, const struct planned *p, const PGresult *rules)
{
    for (int row = 0; row < PQntuples(rules); row++)
        if (strcmp(PQgetvalue(rules, row, WORD), p->word) == 0 &&
            strcmp(PQgetvalue(rules, row, NAME), p->name) == 0) {
            if (holds(r, p->check, rules, row))
                check_pass(r, p->check);
            return;
        }
    struct evidence evidence = {.remedy = "add it, or approve its loss with --approve"};
    check_finding(r, p->check, &evidence, "%s%s is not there",
                  strcmp(p->word, "column") == 0 ? "NOT NULL of " : "", p->name);
}

/* Whether the delta adds it, and the approved one does not. */
static bool is_other(const struct constraint_plan *plan, const struct delta *delta,
                     const char *word, const char *name)
{
    struct fact f;
    bool added = false;
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->items[i].word, word) == 0 && strcmp(plan->items[i].name, name) == 0)
            return false;
    for (size_t i = 0; i < delta->count; i++) {
        if (!fact_parse(&f, delta->lines[i].full) || !same_name(&f, word, name) ||
            !is_constraint(&f))
            continue;
        if (delta->lines[i].sign == '-' && strcmp(word, "column") == 0)
            return false; /* it was NOT NULL before */
        added = added || delta->lines[i].sign == '+';
    }
    return added;
}

static void try_others(struct rehearsal *r, const struct constraint_plan *plan,
                       const struct delta *delta, const PGresult *rules)
{
    for (int row = 0; row < PQntuples(rules); row++)
        if (is_other(plan, delta, PQgetvalue(rules, row, WORD), PQgetvalue(rules, row, NAME)) &&
            !holds(r, plan->others, rules, row))
            return;
    check_pass(r, plan->others);
}

static void try_all(struct rehearsal *r, const struct constraint_plan *plan,
                    const struct remembered *m, struct error *e)
{
    const struct suite *suite = r->run->ground.suite;
    struct snapshot now = {0};
    struct delta delta = {0};
    char *tables = array_literal(suite->preserved_tables, suite->preserved_table_count);
    const char *values[] = {tables};
    PGresult *rules = NULL;
    if (preserved_snapshot(r, &now, e) && connection_run(&r->connection, "BEGIN", e) &&
        connection_run(&r->connection, sql_constraint_trial, e))
        rules = connection_query(&r->connection, sql_constraint_list, 1, values, e);
    if (rules) {
        delta_compute(&m->snapshot, &now, &delta);
        for (size_t i = 0; i < plan->count && step_runs(r); i++)
            try_planned(r, &plan->items[i], rules);
        if (step_runs(r))
            try_others(r, plan, &delta, rules);
        PQclear(rules);
        connection_run(&r->connection, "ROLLBACK", e);
    }
    delta_release(&delta);
    snapshot_release(&now);
    free(tables);
}

void expect_constraints_enforced(struct rehearsal *r, const char *since)
{
    struct constraint_plan plan = {0};
    step_begin(r, "violate the constraints that were added since '%s'", since);
    make_plan(r, &plan);
    struct error e = {0};
    const struct remembered *m = step_runs(r) ? remembered_find(r, since, &e) : NULL;
    if (m)
        try_all(r, &plan, m, &e);
    if (e.kind != ERROR_NONE)
        rehearsal_latch(r, "not run: %s", e.message);
    if (e.kind != ERROR_NONE && plan.others->outcome == OUTCOME_NOT_RUN)
        check_error(r, plan.others, &e);
    release_plan(&plan);
}
