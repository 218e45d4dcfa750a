#include "rehearsal/kept_copy.h"

#include "base/memory.h"
#include "ground/throwaway.h"
#include "postgres/url.h"

static bool clone_database(struct rehearsal *r, const char *name, struct error *e)
{
    const struct ground *g = &r->run->ground;
    struct connection c = {0};
    bool good = connection_open(&c, g->server->url, g->cancel, e) &&
                throwaway_create(&c, name, r->database, g->folder->id, e);
    connection_close(&c);
    return good;
}

bool kept_copy_make(struct rehearsal *r, const char *purpose, struct kept_copy *copy,
                    struct error *e)
{
    const struct ground *g = &r->run->ground;
    char *whole = memory_format("%s %s", r->slug, purpose);
    *copy = (struct kept_copy){.database = throwaway_name(g->folder->id, whole)};
    char *url = url_with_database(g->server->url, copy->database, e);
    connection_close(&r->connection); /* a template must have no session */
    bool good = url && clone_database(r, copy->database, e) &&
                connection_open(&r->connection, r->url, g->cancel, e) &&
                connection_open(&copy->connection, url, g->cancel, e);
    free(url);
    free(whole);
    return good;
}

void kept_copy_drop(const struct rehearsal *r, struct kept_copy *copy)
{
    const struct ground *g = &r->run->ground;
    struct connection c = {0};
    struct error ignored = {0}; /* the end of the run drops what is left */
    connection_close(&copy->connection);
    if (copy->database && !g->keep && rehearsal_is_in_the_way(r) &&
        connection_open(&c, g->server->url, NULL, &ignored))
        throwaway_drop(&c, copy->database, &ignored);
    connection_close(&c);
    free(copy->database);
    *copy = (struct kept_copy){0};
}
