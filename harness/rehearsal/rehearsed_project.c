#include "rehearsal/rehearsed_project.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "ground/installation.h"
#include "migrator/migrator_log.h"
#include "migrator/revision_order.h"

static const double reading_limit = 60; /* seconds to read all revisions */

/* "my-service" of "/srv/My Service": what a suite may be called. */
static char *name_of(const char *folder)
{
    const char *last = strrchr(folder, '/');
    char *name = memory_copy_of(last && last[1] ? last + 1 : "project");
    for (char *p = name; *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
        else if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", *p))
            *p = '-';
    }
    return name;
}

/* `given` is relative to `folder`, or to where we are with NULL. */
static bool find_sql(struct own_sql *sql, const char *option, const char *folder, const char *given,
                     bool may_be_folder, struct error *e)
{
    struct stat status;
    char *path =
        folder && *given != '/' ? memory_format("%s/%s", folder, given) : memory_copy_of(given);
    *sql = (struct own_sql){.path = realpath(path, NULL), .option = option};
    free(path);
    if (!sql->path || stat(sql->path, &status) != 0 || access(sql->path, R_OK) != 0)
        return error_set(e, file_error_kind(errno), "%s %s: %s", option, given, strerror(errno));
    sql->is_folder = S_ISDIR(status.st_mode) && may_be_folder;
    FILE *file = sql->is_folder ? NULL : regular_file_open(sql->path);
    if (!sql->is_folder && !file)
        return error_set(e, file_error_kind(errno), "%s %s: %s", option, given, file_reason(errno));
    if (file)
        fclose(file);
    return true;
}

/* The command line has the last word. */
static bool find_own_sql(struct rehearsed_project *p,
                         const struct rehearsed_project_request *request, struct error *e)
{
    const struct suite *s = p->suite;
    return (request->data ? find_sql(&p->rows, "--data", NULL, request->data, true, e)
                          : !s->data || find_sql(&p->rows, "pgrehearse.yaml: data", s->folder,
                                                 s->data, true, e)) &&
           (request->base ? find_sql(&p->base, "--base", NULL, request->base, false, e)
                          : !s->base || find_sql(&p->base, "pgrehearse.yaml: base", s->folder,
                                                 s->base, false, e));
}

static bool recognise(struct rehearsed_project *p, const char *folder,
                      const struct rehearsed_project_request *request, struct error *e)
{
    char *profiles = installation_migrators();
    const struct project_options options = {.shipped = profiles,
                                            .migrator = request->migrator,
                                            .folder = request->folder,
                                            .given = p->suite->migrator};
    p->project = project_find(folder, &options, e);
    free(profiles);
    return p->project && project_revisions(p->project, &p->revisions, e);
}

/* What it refuses is wrong with the files; what it cannot do without is for us to give. */
static bool judge_reading(struct revision_list *list, const struct migrator_result *result,
                          struct error *e)
{
    static const char self[] = "pgrehearse-migrate: ";
    const struct process_result *p = &result->process;
    const char *said = migrator_log_error(result);
    if (strncmp(said, self, strlen(self)) == 0)
        said += strlen(self);
    if (p->ending == PROCESS_EXITED && p->status == 3)
        return error_set(e, ERROR_UNAVAILABLE,
                         "%s; in pgrehearse.yaml: migrator: {environment: [NAME=VALUE]}", said);
    if (p->ending == PROCESS_EXITED && p->status == 2) {
        revision_problem_add(list, NULL, "%s", said);
        list->problems[0].remedy = "fix that file: the migrator refuses to start";
    }
    return true;
}

/* Our own migrator reads every file before it starts. */
static bool read_by_layout(struct rehearsed_project *p, const struct cancel *cancel,
                           struct error *e)
{
    struct migrator m = {0};
    struct migrator_result result = {0};
    if (!p->project->by_layout || p->revisions.problem_count)
        return true;
    rehearsed_project_migrator(p, &m);
    m.cancel = cancel;
    bool good =
        migrator_run(&m, MIGRATOR_HISTORY, NULL, "postgresql:///", reading_limit, &result, e) &&
        judge_reading(&p->revisions, &result, e);
    migrator_result_release(&result);
    migrator_release(&m);
    return good;
}

static const char *base_of(const struct rehearsed_project *p)
{
    return p->project->runner->base ? p->project->runner->base : "base";
}

bool rehearsed_project_open(struct rehearsed_project *p, const char *folder,
                            const struct rehearsed_project_request *request, struct error *e)
{
    *p = (struct rehearsed_project){0};
    p->suite = suite_load_project(folder, e);
    if (!p->suite || !recognise(p, folder, request, e) || !read_by_layout(p, request->cancel, e) ||
        !find_own_sql(p, request, e))
        return false;
    if (!p->suite->name)
        p->suite->name = name_of(p->project->root);
    return revision_range_choose(&p->range, &p->revisions, p->project->folder, base_of(p),
                                 &request->range, request->cancel, e);
}

void rehearsed_project_migrator(const struct rehearsed_project *p, struct migrator *m)
{
    project_migrator(p->project, &p->revisions, m);
    m->path = installation_programs();
}

char *rehearsed_project_text(const struct rehearsed_project *p)
{
    const struct project *project = p->project;
    size_t length = strlen(project->root), tried = p->range.end - p->range.first;
    const char *folder = project->folder;
    if (strncmp(folder, project->root, length) == 0)
        folder += folder[length] == '/' ? length + 1 : length;
    const struct project_revision *last = &p->revisions.items[p->range.end - 1];
    return memory_format("%s, %zu revision%s in %s; rehearsing %s%s%s",
                         profile_title(project->profile), p->revisions.count,
                         p->revisions.count == 1 ? "" : "s", *folder ? folder : ".",
                         tried == 1 ? "" : p->revisions.items[p->range.first].id,
                         tried == 1 ? "" : " to ", last->id);
}

void rehearsed_project_release(struct rehearsed_project *p)
{
    revision_range_release(&p->range);
    revision_list_release(&p->revisions);
    project_free(p->project);
    suite_free(p->suite);
    free(p->rows.path);
    free(p->base.path);
    *p = (struct rehearsed_project){0};
}
