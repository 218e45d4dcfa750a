#include "rehearsal/kept_copy.h"

#include <stdlib.h>

#include "schema/table_marks.h"

/* A template must have no session: `session`, to the original at `url`, is closed meanwhile. */
static bool make(const struct rehearsal *r, struct connection *session, const char *url,
                 const char *original, const char *purpose, struct kept_copy *copy, struct error *e)
{
    const struct cancel *cancel = r->run->ground.cancel;
    *copy = (struct kept_copy){0};
    connection_close(session);
    bool good = rehearsal_clone(r, purpose, original, &copy->clone, e);
    good = connection_open(session, url, cancel, e) && good;
    return good && connection_open(&copy->connection, copy->clone.url, cancel, e) &&
           (copy->since = table_marks_moment(&copy->connection, e));
}

bool kept_copy_make(struct rehearsal *r, const char *purpose, struct kept_copy *copy,
                    struct error *e)
{
    return make(r, &r->connection, r->url, r->database, purpose, copy, e);
}

bool kept_copy_make_of(struct rehearsal *r, struct kept_copy *original, const char *purpose,
                       struct kept_copy *copy, struct error *e)
{
    return make(r, &original->connection, original->clone.url, original->clone.database, purpose,
                copy, e);
}

void kept_copy_drop(const struct rehearsal *r, struct kept_copy *copy)
{
    const struct ground *g = &r->run->ground;
    struct connection c = {0};
    struct error ignored = {0}; /* the end of the run drops what is left */
    connection_close(&copy->connection);
    if (copy->clone.database && !g->keep && rehearsal_is_in_the_way(r) &&
        connection_open(&c, g->server->url, NULL, &ignored))
        clone_drop(&copy->clone, &c, &ignored);
    connection_close(&c);
    free(copy->since);
    copy->since = NULL;
    clone_release(&copy->clone);
}
