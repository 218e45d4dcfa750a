#include "migrator/steps_to.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrator/revision_order.h"
#include "postgres/connection.h"

/* undefined_table, invalid_schema_name: nothing was applied yet */
static bool is_not_there_yet(const struct error *e)
{
    return strcmp(e->sqlstate, "42P01") == 0 || strcmp(e->sqlstate, "3F000") == 0;
}

bool steps_applied(const struct migrator *m, const char *url, char ***revisions, size_t *count,
                   struct error *e)
{
    struct connection c = {0};
    struct error own = {0};
    *revisions = NULL;
    *count = 0;
    if (!m->definition->applied)
        return error_set(e, ERROR_USAGE, "the profile of %s has no query `applied`",
                         m->definition->name);
    if (!connection_open(&c, m->direct ? m->direct : url, m->cancel, e))
        return false;
    PGresult *rows = connection_query(&c, m->definition->applied, 0, NULL, &own);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        *(char **)memory_append(revisions, count, sizeof **revisions) =
            memory_copy_of(PQgetvalue(rows, i, 0));
    PQclear(rows);
    connection_close(&c);
    return own.kind == ERROR_NONE || is_not_there_yet(&own) || error_take(e, &own);
}

static bool is_number(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

static bool is_same(const char *id, const char *applied)
{
    return strcmp(id, applied) == 0 ||
           (is_number(id) && is_number(applied) && revision_number_compare(id, applied) == 0);
}

static bool is_applied(const struct project_revision *revision, char *const *applied, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_same(revision->id, applied[i]))
            return true;
    return false;
}

/* The place behind the revision; 0 for none or for the migrator's word for that. */
static bool find_end(const struct migrator *m, const char *revision, size_t *end, struct error *e)
{
    const char *base = m->definition->base;
    *end = 0;
    if (!revision || !*revision || (base && strcmp(base, revision) == 0))
        return true;
    size_t place = m->revisions ? revision_list_place(m->revisions, revision) : SIZE_MAX;
    *end = place + 1;
    return place != SIZE_MAX || error_set(e, ERROR_USAGE, "migrator %s has no revision %s",
                                          m->definition->name, revision);
}

bool steps_to(const struct migrator *m, enum migrator_action action, const char *revision,
              const char *url, size_t *count, struct error *e)
{
    char **applied;
    size_t applied_count, end;
    bool up = action == MIGRATOR_UPGRADE;
    *count = 0;
    if (!find_end(m, revision, &end, e))
        return false;
    bool good = steps_applied(m, url, &applied, &applied_count, e);
    size_t number = m->revisions ? m->revisions->count : 0;
    for (size_t i = up ? 0 : end; good && i < (up ? end : number); i++)
        *count += is_applied(&m->revisions->items[i], applied, applied_count) != up;
    for (size_t i = 0; i < applied_count; i++)
        free(applied[i]);
    free(applied);
    return good;
}
