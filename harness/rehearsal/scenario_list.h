/* A list of scenarios, and the choice among them by name. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "pgrehearse/scenario.h"

#include "base/error.h"
#include "suite/suite.h"

enum { MOST_HEAVY = 3 };

struct scenario_entry {
    const struct scenario *scenario;
    const char *group; /* "quickstart" */
    unsigned heavy;    /* 0, or up to MOST_HEAVY: the longer it takes, the earlier it is started */
    bool on_source; /* needs a source: only `certify` runs it, before and apart from the others */
    bool for_each_fault; /* it is run once for every fault of the suite, under that one's name */
};

struct scenario_list {
    const struct scenario_entry *entries; /* in the order in which they are listed */
    size_t count;
    struct scenario_entry *own; /* the entries of a list that was made; NULL: of a table */
};

/*
 * The list for a suite: a scenario for_each_fault becomes one for every fault that stands alone. An
 * ERROR_USAGE, and an empty list, where a fault has the name of another scenario. It refers to the
 * suite and to `table`.
 */
bool scenario_list_make(struct scenario_list *list, const struct scenario_list *table,
                        const struct suite *suite, struct error *e);
void scenario_list_free(struct scenario_list *list);

/* "existing-data" for the symbol existing_data; the caller frees it. */
char *scenario_name(const struct scenario *s);

/*
 * Picks scenarios: `names` are names of scenarios or groups, separated by commas; NULL for all
 * that need no source.
 * Sets `chosen[i]` for the i-th of the list (list->count of them).
 */
bool scenario_choose(const struct scenario_list *list, const char *names, bool *chosen,
                     struct error *e);
