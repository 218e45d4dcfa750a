/* The names that a shell can offer: of suites, scenarios, migrators, rules, revisions. */
#pragma once
#include <stddef.h>

#include "plugins/plugin_set.h"

struct completing {
    const char *word;          /* what is there of the word */
    size_t kept;               /* bytes of it that are not part of the value: "--scenario=" */
    const char *first;         /* the first positional argument, perhaps a suite; or NULL */
    struct plugin_set plugins; /* the program's scenarios and rules, and those of --plugin */
};

/* Prints the candidate if it begins as the word does; in a list, as what is behind the last comma.
 */
void candidate_offer(const struct completing *c, const char *candidate, const char *meaning);

typedef void candidates_fn(const struct completing *c);

candidates_fn candidates_suites, candidates_scenarios, candidates_migrators, candidates_rules,
    candidates_revisions, candidates_validations, candidates_reports, candidates_steps,
    candidates_schemas, candidates_files, candidates_folders;

/* The revisions of a folder of pgrehearse-migrate, head and base. */
void candidates_targets(const struct completing *c, const char *folder);
