#include "rehearsal/own_rows.h"

#include <unistd.h>

#include "base/memory.h"
#include "ground/clone.h"
#include "ground/migrator_role.h"
#include "rehearsal/base_database.h"
#include "rehearsal/sql_file.h"

static char *file_of(const struct own_sql *rows, const char *revision)
{
    return memory_format("%s/%s.sql", rows->path, revision);
}

static bool run_file_of(const struct ground *g, const struct own_sql *rows, const char *revision,
                        const struct clone *clone, struct error *e)
{
    char *path = file_of(rows, revision);
    bool good = access(path, F_OK) != 0 || sql_file_run(g, clone, rows->option, path, e);
    free(path);
    return good;
}

/* A database at the base, or a clone of the template if it has nothing to pass on its way. */
static bool start(const struct leg *leg, const char *template, struct clone *clone, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    char *purpose = leg->run.leg ? memory_format("own-r%zu", leg->run.leg) : memory_copy_of("own");
    bool good = ground_clone(g, &g->server->lease, purpose, template, clone, e);
    free(purpose);
    return good;
}

static bool bring_to(const struct ground *g, const char *revision, const struct clone *clone,
                     bool *failed, struct error *e)
{
    struct migrator_result result = {0};
    bool good = cluster_enter(g->cluster, NULL, clone->database, e) &&
                migrator_role_promote(g, e) &&
                migrator_run(&g->migrator, MIGRATOR_UPGRADE, revision, clone->migrator_url,
                             ground_patience(g), &result, e);
    good = migrator_role_demote(g, good ? clone->url : NULL, e) && good;
    good = cluster_leave(g->cluster, NULL, clone->database, true, e) && good;
    *failed = good && !process_succeeded(&result.process);
    migrator_result_release(&result);
    return good;
}

/* From nothing, with a stop at each revision that has a file; only files need that. */
static bool follow_chain(const struct leg *leg, const struct rehearsed_project *p,
                         const struct clone *clone, bool *failed, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    const struct own_sql *rows = &p->rows;
    for (size_t i = 0; i < leg->place && !*failed; i++) {
        const char *id = p->revisions.items[i].id;
        char *path = file_of(rows, id);
        bool stop = access(path, F_OK) == 0 || i + 1 == leg->place;
        free(path);
        if (stop && !bring_to(g, id, clone, failed, e))
            return false;
        if (stop && !*failed && !run_file_of(g, rows, id, clone, e))
            return false;
    }
    return true;
}

static bool start_at_base(const struct leg *leg, const struct rehearsed_project *p,
                          struct clone *clone, struct error *e)
{
    char *base;
    bool good = base_database_make(leg, p, &base, e) && start(leg, base, clone, e);
    base_database_drop(leg, base);
    return good;
}

static bool make_first(const struct leg *leg, const struct rehearsed_project *p,
                       struct clone *clone, bool *failed, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    if (p->rows.is_folder)
        return start_at_base(leg, p, clone, e) && follow_chain(leg, p, clone, failed, e);
    return start(leg, leg->template, clone, e) &&
           sql_file_run(g, clone, p->rows.option, p->rows.path, e);
}

static bool make_next(const struct leg *leg, const struct leg *before,
                      const struct rehearsed_project *p, struct clone *clone, bool *failed,
                      struct error *e)
{
    const struct ground *g = &leg->run.ground;
    const char *reached = before->suite.target;
    return start(leg, before->own, clone, e) && bring_to(g, reached, clone, failed, e) &&
           (*failed || !p->rows.is_folder || run_file_of(g, &p->rows, reached, clone, e));
}

bool own_rows_make(struct leg *leg, const struct leg *before,
                   const struct rehearsed_project *project, struct error *e)
{
    struct clone clone = {0};
    struct error ignored = {0};
    bool failed = false;
    if (!project || !project->rows.path || leg->place == 0)
        return true;
    bool good = before && before->own ? make_next(leg, before, project, &clone, &failed, e)
                                      : make_first(leg, project, &clone, &failed, e);
    /* a revision that fails on these rows was found so already; what comes after has others */
    if (good && !failed)
        leg->own = memory_copy_of(clone.database);
    else /* it is of no use, and its name may be wanted again */
        clone_drop(&clone, &leg->run.ground.server->lease, &ignored);
    clone_release(&clone);
    return good;
}
