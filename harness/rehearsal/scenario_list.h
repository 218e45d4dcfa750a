/* A list of scenarios, and the choice among them by name. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "pgrehearse/scenario.h"

#include "base/error.h"

struct scenario_entry {
    const struct scenario *scenario;
    const char *group; /* "quickstart" */
    bool heavy;        /* takes longest, so it is started first */
    bool on_source; /* needs a source: only `certify` runs it, before and apart from the others */
};

struct scenario_list {
    const struct scenario_entry *entries; /* in the order in which they are listed */
    size_t count;
};

/* "existing-data" for the symbol existing_data; the caller frees it. */
char *scenario_name(const struct scenario *s);

/*
 * Picks scenarios: `names` are names of scenarios or groups, separated by commas; NULL for all
 * that need no source.
 * Sets `chosen[i]` for the i-th of the list (list->count of them).
 */
bool scenario_choose(const struct scenario_list *list, const char *names, bool *chosen,
                     struct error *e);
