#include "rehearsal/twin.h"

#include <stdlib.h>

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

bool twin_make(struct rehearsal *r, struct error *e)
{
    char *purpose = memory_format("%s twin", r->slug);
    char *name = throwaway_name(r->run->ground.folder->id, purpose);
    r->twin = memory_zeroed(1, sizeof *r->twin);
    connection_close(&r->connection); /* a template must have no session */
    bool good = clone_database(r, name, e) &&
                connection_open(&r->connection, r->url, r->run->ground.cancel, e) &&
                (r->twin->url = url_with_database(r->run->ground.server->url, name, e)) &&
                connection_open(&r->twin->connection, r->twin->url, r->run->ground.cancel, e);
    free(name);
    free(purpose);
    return good;
}

void twin_free(struct twin *twin)
{
    if (!twin)
        return;
    rule_ground_release(&twin->ground);
    connection_close(&twin->connection);
    cost_record_free(twin->cost);
    free(twin->url);
    free(twin);
}
