#include "rehearsal/own_rows.h"

#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "ground/clone.h"
#include "ground/migrator_role.h"
#include "production/backups/client_program.h"

static const double patience = 600; /* seconds for a file of rows */

/* psql reads what pg_dump writes: COPY with its rows behind it, and its own commands. */
static bool run_psql(const struct ground *g, const struct clone *clone, const char *path,
                     struct error *e)
{
    const char *url = clone->migrator_url, *database = clone->database;
    struct error logged = {0};
    long log = server_log_offset(g->server);
    char *psql = client_program_find("psql", g->server->version, e);
    if (!psql)
        return false;
    struct text command = {0};
    text_append(&command, "exec ");
    text_append_word(&command, psql);
    text_append(&command, " -X -q -v ON_ERROR_STOP=1 -d \"$PGREHEARSE_URL\" -f ");
    text_append_word(&command, path);
    char *variable = memory_format("PGREHEARSE_URL=%s", url);
    const char *form = g->server->form.encoding;
    char *encoding = memory_format("PGCLIENTENCODING=%s", form ? form : "UTF8");
    const char *const environment[] = {variable, encoding,
                                       "PGOPTIONS=-c client_min_messages=warning", NULL};
    struct process_request request = {.command = text_string(&command),
                                      .environment = environment,
                                      .time_limit = patience,
                                      .cancel = g->cancel};
    struct process_result p = {0};
    bool good = process_run(&request, &p, e);
    if (good && !process_succeeded(&p)) {
        char *said = text_one_line(text_string(&p.log));
        server_logged_error(g->server, database, log, &logged);
        good = error_set_sqlstate(e, ERROR_USAGE, logged.sqlstate, "--data: %s",
                                  *said ? said : "psql failed");
        free(said);
    }
    process_result_release(&p);
    free(encoding);
    free(variable);
    text_release(&command);
    free(psql);
    return good;
}

/* As the migrator's role, whose the objects are that it makes, but past row security. */
static bool run_file(const struct ground *g, const struct clone *clone, const char *path,
                     struct error *e)
{
    bool good = cluster_enter(g->cluster, NULL, clone->database, e) &&
                migrator_role_promote(g, e) && run_psql(g, clone, path, e);
    good = migrator_role_demote(g, good ? clone->url : NULL, e) && good;
    return cluster_leave(g->cluster, NULL, clone->database, true, e) && good;
}

static char *file_of(const struct own_rows *rows, const char *revision)
{
    return memory_format("%s/%s.sql", rows->path, revision);
}

static bool run_file_of(const struct ground *g, const struct own_rows *rows, const char *revision,
                        const struct clone *clone, struct error *e)
{
    char *path = file_of(rows, revision);
    bool good = access(path, F_OK) != 0 || run_file(g, clone, path, e);
    free(path);
    return good;
}

/* A database of its own, or a clone of the template if it has nothing to pass on its way. */
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
    const struct own_rows *rows = &p->rows;
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

static bool make_first(const struct leg *leg, const struct rehearsed_project *p,
                       struct clone *clone, bool *failed, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    if (p->rows.is_folder)
        return start(leg, NULL, clone, e) && follow_chain(leg, p, clone, failed, e);
    return start(leg, leg->template, clone, e) && run_file(g, clone, p->rows.path, e);
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
