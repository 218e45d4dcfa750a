/*
 * What a run measured, as a flat list: scenario, measure, unit, value. Each pair of scenario and
 * measure is there once; a second one of the same name is called "NAME (2)".
 *
 * Left out is what a failed step measured (an upgrade that was refused is not a quick one), and
 * what is not finite.
 */
#pragma once
#include "record/record.h"

struct measure {
    const char *scenario; /* belongs to the record */
    char *name;           /* "upgrade", "step 3 Adding …", "wal", … */
    const char *unit;     /* "s", "bytes", "rows", "" for a bare number */
    double value;
    bool telling; /* of the migration as a whole, not of the data or of one step among many */
};

struct measure_list {
    struct measure *items;
    size_t count;
};

void measure_list_take(struct measure_list *list, const struct run_record *r);

void measure_list_release(struct measure_list *list);
