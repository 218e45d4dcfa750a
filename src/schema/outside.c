#include "schema/outside.h"

#include "base/memory.h"
#include "postgres/reading.h"
#include "schema/sql.h"

static void add_lines(struct snapshot *s, const PGresult *result)
{
    size_t more = (size_t)PQntuples(result), count = s->count + more;
    s->lines = memory_resized(s->lines, count + 1, sizeof *s->lines);
    s->users = memory_resized(s->users, count + 1, sizeof *s->users);
    for (size_t i = 0; i < more; i++) {
        s->lines[s->count + i] = memory_copy_of(PQgetvalue(result, (int)i, 0));
        s->users[s->count + i] = NULL;
    }
    s->count = count;
}

static bool add(struct connection *c, const char *query, struct snapshot *s, struct error *e)
{
    PGresult *result = connection_query(c, query, 0, NULL, e);
    if (result)
        add_lines(s, result);
    PQclear(result);
    return result != NULL;
}

bool outside_add(struct connection *c, enum outside_scope which, struct snapshot *s,
                 struct error *e)
{
    struct reading reading;
    if (which == OUTSIDE_NONE)
        return true;
    bool good = reading_begin(&reading, c, e);
    if (good) {
        good = (which == OUTSIDE_SHARED || add(c, sql_outside_database, s, e)) &&
               (which == OUTSIDE_OF_DATABASE || add(c, sql_outside_cluster, s, e));
        good = reading_end(&reading, c, good, e);
    }
    snapshot_sort(s);
    return good || error_prefix(e, "cannot read what is outside of the database");
}
