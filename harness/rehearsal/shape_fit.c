#include "rehearsal/shape_fit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ground/clone.h"
#include "ground/shaped.h"

static const size_t most_shown = 3; /* names in one line */

/* Every table that could be in a shape, partitions among them. */
static const char every_table[] =
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN "
    "pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= "
    "16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

static bool has(const PGresult *tables, const char *name)
{
    for (int i = 0; i < PQntuples(tables); i++)
        if (strcmp(PQgetvalue(tables, i, 0), name) == 0)
            return true;
    return false;
}

static bool judge(const struct run *run, const PGresult *tables, struct error *e)
{
    const struct ground *g = &run->ground;
    const struct shape *s = g->shape;
    struct text names = {0};
    size_t missing = 0;
    for (uint32_t i = 0; i < s->table_count; i++)
        if (!has(tables, s->tables[i].name) && missing++ < most_shown)
            text_append_format(&names, "%s%s", missing > 1 ? ", " : "", s->tables[i].name);
    bool none = missing == s->table_count && PQntuples(tables) > 0;
    const char *more = missing > most_shown ? " …" : "";
    if (none)
        error_set(e, ERROR_USAGE,
                  "--shape %s: it is the shape of another database: the revision %s has none of "
                  "its tables (%s%s)",
                  g->shape_path, g->suite->baseline, text_string(&names), more);
    else if (missing && PQntuples(tables) > 0)
        event_message(run->events,
                      "the shape %s has %zu table%s that the revision %s lacks (%s%s); nothing is "
                      "said about %s",
                      g->shape_path, missing, missing == 1 ? "" : "s", g->suite->baseline,
                      text_string(&names), more, missing == 1 ? "it" : "them");
    text_release(&names);
    return !none;
}

bool shape_fits(const struct run *run, const char *template, struct error *e)
{
    const struct ground *g = &run->ground;
    struct connection c = {0};
    if (!g->shape)
        return true;
    bool good = connection_open_beside(&c, &g->server->lease, template, e);
    PGresult *tables = good ? connection_query(&c, every_table, 0, NULL, e) : NULL;
    connection_close(&c);
    good = tables && judge(run, tables, e);
    PQclear(tables);
    return good;
}

bool shape_settle(const struct run *run, const char *template, bool say, struct error *e)
{
    const struct ground *g = &run->ground;
    if (say && g->shape && !g->server->is_embedded)
        event_message(run->events,
                      "--shape: on a server given by URL, production's settings, roles and rights "
                      "are not set; leave out --server to rehearse with them");
    if (!g->shaped)
        return true;
    bool good = shaped_settle(g, template, e);
    char *summary = good && say ? shaped_summary(g) : NULL;
    if (summary)
        event_message(run->events, "--shape: %s", summary);
    free(summary);
    return good;
}
