/*
 * meet_earlier_faults, expect_hindered, upgrade_past: what an upgrade does that meets a fault, by
 * the fault's shape. Each is made of the verbs for that shape.
 */
#include "rehearsal/fault.h"

void meet_earlier_faults(struct rehearsal *r, enum rehearsed_revision revision, const char *fault)
{
    const struct suite_fault *f = fault_find(r, fault_name(r, fault));
    for (unsigned i = 0; i < f->after_count; i++) {
        const char *earlier = f->after[i];
        plant(r, earlier);
        remember(r, earlier);
        expect_hindered(r, revision, earlier, earlier);
        apply_remedy(r, earlier);
    }
}

void expect_hindered(struct rehearsal *r, enum rehearsed_revision revision, const char *fault,
                     const char *since)
{
    switch (suite_fault_shape(fault_find(r, fault_name(r, fault)))) {
    case FAULT_REFUSED:
        expect_refusal(r, revision, fault);
        expect_rolled_back(r, since);
        expect_rows_as(r, since);
        break;
    case FAULT_WAITS:
        expect_stopped(r, revision, fault);
        expect_rolled_back(r, since);
        expect_current(r, BASELINE);
        break;
    case FAULT_MADE_BEFOREHAND:
        break;
    }
}

void upgrade_past(struct rehearsal *r, enum rehearsed_revision revision, const char *fault)
{
    if (suite_fault_shape(fault_find(r, fault_name(r, fault))) == FAULT_MADE_BEFOREHAND) {
        upgrade_over(r, revision, fault);
        expect_left_in_place(r, fault);
    } else {
        upgrade(r, revision);
    }
}
