#include "rehearsal/schema_judgement.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/preserved.h"
#include "rehearsal/remembered.h"
#include "rehearsal/target_revision.h"
#include "rehearsal/way_back.h"

static const char extension[] = "extension "; /* how its fact begins */
static const size_t most_told = 12;           /* differences in the one line of a finding */

bool schema_differences(struct rehearsal *r, const char *since,
                        const struct approved_delta *approved, struct delta *delta,
                        struct delta_differences *differences, struct error *e)
{
    const struct remembered *then = remembered_find(r, since, e);
    struct snapshot now = {0};
    if (!then || !preserved_snapshot(r, &now, e))
        return false;
    delta_compute(&then->snapshot, &now, delta);
    delta_compare(delta, approved, differences);
    snapshot_release(&now);
    return true;
}

/* The line of the way back that names the object which differs, if one does. */
static unsigned line_of(struct rehearsal *r, const struct delta_difference *d, unsigned otherwise)
{
    const char *fact = d->found ? d->found : d->expected;
    char *table = NULL, *object = NULL;
    unsigned line = otherwise;
    if (fact && named_of_fact(fact, &table, &object)) {
        const struct named named = {table, object};
        free(target_revision_place(r, true, &named, false, &line));
    }
    free(table);
    free(object);
    return line;
}

static void tell_differences(struct rehearsal *r, struct check *c, const char *remedy,
                             bool restored, const struct delta_differences *d)
{
    struct text message = {0}, expected = {0}, found = {0};
    for (size_t i = 0; i < d->count; i++) {
        const struct delta_difference *item = &d->items[i];
        char *told = restored ? delta_left_behind(item) : memory_copy_of(item->message);
        if (i < most_told)
            text_append_format(&message, "%s%s", i ? "; " : "", told);
        free(told);
        if (item->expected)
            text_append_format(&expected, "%s\n", item->expected);
        if (item->found)
            text_append_format(&found, "%s\n", item->found);
    }
    if (d->count > most_told)
        text_append_format(&message, "; and %zu more", d->count - most_told);
    struct evidence evidence = {
        .remedy = remedy, .expected = text_string(&expected), .found = text_string(&found)};
    way_back_blame(r, SIGN_SCHEMA_DIFFERS, &evidence);
    if (evidence.cause && d->count)
        evidence.line = line_of(r, &d->items[0], evidence.line);
    check_finding(r, c, &evidence, "%s", text_string(&message));
    text_release(&message);
    text_release(&expected);
    text_release(&found);
}

/* A way back may leave an extension, which others may use by now: the rule extension-left notes it.
   A suite says itself what has to be restored. */
static void drop_left_extensions(struct delta_differences *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->count; i++) {
        struct delta_difference item = d->items[i];
        bool left = item.kind == DELTA_UNEXPECTED && item.found &&
                    strncmp(item.found, extension, strlen(extension)) == 0;
        if (!left)
            d->items[kept++] = item;
        else
            delta_difference_release(&item);
    }
    d->count = kept;
}

bool schema_needs_undoing(const struct snapshot *before, const struct snapshot *after)
{
    struct delta delta = {0};
    struct delta_differences differences = {0};
    delta_compute(before, after, &delta);
    delta_compare(&delta, NULL, &differences);
    drop_left_extensions(&differences);
    bool needs = differences.count > 0;
    delta_differences_release(&differences);
    delta_release(&delta);
    return needs;
}

void schema_judge(struct rehearsal *r, struct check *c, const char *since, const char *remedy,
                  const struct approved_delta *approved)
{
    struct error e = {0};
    struct delta delta = {0};
    struct delta_differences differences = {0};
    bool good = schema_differences(r, since, approved, &delta, &differences, &e);
    if (!approved && r->run->ground.is_project)
        drop_left_extensions(&differences);
    if (!good)
        check_error(r, c, &e);
    else if (differences.count == 0)
        check_pass(r, c);
    else
        tell_differences(r, c, remedy, !approved, &differences);
    delta_differences_release(&differences);
    delta_release(&delta);
}
