#include "rehearsal/refused_rows.h"

#include <string.h>

#include "base/memory.h"
#include "ground/throwaway.h"
#include "migrator/expression.h"
#include "postgres/url.h"

enum { MOST_TABLES = 10 };

/* The table, and the column if it is about one. */
struct refusal {
    char *table, *column;
};

static void refusal_release(struct refusal *r)
{
    free(r->table);
    free(r->column);
    *r = (struct refusal){0};
}

/* What the server says when existing rows break a constraint that is being added. */
static bool find_refusal(const char *message, struct refusal *r)
{
    static const char *const by_table[] = {
        "of relation \"([^\"]+)\" is violated by some row",
        "new row for relation \"([^\"]+)\" violates check constraint",
        "insert or update on table \"([^\"]+)\" violates foreign key constraint"};
    struct expression_groups groups = {0};
    for (size_t i = 0; i < sizeof by_table / sizeof *by_table && !r->table; i++)
        if (expression_match_line(by_table[i], message, &groups)) {
            r->table = memory_copy_of(groups.items[1]);
            expression_groups_release(&groups);
        }
    if (!r->table && expression_match_line("column \"([^\"]+)\" of relation \"([^\"]+)\" contains "
                                           "null values",
                                           message, &groups)) {
        r->column = memory_copy_of(groups.items[1]);
        r->table = memory_copy_of(groups.items[2]);
        expression_groups_release(&groups);
    }
    return r->table != NULL;
}

/* The tables of that name, as SQL writes them; NULL if a new column is asked of every row. */
static char *tables_to_empty(struct connection *c, const struct refusal *r, struct error *e)
{
    static const char query[] =
        "SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c "
        "WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND c.oid >= 16384 AND ($2 = '' OR "
        "EXISTS "
        "(SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = $2))";
    const char *const values[] = {r->table, r->column ? r->column : ""};
    char *names = connection_value(c, query, 2, values, e);
    if (names && !*names) {
        free(names);
        names = NULL;
    }
    return names;
}

/* Takes the rows out, and those that refer to them; *done if there were any to take out. */
static bool take_out(struct leg *leg, const struct refusal *refusal, const char *message,
                     bool *done, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    struct connection c = {0};
    char *url = url_with_database(g->server->url, leg->filling.database, e);
    bool good = url && connection_open(&c, url, g->cancel, e);
    char *names = good ? tables_to_empty(&c, refusal, e) : NULL;
    if (names) {
        const char *said = strstr(message, ": "); /* how the migrator ended comes first */
        char *reason = memory_format("the upgrade refuses generated rows: %s; if production may "
                                     "have such rows, give some with --data FILE",
                                     said ? said + 2 : message);
        char *truncate = memory_format("TRUNCATE %s CASCADE", names);
        *done = connection_run(&c, truncate, e);
        if (*done)
            leg->filling.refused = filling_recount(g, &c, &leg->filling, reason);
        free(truncate);
        free(reason);
    }
    connection_close(&c);
    free(names);
    free(url);
    return e->kind == ERROR_NONE;
}

/* What the upgrade says to the rows that there are; nothing if it takes them. */
static bool try_upgrade(struct leg *leg, struct baseline_failure *failure, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    char *name = NULL, *purpose = memory_format("tried-r%zu", leg->run.leg);
    const struct baseline_request request = {.template = leg->filling.database,
                                             .revision = leg->suite.target,
                                             .purpose = purpose,
                                             .time_limit = ground_patience(g)};
    baseline_extend(g, &request, &name, failure, e);
    if (name && e->kind == ERROR_NONE)
        throwaway_drop(&g->server->lease, name, e);
    free(name);
    free(purpose);
    return e->kind == ERROR_NONE;
}

bool refused_rows_leave_out(struct leg *leg, struct error *e)
{
    bool again = leg->filling.database && leg->filling.rows;
    for (int i = 0; i < MOST_TABLES && again && e->kind == ERROR_NONE; i++) {
        struct baseline_failure failure = {0};
        struct refusal refusal = {0};
        again = false;
        if (try_upgrade(leg, &failure, e) && failure.message &&
            find_refusal(failure.message, &refusal))
            take_out(leg, &refusal, failure.message, &again, e);
        refusal_release(&refusal);
        baseline_failure_release(&failure);
    }
    return e->kind == ERROR_NONE;
}
