#include "postgres/kept_query.h"

#include <stdio.h>

/* The place of the query among those that are kept, or a free one; CONNECTION_KEPT: neither. */
static size_t place_of(const struct connection *c, const char *sql)
{
    size_t i = 0;
    while (i < CONNECTION_KEPT && c->kept[i] && c->kept[i] != sql)
        i++;
    return i;
}

PGresult *kept_query(struct connection *c, const char *sql, size_t count, const char *const *values,
                     struct error *e)
{
    size_t place = place_of(c, sql);
    if (!c->pg || c->shared || place == CONNECTION_KEPT)
        return connection_query(c, sql, count, values, e);
    char name[32];
    snprintf(name, sizeof name, "pgrehearse_%zu", place);
    if (!c->kept[place] && !connection_prepare(c, name, sql, e))
        return NULL;
    c->kept[place] = sql;
    return connection_ask(c, name, count, values, e) ? connection_answer(c, e) : NULL;
}
