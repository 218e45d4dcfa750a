#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/sql.h"

/* Whether a second statement follows in the same query: ledger and tag say little of it. */
static bool is_script(const char *sql)
{
    const char *end = strchr(sql, ';');
    return end && end[1 + strspn(end + 1, " \t\r\n;")];
}

/* The tables that the ledger saw written or made, as an array to be freed; NULL: it may not know
 * all. */
static char *written_tables(const struct cost_record *cost)
{
    static const char table[] = "table ";
    const char **names = memory_zeroed(cost->lock_count + cost->table_count + 1, sizeof *names);
    size_t count = 0;
    bool knows = true;
    for (size_t i = 0; i < cost->statement_count; i++)
        knows = knows && !is_script(cost->statements[i].sql);
    for (size_t i = 0; i < cost->lock_count; i++)
        if (strcmp(cost->locks[i].mode, "RowExclusiveLock") == 0 &&
            strncmp(cost->locks[i].object, table, strlen(table)) == 0)
            names[count++] = cost->locks[i].object + strlen(table);
    for (size_t i = 0; i < cost->table_count; i++)
        if (cost->tables[i].before < 0)
            names[count++] = cost->tables[i].table;
    char *array = knows && count ? connection_array(names, count) : NULL;
    free(names);
    return array;
}

static char *digests(const struct rule_ground *g, struct connection *c, struct error *e)
{
    char *own = connection_array((const char *const *)g->own_tables, g->own_table_count);
    char *written = written_tables(g->cost);
    const char *const values[] = {own, written};
    char *found = look_facts(c, sql_rule_order_facts, 2, values, e);
    free(written);
    free(own);
    return found;
}

static bool names_own_table(const struct rule_ground *g, const char *sql)
{
    for (size_t i = 0; i < g->own_table_count; i++)
        if (strstr(sql, g->own_tables[i]))
            return true;
    return false;
}

/* Whether the ledger has anything that may have written rows, beside what the migrator notes. */
static bool wrote_rows(const struct rule_ground *g)
{
    static const char *const tags[] = {
        "INSERT", "UPDATE", "DELETE", "MERGE",        "COPY",
        "DO",     "CALL",   "SELECT", "CREATE TABLE", "CREATE TABLE AS"};
    for (size_t i = 0; g->cost && i < g->cost->statement_count; i++) {
        const struct statement_cost *s = &g->cost->statements[i];
        if (is_script(s->sql))
            return true;
        for (size_t j = 0; j < sizeof tags / sizeof *tags; j++)
            if (s->tag && strncmp(s->tag, tags[j], strlen(tags[j])) == 0 &&
                !names_own_table(g, s->sql))
                return true;
    }
    return false;
}

/* The digests at the target after a journey; NULL where the migrator failed, which is seen. */
static bool travel(struct rule_look *look, const char *prepare, const char *place, char **there,
                   struct error *e)
{
    struct rule_ground *g = look->ground;
    struct connection *c = NULL;
    char *trouble = NULL;
    const struct rule_journey journey = {.prepare = prepare, .place = place};
    bool good = g->travel(g->context, &journey, &c, &trouble, e);
    if (good && trouble)
        look_sees(look, "the migration", trouble, NULL);
    else if (good)
        good = (*there = digests(g, c, e)) != NULL;
    free(trouble);
    return good;
}

static bool are_equal(struct connection *c, const char *a, const char *b, bool *equal,
                      struct error *e)
{
    const char *const values[] = {a, b};
    char *answer = connection_value(
        c,
        "SELECT (SELECT jsonb_agg(v - 'placed' ORDER BY v->>'name', v->>'part') FROM "
        "jsonb_array_elements($1) v) = (SELECT jsonb_agg(v - 'placed' ORDER BY v->>'name', "
        "v->>'part') FROM jsonb_array_elements($2) v)",
        2, values, e);
    *equal = answer && *answer == 't';
    bool good = answer != NULL;
    free(answer);
    return good;
}

/* The second journey, with the rows as they are, shows what differs each time. */
static bool compare(struct rule_look *look, const char *concern, const char *here, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *there = NULL, *again = NULL;
    bool equal = true;
    bool good = travel(look, sql_rule_order_reverse, "where the rows are stored in another order",
                       &there, e) &&
                (!there || are_equal(g->after, here, there, &equal, e)) &&
                (equal || travel(look, NULL, "a second time", &again, e));
    const char *const values[] = {concern, here, there, again};
    good = good && (!again || look_judge(look, g->after, sql_rule_order_judge, 4, values, e));
    free(again);
    free(there);
    return good;
}

static bool go(struct rule_look *look, struct error *e)
{
    struct rule_ground *g = look->ground;
    char *was = digests(g, g->before, e);
    char *here = was ? digests(g, g->after, e) : NULL;
    const char *const values[] = {was, here};
    char *concern = here ? connection_value(g->after, sql_rule_order_concern, 2, values, e) : NULL;
    bool good = concern && (strcmp(concern, "[]") == 0 || compare(look, concern, here, e));
    free(concern);
    free(here);
    free(was);
    return good;
}

static bool check(struct rule_look *look, struct error *e)
{
    bool is_superuser = false;
    if (!look->ground->travel) {
        look_not_run(look, "the migrator could not be run on rows in another order");
        return true;
    }
    if (!wrote_rows(look->ground))
        return true;
    if (!look_is_superuser(look->ground->after, &is_superuser, e))
        return false;
    if (is_superuser)
        return go(look, e);
    look_not_run(look, "rows can be stored in another order only by a superuser");
    return true;
}

const struct rule rule_order_dependent = {
    .name = "order-dependent",
    .level = LEVEL_WARNING,
    .needs_run = true,
    .property = "the order of stored rows makes no difference",
    .sees = "Values that come out differently where the same rows are stored in the opposite "
            "order: UPDATE … FROM that finds several rows for one, DISTINCT ON or LIMIT without a "
            "full ORDER BY, duplicates of which an arbitrary one is kept. What differs from run to "
            "run, such as now(), and keys from sequences are not blamed; booleans, the order "
            "within a list and tables of more than 8 MB are not compared.",
    .why = "The server takes whichever row it meets first. A test database meets them in the order "
           "in which they were inserted; in production updates and vacuum have mixed them, so "
           "other values are chosen there.",
    .remedy = "say which row counts: ORDER BY what no two rows share, or an aggregate such as "
              "max()",
    .source = "https://www.postgresql.org/docs/current/sql-update.html",
    .check = check,
};
