#include "rehearsal/leg.h"

#include "base/clock.h"
#include "base/memory.h"
#include "ground/baseline_cache.h"
#include "ground/declared_tables.h"
#include "ground/shaped.h"
#include "ground/throwaway.h"
#include "postgres/url.h"
#include "rehearsal/base_database.h"
#include "rehearsal/baseline_key.h"
#include "rehearsal/data_encoding.h"
#include "rehearsal/extension_rights.h"
#include "rehearsal/fixture_store.h"
#include "rehearsal/own_rows.h"
#include "rehearsal/refused_rows.h"
#include "rehearsal/shape_fit.h"
#include "rehearsal/suite_fit.h"

static const double worth_keeping = 1;    /* seconds that building a baseline took */
static const size_t long_history = 50;    /* revisions */
static const double longest_chain = 3600; /* seconds for the migrations up to the first baseline */

const char no_way_back[] = "no way back";

static const char *baseline_of(const struct rehearsed_project *p, const struct ground *g,
                               size_t place)
{
    const struct project_revision *revision = &p->revisions.items[place];
    if (place == 0)
        return ground_base(g);
    bool has_parents = revision->parent_count == 1 || (revision->parent_count && !revision->family);
    return has_parents ? revision->parents[revision->parent_count - 1]
                       : p->revisions.items[place - 1].id;
}

static char *way_back(const struct ground *g, const struct project_revision *revision)
{
    if (!g->migrator.definition->downgrade)
        return memory_format("%s has no command that goes back", g->migrator.definition->name);
    return revision->has_down ? NULL : memory_format("%s has %s", revision->id, no_way_back);
}

/* Whether the project writes ways back at all: where it does, a revision without one lacks it. */
static bool goes_back(const struct rehearsed_project *p)
{
    for (size_t i = 0; i < p->revisions.count; i++)
        if (p->revisions.items[i].has_down)
            return true;
    return false;
}

void legs_make(struct run *run, const struct rehearsed_project *project)
{
    size_t first = project ? project->range.first : 0, end = project ? project->range.end : 1;
    run->leg_count = end - first;
    run->legs = memory_zeroed(run->leg_count, sizeof *run->legs);
    for (size_t i = 0; i < run->leg_count; i++) {
        struct leg *leg = &run->legs[i];
        leg->suite = *run->ground.suite;
        leg->place = first + i;
        if (project) {
            const struct project_revision *revision = &project->revisions.items[leg->place];
            leg->suite.baseline = (char *)baseline_of(project, &run->ground, leg->place);
            leg->suite.target = revision->id;
            leg->no_way_back = way_back(&run->ground, revision);
            leg->lacks_way_back = leg->no_way_back && run->ground.migrator.definition->downgrade &&
                                  goes_back(project);
            leg->revision = run->leg_count > 1 ? revision->id : NULL;
        }
        leg_refresh(leg, run);
    }
}

void leg_refresh(struct leg *leg, const struct run *run)
{
    leg->run = *run;
    leg->run.leg = leg->revision ? (size_t)(leg - run->legs) + 1 : 0;
    leg->run.ground.suite = &leg->suite;
    leg->run.ground.template = leg->template;
    leg->run.ground.no_way_back = leg->no_way_back;
    leg->run.ground.lacks_way_back = leg->lacks_way_back;
    leg->run.ground.filled = leg->filling.database;
    leg->run.ground.filling = &leg->filling;
    leg->run.fixtures = leg->fixtures;
}

void leg_share_fixtures(struct leg *leg)
{
    struct run_record scratch = {0};
    leg->fixtures = leg->run.fixtures = fixture_store_new();
    for (size_t i = 0; i < leg->planned_count; i++)
        if (!leg->planned[i].on_source)
            free(rehearsal_walk(&leg->run, leg->planned[i].scenario,
                                record_add_scenario(&scratch, "", "")));
    record_release(&scratch);
}

static bool needs_rows(const struct leg *leg)
{
    static const char *const names[] = {"sample", "varied", "generated"};
    bool needs = leg->suite.fixture_count == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        needs = needs || !suite_find_fixture(&leg->suite, names[i]);
    return needs;
}

static char *purpose(const char *what, const struct leg *leg)
{
    return leg->run.leg ? memory_format("%s-r%zu", what, leg->run.leg) : memory_copy_of(what);
}

static bool fill(struct leg *leg, const struct rehearsed_project *project, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    bool has_own = project && project->rows.path;
    char *name = purpose("filled", leg);
    const struct filling_request request = {.template = leg->own ? leg->own : leg->template,
                                            .purpose = name,
                                            .generate = !has_own || g->rows > 0,
                                            .rows = g->rows};
    if (needs_rows(leg))
        filling_make(g, &request, &leg->filling);
    free(name);
    if (leg->filling.error.kind == ERROR_INTERRUPTED)
        error_take(e, &leg->filling.error);
    return e->kind == ERROR_NONE &&
           (has_own || !project ||
            refused_rows_leave_out(leg, &project->revisions.items[leg->place], e));
}

/* Whether it comes right after the revision of the leg before: else there are branches. */
static bool follows(const struct project_revision *revision, const struct leg *before)
{
    return revision->family || revision->parent_count == 0 ||
           (revision->parent_count == 1 && strcmp(revision->parents[0], before->suite.target) == 0);
}

/*
 * From nothing to each parent in turn: those of a merge, or of a branch, whose parent is not the
 * revision before it in the list. What other branches have made has to be absent.
 */
static bool make_from_parents(struct leg *leg, const struct rehearsed_project *project,
                              struct baseline_failure *failure, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    const struct project_revision *revision = &project->revisions.items[leg->place];
    bool good = true;
    for (size_t i = 0; good && i < revision->parent_count; i++) {
        char *base = purpose("baseline", leg), *name = memory_format("%s-%zu", base, i + 1);
        char *nearer = leg->template;
        const struct baseline_request request = {.template = nearer,
                                                 .revision = revision->parents[i],
                                                 .purpose = name,
                                                 .time_limit = longest_chain};
        leg->template = NULL;
        baseline_failure_release(failure);
        good = base_database_extend(leg, project, &request, failure, e);
        if (nearer && !g->keep)
            good = throwaway_drop(&g->server->lease, nearer, e) && good;
        free(nearer);
        free(name);
        free(base);
    }
    return good;
}

/* From where the chain of templates starts: the first leg from nothing, the others from the last.
 */
static bool make_template(struct leg *leg, const struct leg *before,
                          const struct rehearsed_project *project, struct baseline_failure *failure,
                          struct error *e)
{
    const struct ground *g = &leg->run.ground;
    const struct project_revision *revision = &project->revisions.items[leg->place];
    if (before ? !follows(revision, before) : !revision->family && revision->parent_count)
        return make_from_parents(leg, project, failure, e);
    char *name = purpose("baseline", leg);
    bool at_base = strcmp(leg->suite.baseline, ground_base(g)) == 0;
    const struct baseline_request request = {
        .template = before ? before->template : NULL,
        .revision = before    ? before->suite.target
                    : at_base ? NULL
                              : project->revisions.items[leg->place - 1].id,
        .purpose = name,
        .time_limit = before ? ground_patience(g) : longest_chain};
    bool good = base_database_extend(leg, project, &request, failure, e);
    free(name);
    return good;
}

static char *key_of(const struct leg *leg, const struct rehearsed_project *project)
{
    char *key = baseline_key(project, leg->place);
    const char *shaped = shaped_key(&leg->run.ground);
    char *both = key && shaped ? memory_format("%sshape %s\n", key, shaped) : NULL;
    if (!both)
        return key;
    free(key);
    return both;
}

/* The first template costs the whole history: what took long is kept for the next run. */
static bool make_first_template(struct leg *leg, const struct rehearsed_project *project,
                                struct baseline_failure *failure, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    char *key = leg->place ? key_of(leg, project) : NULL;
    double started = clock_seconds();
    bool good = key && baseline_cache_load(g, key, &leg->template, e);
    if (good)
        event_message(leg->run.events, "the baseline %s comes from the cache", leg->suite.baseline);
    if (!good && e->kind == ERROR_NONE && leg->place > long_history)
        event_message(leg->run.events, "building the baseline %s from %zu revisions",
                      leg->suite.baseline, leg->place);
    if (!good && e->kind == ERROR_NONE) {
        good = make_template(leg, NULL, project, failure, e);
        if (good && key && clock_seconds() - started > worth_keeping)
            good = baseline_cache_store(g, key, leg->template, e);
    }
    free(key);
    return good;
}

/* Databases are made in the encoding of the database that the rows were dumped from. */
static void choose_form(struct leg *leg, const struct rehearsed_project *project)
{
    struct server *server = leg->run.ground.server;
    char *encoding =
        server->form.encoding ? NULL : data_encoding_find(&project->rows, &server->lease);
    if (encoding) {
        event_message(leg->run.events,
                      "the rows come from a database in %s: databases are made in that encoding",
                      encoding);
        database_form_set(&server->form, encoding, server->form.locale);
    }
    free(encoding);
}

/* A database without an encoding keeps rows that no encoding fits: the leg starts again in one.
 */
static bool make_own_rows(struct leg *leg, const struct leg *before,
                          const struct rehearsed_project *project, struct baseline_failure *failure,
                          struct error *e)
{
    const struct ground *g = &leg->run.ground;
    if (own_rows_make(leg, before, project, e))
        return true;
    if (before || g->server->form.encoding || !data_encoding_is_refused(e))
        return false;
    event_message(
        leg->run.events,
        "the rows are not valid UTF-8: databases are made in SQL_ASCII; set `encoding` in "
        "pgrehearse.yaml to use another");
    error_clear(e);
    database_form_set(&g->server->form, "SQL_ASCII", g->server->form.locale);
    leg_drop(leg, &leg->run);
    bool good = make_first_template(leg, project, failure, e);
    leg->run.ground.template = leg->template;
    return good && own_rows_make(leg, before, project, e);
}

/* Tables that pgrehearse.yaml names: a mistyped one is not one that the migration took away. */
static bool tables_are_there(const struct leg *leg, struct error *e)
{
    char *url = url_with_database(leg->run.ground.server->url, leg->template, e);
    bool good = url && declared_tables_check(&leg->run.ground, url, e);
    free(url);
    return good;
}

bool leg_prepare(struct leg *leg, const struct leg *before, const struct run *run,
                 const struct rehearsed_project *project, struct baseline_failure *failure,
                 struct error *e)
{
    leg_refresh(leg, run);
    *failure = (struct baseline_failure){0};
    if (project && !before)
        choose_form(leg, project);
    bool good = project && !before ? make_first_template(leg, project, failure, e)
                : project          ? make_template(leg, before, project, failure, e)
                                   : baseline_build(&leg->run.ground, &leg->template, e) &&
                                (!run->ground.migrator.replaced ||
                                 suite_fits(&leg->run.ground, leg->template, e));
    leg_refresh(leg, run);
    good = good && (!project || tables_are_there(leg, e)) &&
           (before || shape_fits(&leg->run, leg->template, e)) &&
           shape_settle(&leg->run, leg->template, before == NULL, e);
    good = good && make_own_rows(leg, before, project, failure, e) && fill(leg, project, e) &&
           extension_rights_grant(leg, project, e);
    leg_refresh(leg, run);
    return good;
}

void leg_drop(struct leg *leg, const struct run *run)
{
    if (!run->ground.keep)
        fixture_store_drop(leg->fixtures, &run->ground.server->lease);
    char **databases[] = {&leg->filling.database, &leg->own, &leg->template};
    for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
        struct error ignored = {0}; /* the end of the run drops what is left */
        if (*databases[i] && !run->ground.keep)
            throwaway_drop(&run->ground.server->lease, *databases[i], &ignored);
        free(*databases[i]);
        *databases[i] = NULL;
    }
}

void legs_release(struct run *run)
{
    for (size_t i = 0; i < run->leg_count; i++) {
        struct leg *leg = &run->legs[i];
        filling_release(&leg->filling);
        fixture_store_free(leg->fixtures);
        free(leg->template);
        free(leg->own);
        free(leg->planned);
        free(leg->no_way_back);
    }
    free(run->legs);
    run->legs = NULL;
    run->leg_count = 0;
}
