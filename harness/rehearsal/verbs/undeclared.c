/* judge_undeclared_change: what changed, where no delta is approved. */
#include "rehearsal/undeclared.h"

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/preserved.h"
#include "schema/delta.h"

static bool read_change(struct rehearsal *r, const char *since, struct text *lines, size_t *count,
                        struct error *e)
{
    struct snapshot now = {0};
    struct delta delta = {0};
    const struct remembered *then = rehearsal_recall(r, since, e);
    if (!then || !preserved_snapshot(r, &now, e))
        return false;
    delta_compute(&then->snapshot, &now, &delta);
    *count = delta_count_shown(&delta);
    delta_render(&delta, lines);
    delta_release(&delta);
    snapshot_release(&now);
    return true;
}

void judge_undeclared_change(struct rehearsal *r, const char *since)
{
    step_begin(r, "see what changed in the schema since '%s'", since);
    struct check *c = step_check(r, "change", NULL, "what changed since '%s' can be seen", since);
    struct error e = {0};
    struct text lines = {0};
    size_t count = 0;
    if (!step_runs(r))
        return;
    if (read_change(r, since, &lines, &count, &e)) {
        step_measure(r, "facts of the schema that changed", "lines", (double)count, 0);
        c->found = text_detach(&lines);
        check_pass(r, c);
    } else {
        check_error(r, c, &e);
    }
    text_release(&lines);
}
