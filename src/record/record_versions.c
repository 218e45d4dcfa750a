#include "record/record_versions.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "record/terms.h"

char *record_name_on_version(const char *name, int major)
{
    size_t length = strlen(name);
    bool has_note = length && name[length - 1] == ')';
    return has_note ? memory_format("%.*s, PostgreSQL %d)", (int)length - 1, name, major)
                    : memory_format("%s (PostgreSQL %d)", name, major);
}

static void rename_with(char **name, int major)
{
    char *renamed = record_name_on_version(*name, major);
    free(*name);
    *name = renamed;
}

static void take_scenarios(struct run_record *whole, struct version_run *run)
{
    struct run_record *r = &run->record;
    const char *version = circumstance_value(r, "server_version");
    for (size_t i = 0; i < r->scenario_count; i++) {
        struct scenario_record *s =
            memory_append(&whole->scenarios, &whole->scenario_count, sizeof *s);
        *s = r->scenarios[i];
        rename_with(&s->name, run->major);
        s->server_version = version ? memory_copy_of(version) : memory_format("%d", run->major);
    }
    for (size_t i = 0; i < r->trend_count; i++) {
        struct trend *t = memory_append(&whole->trends, &whole->trend_count, sizeof *t);
        *t = r->trends[i];
        rename_with(&t->scenario, run->major);
    }
    r->scenario_count = 0;
    r->trend_count = 0;
}

static bool is_in_all(const struct circumstance *c, const struct version_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *there = circumstance_value(&runs[i].record, c->name);
        if (runs[i].was_run && (!there || strcmp(there, c->value) != 0))
            return false;
    }
    return true;
}

/* "14.23, 17.10"; of a server that was not reached only "17" is known. */
static void record_versions(struct run_record *whole, const struct version_run *runs, size_t count)
{
    struct text all = {0};
    bool is_known = false;
    for (size_t i = 0; i < count; i++) {
        const char *version = circumstance_value(&runs[i].record, "server_version");
        is_known = is_known || version;
        text_append(&all, i ? ", " : "");
        if (version)
            text_append(&all, version);
        else
            text_append_format(&all, "%d", runs[i].major);
    }
    if (is_known)
        record_add_circumstance(whole, "server_version", text_string(&all));
    text_release(&all);
}

/* All versions have the same plan, except for the names; a version that was not run has none. */
static void take_partition(struct run_record *whole, const struct version_run *runs, size_t count)
{
    struct partition *p = &whole->partition;
    const struct partition *plan = &runs[0].record.partition;
    for (size_t i = 1; i < count && !plan->count; i++)
        plan = &runs[i].record.partition;
    p->number = plan->number;
    p->count = plan->count;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < plan->scenario_count; j++)
            *(char **)memory_append(&p->scenarios, &p->scenario_count, sizeof *p->scenarios) =
                record_name_on_version(plan->scenarios[j], runs[i].major);
}

static void take_head(struct run_record *whole, const struct version_run *runs, size_t count)
{
    const struct run_record *first = &runs[0].record;
    record_begin_as(whole, first);
    record_versions(whole, runs, count);
    take_partition(whole, runs, count);
    for (size_t i = 0; i < first->circumstance_count; i++)
        if (is_in_all(&first->circumstances[i], runs, count) &&
            strcmp(first->circumstances[i].name, "server_version") != 0)
            record_add_circumstance(whole, first->circumstances[i].name,
                                    first->circumstances[i].value);
}

static void take_error(struct run_record *whole, const struct version_run *run)
{
    if (whole->error)
        return;
    if (run->record.error)
        whole->error = memory_format("PostgreSQL %d: %s", run->major, run->record.error);
    else if (!run->was_run)
        whole->error = memory_format("PostgreSQL %d was not rehearsed", run->major);
}

void record_join_versions(struct run_record *whole, struct version_run *runs, size_t count)
{
    take_head(whole, runs, count);
    for (size_t i = 0; i < count; i++) {
        /* offsets count from the start of the first */
        for (size_t j = 0; j < runs[i].record.scenario_count; j++)
            runs[i].record.scenarios[j].started += whole->seconds;
        take_scenarios(whole, &runs[i]);
        take_error(whole, &runs[i]);
        whole->seconds += runs[i].record.seconds;
        whole->interrupted = whole->interrupted || runs[i].record.interrupted;
    }
}
