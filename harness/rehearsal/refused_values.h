/* Generated values that the upgrade reads as another type, and cannot: others take their place. */
#pragma once
#include "rehearsal/leg.h"

/*
 * Where the upgrade has refused a value that stands in a text column of the leg's generated rows
 * (invalid input value for enum state: "name-1"), the rows of that column get values that the type
 * takes: of an enum the labels that it has at the target, the newest first. A label that stands in
 * enum columns, and that their new type lacks, gives way to another; since production may have it,
 * the filling says so. `*done` if there was such a column.
 */
bool refused_values_replace(struct leg *leg, const struct baseline_failure *failure, bool *done,
                            struct error *e);
