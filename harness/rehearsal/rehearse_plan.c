#include "rehearsal/rehearse.h"

#include "base/clock.h"
#include "base/memory.h"
#include "migrator/migrator_place.h"
#include "migrator/revisions.h"
#include "rehearsal/approved_revision.h"
#include "rehearsal/first_baseline.h"
#include "rehearsal/left_out_scenarios.h"
#include "rehearsal/leg.h"
#include "rehearsal/part.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/suite_check.h"

/* Why the suite cannot use the scenario, to be freed; NULL if it can. */
static char *find_lack(const struct run *run, const struct scenario *scenario)
{
    struct run_record scratch = {0};
    char *lack = rehearsal_walk(run, scenario, record_add_scenario(&scratch, "", ""));
    record_release(&scratch);
    return lack;
}

static bool is_named(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = names; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, name, length) == 0 && (p[length] == ',' || p[length] == '\0'))
            return true;
    return false;
}

/* "rollback", or over a range "rollback (0012_add_x)"; to be freed. */
static char *name_in_leg(const struct leg *leg, const struct scenario *scenario)
{
    char *name = scenario_name(scenario);
    if (!leg->revision)
        return name;
    char *whole = memory_format("%s (%s)", name, leg->revision);
    free(name);
    return whole;
}

/* Over a range what takes long is tried on the newest alone, unless somebody asks for it. */
static bool is_wanted(const struct run *run, const struct leg *leg,
                      const struct scenario_entry *entry, const char *names)
{
    return names || !entry->heavy || leg == &run->legs[run->leg_count - 1];
}

/* Of its revision, for display; NULL: it is not known. */
static char *file_of(const struct leg *leg)
{
    const struct revision_list *list = leg->run.ground.migrator.revisions;
    bool known = leg->run.ground.is_project && list && leg->place < list->count &&
                 list->items[leg->place].file_count;
    return known ? migrator_path_for_display(list->items[leg->place].files[0]) : NULL;
}

static void plan_scenario(struct run *run, struct leg *leg, const struct scenario *scenario,
                          unsigned heavy, bool on_source)
{
    char *name = name_in_leg(leg, scenario);
    struct scenario_record *record = record_add_scenario(run->record, name, scenario->title);
    record->revision = run->ground.is_project ? memory_copy_of(leg->suite.target) : NULL;
    record->file = file_of(leg);
    free(rehearsal_walk(&leg->run, scenario, record));
    struct planned_scenario *planned =
        memory_append(&leg->planned, &leg->planned_count, sizeof *leg->planned);
    *planned =
        (struct planned_scenario){scenario, run->record->scenario_count - 1, heavy, on_source};
    free(name);
}

/* What the leg's revision has, if that is the lack. */
static const char *said_of_revision(const struct leg *leg, const char *lack)
{
    bool is_way_back = leg->revision && leg->no_way_back && strcmp(lack, leg->no_way_back) == 0;
    return is_way_back && leg->run.ground.migrator.definition->downgrade ? no_way_back : NULL;
}

static bool plan_entry(struct run *run, const struct rehearse_request *request, struct leg *leg,
                       const struct scenario_entry *entry, struct error *e)
{
    char *lack = find_lack(&leg->run, entry->scenario);
    char *plain = scenario_name(entry->scenario);
    if (lack && is_named(request->names, plain) && !leg->revision)
        error_set(e, ERROR_USAGE, "scenario %s cannot be run: %s", plain, lack);
    else if (lack)
        left_out_note(run, plain, leg->revision, lack, said_of_revision(leg, lack));
    else
        plan_scenario(run, leg, entry->scenario, entry->heavy, entry->on_source);
    free(plain);
    free(lack);
    return e->kind == ERROR_NONE;
}

/* An error if a scenario was asked for by its name that has no data, or if none has. */
static bool plan_scenarios(struct run *run, const struct rehearse_request *request, struct error *e)
{
    size_t before = run->record->scenario_count;
    for (size_t i = 0; i < run->leg_count; i++)
        for (size_t j = 0; j < request->list->count; j++) {
            const struct scenario_entry *entry = &request->list->entries[j];
            struct leg *leg = &run->legs[i];
            if (request->chosen[j] && is_wanted(run, leg, entry, request->names) &&
                !plan_entry(run, request, leg, entry, e))
                return false;
        }
    return run->record->scenario_count > before ||
           error_set(e, ERROR_USAGE, "none of these scenarios can be run: %s",
                     run->left_out_count ? run->left_out[0].text : "there are none");
}

static void plan_record(struct run *run)
{
    struct run_record *record = run->record;
    const struct leg *first = &run->legs[0], *last = &run->legs[run->leg_count - 1];
    record->version = memory_copy_of(PGREHEARSE_VERSION);
    record->suite = memory_copy_of(run->ground.suite->name);
    record->suite_path = memory_copy_of(run->ground.suite->folder);
    record->migrator = memory_copy_of(run->ground.migrator.definition->name);
    record->migrations = memory_copy_of(run->ground.migrator.directory);
    record->baseline = memory_copy_of(first->suite.baseline);
    record->target = memory_copy_of(last->suite.target);
    clock_date(record->started_at, sizeof record->started_at);
    for (unsigned i = 0; i < run->ground.suite->requirement_count; i++)
        record_add_requirement(record, run->ground.suite->requirements[i].id,
                               run->ground.suite->requirements[i].text);
}

static bool check_source(const struct run *run, const struct rehearse_request *request,
                         struct error *e)
{
    for (size_t i = 0; i < request->list->count && !run->certification; i++) {
        if (!request->chosen[i] || !request->list->entries[i].on_source)
            continue;
        char *name = scenario_name(request->list->entries[i].scenario);
        error_set(e, ERROR_USAGE,
                  "scenario %s needs a source: use pgrehearse certify --source URL or --dump FILE",
                  name);
        free(name);
    }
    return e->kind == ERROR_NONE;
}

static bool choose_migrator(struct run *run, const struct rehearse_request *request,
                            struct error *e)
{
    struct ground *g = &run->ground;
    if (!request->project)
        return ground_choose_migrator(&g->migrator, g->suite, request->migrator,
                                      request->migrations, g->cancel, e);
    rehearsed_project_migrator(request->project, &g->migrator);
    g->migrator.cancel = g->cancel;
    g->is_project = true;
    return true;
}

/* How a project comes to where the rehearsal begins is judged first, before any scenario. */
static void plan_first_baseline(struct run *run, const struct rehearse_request *request)
{
    struct first_baseline *first = request->first;
    struct leg *leg = &run->legs[0];
    if (!request->project)
        return;
    *first = (struct first_baseline){.project = request->project,
                                     .revisions = &request->project->revisions,
                                     .since = request->project->range.since,
                                     .name = leg->suite.baseline,
                                     .is_base = leg->place == 0};
    run->first = first;
    leg_refresh(leg, run);
    plan_scenario(run, leg, &scenario_of_revisions, 0, false);
}

/* A mistake in what a project has approved is reported before anything runs. */
static bool check_approvals(const struct run *run, struct error *e)
{
    bool good = true;
    for (size_t i = 0; good && run->ground.is_project && !run->approve && i < run->leg_count; i++) {
        struct approved_revision approved;
        good = approved_revision_read(&run->legs[i].suite, &approved, e);
        approved_revision_release(&approved);
    }
    return good;
}

bool rehearse_plan(struct run *run, const struct rehearse_request *request, struct error *e)
{
    const struct rule_list *rules = request->rules ? request->rules : &rule_table;
    run->started = clock_seconds();
    if (!check_source(run, request, e) ||
        !suite_check_kinds(run->ground.suite, request->list, rules, e) ||
        !suite_check_files(run->ground.suite, !run->approve, e) ||
        !choose_migrator(run, request, e) ||
        !rule_policy_read(&run->policy, rules, run->ground.suite, run->ground.migrator.directory,
                          run->strict, e))
        return false;
    legs_make(run, request->project);
    if (!check_approvals(run, e))
        return false;
    plan_record(run);
    plan_first_baseline(run, request);
    return plan_scenarios(run, request, e) && part_take(run, &request->part, e);
}

void rehearse_release(struct run *run)
{
    legs_release(run);
    migrator_release(&run->ground.migrator);
    rule_policy_release(&run->policy);
    left_out_release(run);
    free(run->part_note);
}
