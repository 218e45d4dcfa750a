#include "rehearsal/relived_history.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/git_folder.h"
#include "ground/installation.h"
#include "ground/run_folder.h"
#include "ground/throwaway.h"
#include "postgres/url.h"
#include "rehearsal/base_database.h"
#include "rehearsal/first_baseline.h"
#include "rehearsal/history_difference.h"
#include "rehearsal/rehearsal.h"
#include "schema/delta.h"
#include "schema/left_out.h"

enum { MOST_NAMED = 4 };

static const double longest_chain = 3600; /* seconds for the migrations of a whole history */

/* The project as it was at the commit. */
struct earlier {
    char *directory;
    struct project *project;
    struct revision_list revisions;
    struct migrator migrator;
};

static void earlier_release(struct earlier *x)
{
    migrator_release(&x->migrator);
    revision_list_release(&x->revisions);
    project_free(x->project);
    free(x->directory);
}

/* It runs as today's does. */
static void set_migrator(struct earlier *x, const struct migrator *like)
{
    struct migrator *m = &x->migrator;
    project_migrator(x->project, &x->revisions, m);
    m->path = installation_programs();
    m->mark = like->mark ? memory_copy_of(like->mark) : NULL;
    m->confined = like->confined;
    m->variables = like->variables;
    m->preloads = like->preloads;
    m->cancel = like->cancel;
}

static bool earlier_open(struct earlier *x, const struct ground *g,
                         const struct rehearsed_project *p, struct error *e)
{
    char *profiles = installation_migrators();
    const struct project_options options = {.shipped = profiles,
                                            .migrator = p->project->name,
                                            .folder = project_shown_folder(p->project),
                                            .given = p->suite->migrator};
    const char *root = p->project->root;
    x->directory = memory_format("%s/earlier", g->folder->path);
    bool good = git_folder_extract(root, "--since", p->range.origin, x->directory, g->cancel, e) &&
                git_folder_link_ignored(root, x->directory, g->cancel, e) &&
                (x->project = project_find(x->directory, &options, e)) &&
                project_revisions(x->project, &x->revisions, e);
    free(profiles);
    if (good)
        set_migrator(x, &g->migrator);
    return good;
}

/* Databases of a trial: the first as it was, the second that one as it is, the third made from
 * nothing. */
enum made { AS_IT_WAS, UPGRADED, FROM_NOTHING, MADE_COUNT };

struct relived_trial {
    const struct rehearsal *r;
    struct ground ground; /* keeps no logs: they are of other databases */
    char *names[MADE_COUNT];
};

static bool make(struct relived_trial *t, enum made which, const struct migrator *m,
                 const char *template, const char *revision, char **failed, struct error *e)
{
    static const char *const purposes[] = {"earlier", "earlier_upgraded", "from_nothing"};
    const struct baseline_request request = {.template = template,
                                             .revision = revision,
                                             .purpose = purposes[which],
                                             .time_limit = longest_chain};
    struct ground ground = t->ground;
    struct baseline_failure failure;
    ground.migrator = *m;
    bool good = baseline_extend(&ground, &request, &t->names[which], &failure, e);
    if (failure.message)
        *failed = memory_format("%s%s%s", failure.file ? failure.file : "",
                                failure.file ? ": " : "", failure.message);
    baseline_failure_release(&failure);
    return good;
}

static bool take_snapshot(const struct relived_trial *t, enum made which, struct snapshot *s,
                          struct error *e)
{
    const struct ground *g = &t->ground;
    const struct suite_migrator *m = g->migrator.definition;
    struct connection c = {0};
    char *url = url_with_database(g->server->url, t->names[which], e);
    bool good = url && connection_open(&c, url, g->cancel, e) && snapshot_take(&c, s, e);
    connection_close(&c);
    free(url);
    if (good) {
        snapshot_leave_out(s, m->tables, m->table_count);
        snapshot_forget_order(s);
    }
    return good;
}

/* What the upgraded one has and lacks; NULL: it is like the new one. To be freed. */
static char *describe(const struct delta_differences *d)
{
    static const char *const words[] = {
        [DELTA_LOST] = "lost ", [DELTA_UNEXPECTED] = "unexpected ", [DELTA_CHANGED] = ""};
    struct text t = {0};
    for (size_t i = 0; i < d->count && i < MOST_NAMED; i++) {
        const struct delta_difference *item = &d->items[i];
        const char *message = item->message,
                   *word = item->kind <= DELTA_CHANGED ? words[item->kind] : "";
        if (strncmp(message, word, strlen(word)) == 0)
            message += strlen(word);
        text_append_format(&t, "%s%s%s", i ? "; " : "",
                           item->kind == DELTA_LOST         ? "without "
                           : item->kind == DELTA_UNEXPECTED ? "with "
                                                            : "",
                           message);
    }
    if (d->count > MOST_NAMED)
        text_append_format(&t, "; and %zu more", d->count - MOST_NAMED);
    return d->count ? text_detach(&t) : NULL;
}

static bool compare(const struct relived_trial *t, char **unlike, struct error *e)
{
    struct snapshot is = {0}, should_be = {0};
    struct delta delta = {0};
    struct delta_differences differences = {0};
    bool good = take_snapshot(t, FROM_NOTHING, &should_be, e) && take_snapshot(t, UPGRADED, &is, e);
    if (good) {
        delta_compute(&should_be, &is, &delta);
        delta_compare(&delta, NULL, &differences);
        *unlike = describe(&differences);
    }
    delta_differences_release(&differences);
    delta_release(&delta);
    snapshot_release(&is);
    snapshot_release(&should_be);
    return good;
}

/* "a database of main …" */
static bool judge(struct relived_trial *t, const char *base, const struct earlier *x,
                  const char *since, struct rule_relived *relived, struct error *e)
{
    const struct rehearsed_project *p = t->r->run->first->project;
    const char *newest = p->revisions.items[p->range.end - 1].id;
    const char *then = x->revisions.items[x->revisions.count - 1].id;
    const struct migrator *m = &t->r->run->ground.migrator;
    char *failed = NULL, *unlike = NULL;
    if (!make(t, AS_IT_WAS, &x->migrator, base, then, &failed, e) ||
        !make(t, FROM_NOTHING, m, base, newest, &failed, e))
        relived->obstacle = failed;
    else if (!make(t, UPGRADED, m, t->names[AS_IT_WAS], newest, &failed, e) && failed)
        relived->outcome = memory_format("a database of %s cannot be upgraded: %s", since, failed);
    else if (e->kind == ERROR_NONE && compare(t, &unlike, e) && unlike)
        relived->outcome =
            memory_format("a database of %s ends up otherwise than a new one: %s", since, unlike);
    if (failed != relived->obstacle)
        free(failed);
    free(unlike);
    return e->kind == ERROR_NONE;
}

static void drop(const struct relived_trial *t)
{
    for (size_t i = 0; i < MADE_COUNT; i++) {
        struct error ignored = {0}; /* the end of the run drops what is left */
        if (t->names[i] && !t->ground.keep)
            throwaway_drop(&t->ground.server->lease, t->names[i], &ignored);
        free(t->names[i]);
    }
}

static bool try(struct rehearsal *r, const struct earlier *x, struct rule_relived *relived,
                struct error *e)
{
    const struct first_baseline *first = r->run->first;
    struct relived_trial t = {.r = r, .ground = r->run->ground};
    struct leg *leg = &r->run->legs[0];
    char *base = NULL;
    t.ground.output = NULL;
    bool good = base_database_make(leg, first->project, &base, e) &&
                judge(&t, base, x, first->since, relived, e);
    base_database_drop(leg, base);
    drop(&t);
    return good;
}

/* What keeps the earlier project from being run says nothing against the migration. */
static bool take_obstacle(bool good, struct rule_relived *relived, struct error *e)
{
    if (good || e->kind == ERROR_INTERRUPTED)
        return good;
    relived->obstacle = memory_copy_of(e->message);
    error_clear(e);
    return true;
}

static bool relive(struct rehearsal *r, const struct earlier *x, struct rule_relived *relived,
                   struct error *e)
{
    const struct first_baseline *first = r->run->first;
    struct history_difference d;
    history_difference_find(&d, &x->revisions, first->revisions, first->since);
    bool good = true;
    if (d.text && x->revisions.count) {
        relived->rewritten = memory_format("differs from that of %s (%s)", first->since, d.text);
        relived->file = d.file;
        relived->remedy = d.remedy;
        d.file = d.remedy = NULL;
        if (x->revisions.problem_count)
            relived->obstacle = memory_copy_of(x->revisions.problems[0].text);
        else
            good = try(r, x, relived, e);
    }
    history_difference_release(&d);
    return good;
}

bool relived_history_make(void *rehearsal, struct rule_relived *relived, struct error *e)
{
    struct rehearsal *r = rehearsal;
    const struct rehearsed_project *p = r->run->first->project;
    struct earlier x = {0};
    if (!p->range.origin)
        return true;
    bool good = earlier_open(&x, &r->run->ground, p, e);
    if (good)
        good = relive(r, &x, relived, e);
    else if (take_obstacle(good, relived, e))
        good = (relived->rewritten =
                    memory_format("may differ from that of %s", r->run->first->since)) != NULL;
    earlier_release(&x);
    return good;
}
