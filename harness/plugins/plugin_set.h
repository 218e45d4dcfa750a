/*
 * The plugins of a command, and the scenarios and rules that there are with them. Zero-initialised
 * it is none.
 */
#pragma once
#include "plugins/plugin_file.h"
#include "rehearsal/scenario_list.h"
#include "rules/rule.h"

struct plugin_set {
    struct plugin_file *files;
    size_t file_count;
    struct scenario_list scenarios; /* those of the program, then those of plugins */
    struct rule_list rules;         /* the same */
    struct scenario_entry *entries;
    struct scenario **made;
    size_t made_count;
    const struct rule **items;
    struct guest_rule **guests;
    size_t guest_count;
};

/*
 * Loads the plugins at `paths`, separated by commas; NULL: none, then the lists are the program's.
 * ERROR_USAGE with the path for what cannot be loaded, and for names that are not unique. Release
 * in any case, after everything that refers to the lists.
 */
bool plugin_set_load(struct plugin_set *p, const char *paths, const struct scenario_list *own,
                     struct error *e);
void plugin_set_release(struct plugin_set *p);
