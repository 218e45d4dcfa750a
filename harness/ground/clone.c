#include "ground/clone.h"

#include "base/memory.h"
#include "ground/throwaway.h"
#include "postgres/url.h"

/* What is made from nothing belongs to the migrator's role; a clone, to its template's owner. */
static bool hand_over(struct connection *c, const char *name, struct error *e)
{
    char *identifier = connection_identifier(c, name);
    char *alter = memory_format("ALTER DATABASE %s OWNER TO " EMBEDDED_ROLE, identifier);
    bool good = connection_run(c, alter, e);
    free(alter);
    free(identifier);
    return good;
}

bool clone_reach(const struct ground *g, const char *name, struct clone *clone, struct error *e)
{
    const struct server *server = g->server;
    const char *migrator =
        migrator_needs_port(&g->migrator) ? server->port_url : server->migrator_url;
    *clone = (struct clone){.database = memory_copy_of(name),
                            .url = url_with_database(server->url, name, e),
                            .migrator_url = url_with_database(migrator, name, e)};
    return clone->url && clone->migrator_url;
}

bool ground_clone(const struct ground *g, struct connection *c, const char *purpose,
                  const char *template, struct clone *clone, struct error *e)
{
    const struct server *server = g->server;
    char *name = throwaway_name(g->folder->id, purpose);
    *clone = (struct clone){0};
    bool made = template ? throwaway_create(c, name, template, g->folder->id, e)
                         : throwaway_create_in(c, name, &server->form, g->folder->id, e);
    if (!made || (!template && server->is_embedded && !hand_over(c, name, e)) ||
        !cluster_copied(g->cluster, template, name, e)) {
        free(name);
        return false;
    }
    bool good = clone_reach(g, name, clone, e);
    free(name);
    return good;
}

bool clone_drop(struct clone *clone, struct connection *c, struct error *e)
{
    bool good = !clone->database || throwaway_drop(c, clone->database, e);
    clone_release(clone);
    return good;
}

void clone_release(struct clone *clone)
{
    free(clone->database);
    free(clone->url);
    free(clone->migrator_url);
    *clone = (struct clone){0};
}
