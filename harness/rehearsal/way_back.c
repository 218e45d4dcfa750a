#include "rehearsal/way_back.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rehearsal/target_revision.h"

struct way_back {
    bool just_gone;  /* nothing has been done since */
    bool incomplete; /* a finding has said so */
    bool undid_nothing;
    bool changed_rows;
    char *cause, *cause_of_rows;
    char *file; /* in which it is, for display; NULL: not known */
    unsigned line;
};

static void release(struct rehearsal *r, void *state)
{
    struct way_back *w = state;
    (void)r;
    free(w->cause);
    free(w->cause_of_rows);
    free(w->file);
}

static const struct slot_kind kind = {sizeof(struct way_back), release};

void way_back_gone(struct rehearsal *r)
{
    struct way_back *w = slot_make(r, &kind, NULL);
    w->just_gone = true;
    w->cause = memory_format("the way back from %s to %s is incomplete",
                             rehearsal_revision(r, TARGET), rehearsal_revision(r, BASELINE));
    w->cause_of_rows =
        memory_format("the way back from %s to %s does not keep the rows",
                      rehearsal_revision(r, TARGET), rehearsal_revision(r, BASELINE));
    w->file = target_revision_file(r, true, &w->line);
}

void way_back_over(struct rehearsal *r)
{
    struct way_back *w = slot_get(r, &kind, NULL);
    if (w)
        w->just_gone = false;
}

/* Of a finding with the sign; NULL: it is not the way back. */
static const char *find_cause(struct way_back *w, enum way_back_sign sign)
{
    if (sign == SIGN_UNDID_NOTHING)
        w->undid_nothing = w->incomplete = true;
    if (sign == SIGN_SCHEMA_DIFFERS && w->just_gone)
        w->incomplete = true;
    if (sign == SIGN_ROWS_DIFFER && w->just_gone)
        w->changed_rows = true;
    if (sign != SIGN_ROWS_DIFFER || w->undid_nothing)
        return w->incomplete ? w->cause : NULL;
    return w->changed_rows ? w->cause_of_rows : NULL;
}

void way_back_blame(struct rehearsal *r, enum way_back_sign sign, struct evidence *evidence)
{
    struct way_back *w = slot_get(r, &kind, NULL);
    const char *cause = w ? find_cause(w, sign) : NULL;
    if (!cause)
        return;
    evidence->cause = cause;
    if (!evidence->file) {
        evidence->file = w->file;
        evidence->line = w->line;
    }
}
