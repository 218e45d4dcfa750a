#include "plugins/look.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "rules/cost_facts.h"
#include "rules/look.h"
#include "rules/sql.h"

struct pgr_look {
    struct rule_look *look;
    struct error error;
    PGresult **rows; /* of its queries, until the check ends */
    size_t row_sets;
    char *ledger;
    bool has_looked;
};

/* What the plugin holds is the result itself. */
static const struct pgr_rows *as_rows(const PGresult *result)
{
    return (const struct pgr_rows *)(const void *)result;
}

static const PGresult *as_result(const struct pgr_rows *rows)
{
    return (const PGresult *)(const void *)rows;
}

/* NULL, with the error set, where there is nobody to ask. */
static struct connection *database_of(struct pgr_look *l, enum pgr_database which)
{
    struct rule_ground *g = l->look->ground;
    struct connection *c = which == PGR_BEFORE ? g->before : g->back ? g->back : g->after;
    l->has_looked = true;
    if (!c)
        error_set(&l->error, ERROR_USAGE,
                  "the scenario looks at the database as it was and never kept a twin");
    return l->error.kind == ERROR_NONE ? c : NULL;
}

const struct pgr_rows *pgr_query(struct pgr_look *l, enum pgr_database database, const char *sql,
                                 size_t count, const char *const *values)
{
    struct connection *c = database_of(l, database);
    PGresult *rows = c ? look_rows(c, sql, count, values, &l->error) : NULL;
    if (rows)
        *(PGresult **)memory_append(&l->rows, &l->row_sets, sizeof *l->rows) = rows;
    return as_rows(rows);
}

size_t pgr_row_count(const struct pgr_rows *rows)
{
    return rows ? (size_t)PQntuples(as_result(rows)) : 0;
}

const char *pgr_value(const struct pgr_rows *rows, size_t row, size_t column)
{
    const PGresult *result = as_result(rows);
    if (!rows || row >= pgr_row_count(rows) || column >= (size_t)PQnfields(result) ||
        PQgetisnull(result, (int)row, (int)column))
        return NULL;
    return PQgetvalue(result, (int)row, (int)column);
}

void pgr_see(struct pgr_look *l, const char *object, const char *evidence, const char *remedy)
{
    l->has_looked = true;
    if (object && evidence)
        look_sees(l->look, object, evidence, remedy);
    else
        error_set(&l->error, ERROR_USAGE, "pgr_see() needs an object and its evidence");
}

void pgr_see_rows(struct pgr_look *l, enum pgr_database database, const char *sql)
{
    struct connection *c = database_of(l, database);
    if (c)
        look_judge(l->look, c, sql, 0, NULL, &l->error);
}

void pgr_see_new(struct pgr_look *l, const char *facts)
{
    struct connection *before = database_of(l, PGR_BEFORE), *now = database_of(l, PGR_NOW);
    if (before && now)
        look_compare(l->look, before, now, facts, sql_rule_new_judge, &l->error);
}

const char *pgr_ledger(struct pgr_look *l)
{
    const struct cost_record *cost = l->look->ground->cost;
    l->has_looked = true;
    if (!l->ledger && cost)
        l->ledger = cost_facts(cost);
    return l->ledger;
}

void pgr_measure(struct pgr_look *l, const char *name, const char *unit, double value, double limit)
{
    struct rule_look *look = l->look;
    struct rule_measurement *m =
        memory_append(&look->measurements, &look->measurement_count, sizeof *m);
    *m = (struct rule_measurement){memory_copy_of(name ? name : "unnamed"),
                                   memory_copy_of(unit ? unit : ""), value, limit};
}

void pgr_not_run(struct pgr_look *l, const char *reason)
{
    l->has_looked = true;
    look_not_run(l->look, reason ? reason : "the plugin gives no reason");
}

void pgr_fail(struct pgr_look *l, const char *reason)
{
    char *line = text_one_line(reason ? reason : "the plugin gives no reason");
    error_set(&l->error, ERROR_UNAVAILABLE, "%s", line);
    free(line);
}

bool guest_look(void (*check)(struct pgr_look *), struct rule_look *look, struct error *e)
{
    struct pgr_look l = {.look = look};
    check(&l);
    if (!l.has_looked)
        error_set(&l.error, ERROR_USAGE, "the plugin's check looked at nothing");
    for (size_t i = 0; i < l.row_sets; i++)
        PQclear(l.rows[i]);
    free(l.rows);
    free(l.ledger);
    error_take(e, &l.error);
    return l.error.kind == ERROR_NONE;
}
