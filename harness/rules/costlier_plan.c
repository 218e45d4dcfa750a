#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "rules/look.h"
#include "rules/sql.h"
#include "rules/statement_trials.h"

static void append_string(struct text *t, const char *name, const char *value)
{
    text_append_format(t, ", \"%s\": ", name);
    if (value)
        text_append_json(t, value);
    else
        text_append(t, "null");
}

/* The statements that still work, as JSON, numbered as in the trials. */
static char *statements_of(const struct statement_trials *trials)
{
    struct text t = {0};
    text_append(&t, "[");
    for (size_t i = 0; i < trials->count; i++) {
        const struct statement_trial *s = &trials->items[i];
        if (s->failure)
            continue;
        text_append_format(&t, "%s{\"number\": %zu, \"calls\": %llu", t.length > 1 ? ", " : "", i,
                           (unsigned long long)s->statement->calls);
        append_string(&t, "sql", s->statement->sql);
        append_string(&t, "path", s->path);
        text_append(&t, "}");
    }
    text_append(&t, "]");
    return text_detach(&t);
}

static void append_figure(struct text *t, const char *name, const double *figure)
{
    if (figure)
        text_append_format(t, ", \"%s\": %.9g", name, *figure);
}

/* What the planner asks of a column, without any value. */
static void append_column(struct text *t, const struct shape_column *c, const char *between)
{
    text_append_format(t, "%s{\"name\": ", between);
    text_append_json(t, c->name);
    append_figure(t, "nulls", c->nulls);
    append_figure(t, "distinct", c->distinct);
    append_figure(t, "width", c->width);
    append_figure(t, "correlation", c->correlation);
    text_append(t, "}");
}

/* The tables whose rows are known. */
static char *tables_of(const struct shape *shape)
{
    struct text t = {0};
    text_append(&t, "[");
    for (uint32_t i = 0; i < shape->table_count; i++) {
        const struct shape_table *table = &shape->tables[i];
        if (!table->rows)
            continue;
        text_append_format(&t, "%s{\"rows\": %llu", t.length > 1 ? ", " : "",
                           (unsigned long long)*table->rows);
        append_string(&t, "name", table->name);
        text_append(&t, ", \"columns\": [");
        for (uint32_t j = 0; j < table->column_count; j++)
            append_column(&t, &table->columns[j], j ? ", " : "");
        text_append(&t, "]}");
    }
    text_append(&t, "]");
    return text_detach(&t);
}

/* The same with the identities that they have before the upgrade; to be freed. */
static char *tables_before(const struct rule_ground *g, struct error *e)
{
    char *all = tables_of(g->shape);
    const char *const values[] = {all};
    char *found = connection_value(g->before, sql_rule_plan_tables, 1, values, e);
    free(all);
    return found;
}

/* The plans, in a spell that leaves no statistics behind; to be freed. */
static char *plans_in(struct connection *c, const char *statements, const char *tables,
                      struct error *e)
{
    static const char query[] = "SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM "
                                "pg_temp.pgrehearse_plans($1::json, $2::json) q";
    const char *const values[] = {statements, tables};
    bool begun = connection_run(c, sql_rule_spell, e) && connection_run(c, sql_rule_plan_helper, e);
    char *found = begun ? connection_value(c, query, 2, values, e) : NULL;
    if (connection_run(c, "ROLLBACK", e))
        return found;
    free(found);
    return NULL;
}

static bool compare(struct rule_look *look, const struct statement_trials *trials, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *statements = statements_of(trials), *tables = tables_before(g, e);
    char *was = tables ? plans_in(g->before, statements, tables, e) : NULL;
    char *now = was ? plans_in(g->after, statements, tables, e) : NULL;
    const char *const values[] = {was, now, statements};
    bool good = now && look_judge(look, g->after, sql_rule_plan_judge, 3, values, e);
    free(now);
    free(was);
    free(tables);
    free(statements);
    return good;
}

static bool check(struct rule_look *look, struct error *e)
{
    const struct statement_trials *trials = statement_trials_take(look, e);
    if (!trials || !trials->count)
        return trials != NULL;
    bool may_set_statistics = false;
    if (!look_is_superuser(look->ground->after, &may_set_statistics, e))
        return false;
    if (may_set_statistics)
        return compare(look, trials, e);
    look_not_run(look, "only a superuser may plan with the number of rows that production has");
    return true;
}

const struct rule rule_costlier_plan = {
    .name = "costlier-plan",
    .level = LEVEL_WARNING,
    .needs_shape = true,
    .property = "no statement of the application becomes ten times as costly",
    .sees = "A statement of production's shape that the planner, with production's rows and the "
            "statistics of its columns, finds ten times as costly after the upgrade. Both plans "
            "are shown. It is planned "
            "only, never run.",
    .why = "An index that went, or an expression that no longer fits one, turns a lookup into a "
           "scan. On the few rows of a test it is as fast as before.",
    .remedy = "keep or build the index that the statement needs",
    .source = "https://www.postgresql.org/docs/current/using-explain.html",
    .check = check,
};
