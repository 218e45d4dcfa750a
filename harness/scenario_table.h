/* All scenarios, in the order in which they are told. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "pgrehearse/scenario.h"

#include "error.h"

struct scenario_entry {
    const struct scenario *scenario;
    const char *group; /* "quickstart" */
    bool heavy;        /* takes longest, so it is started first */
    bool on_source; /* needs a source: only `certify` runs it, before and apart from the others */
};

extern const struct scenario_entry scenario_table[];
extern const size_t scenario_table_size;

/* "existing-data" for the symbol existing_data; the caller frees it. */
char *scenario_name(const struct scenario *s);

/*
 * Picks scenarios: `names` are names of scenarios or groups, separated by commas; NULL for all
 * that need no source.
 * Sets `chosen[i]` for the i-th of the table (scenario_table_size of them).
 */
bool scenario_choose(const char *names, bool *chosen, struct error *e);
