#include "rehearsal/base_database.h"

#include "base/memory.h"
#include "ground/clone.h"
#include "ground/throwaway.h"
#include "rehearsal/sql_file.h"

/* The file may have come with the migrator's own table: then the history goes on from there. */
static bool is_before_leg(const struct leg *leg, const struct rehearsed_project *p,
                          const struct clone *clone, struct error *e)
{
    char *said = baseline_current(&leg->run.ground, clone->migrator_url);
    size_t stands = said ? revision_list_said(&p->revisions, said) : p->revisions.count;
    free(said);
    if (stands == p->revisions.count || stands < leg->place)
        return true;
    const char *at = p->revisions.items[stands].id;
    return stands + 1 < p->revisions.count
               ? error_set(e, ERROR_USAGE,
                           "%s %s is at revision %s already: rehearse what comes after it with "
                           "--from %s",
                           p->base.option, p->base.path, at, at)
               : error_set(e, ERROR_USAGE,
                           "%s %s is at revision %s already, and no revision comes after it: dump "
                           "the schema from before",
                           p->base.option, p->base.path, at);
}

static char *purpose_of(const struct leg *leg)
{
    return leg->run.leg ? memory_format("base-r%zu", leg->run.leg) : memory_copy_of("base");
}

void base_database_drop(const struct leg *leg, char *name)
{
    const struct ground *g = &leg->run.ground;
    struct error ignored = {0}; /* the end of the run drops what is left */
    if (name && !g->keep)
        throwaway_drop(&g->server->lease, name, &ignored);
    free(name);
}

bool base_database_make(const struct leg *leg, const struct rehearsed_project *project, char **name,
                        struct error *e)
{
    const struct ground *g = &leg->run.ground;
    *name = NULL;
    if (!project->base.path)
        return true;
    struct clone clone = {0};
    struct baseline_failure failure; /* no migrator runs */
    char *purpose = purpose_of(leg);
    const struct baseline_request request = {.purpose = purpose};
    bool good = baseline_extend(g, &request, name, &failure, e) &&
                clone_reach(g, *name, &clone, e) &&
                sql_file_run(g, &clone, project->base.option, project->base.path, e) &&
                is_before_leg(leg, project, &clone, e);
    clone_release(&clone);
    free(purpose);
    return good;
}

bool base_database_extend(struct leg *leg, const struct rehearsed_project *project,
                          const struct baseline_request *request, struct baseline_failure *failure,
                          struct error *e)
{
    struct baseline_request from = *request;
    char *base = NULL;
    bool good = request->template || base_database_make(leg, project, &base, e);
    if (base)
        from.template = base;
    good = good && baseline_extend(&leg->run.ground, &from, &leg->template, failure, e);
    base_database_drop(leg, base);
    return good;
}
