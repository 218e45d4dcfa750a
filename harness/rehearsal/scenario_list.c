#include "rehearsal/scenario_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/yaml_name.h"

char *scenario_name(const struct scenario *s)
{
    char *name = memory_copy_of(s->symbol);
    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
    return name;
}

static const char *usual_title(const struct suite_fault *f)
{
    static const char *const titles[] = {
        [FAULT_REFUSED] = "Meet a fault of the suite: refused; repair it and upgrade",
        [FAULT_WAITS] =
            "Stop the upgrade while it waits for a lock, find nothing left, and run it again",
        [FAULT_MADE_BEFOREHAND] =
            "Create an object beforehand, and find that the upgrade takes it over",
    };
    return titles[suite_fault_shape(f)];
}

static bool has_scenario(const struct scenario_list *list, const char *name)
{
    bool found = false;
    for (size_t i = 0; !found && i < list->count; i++) {
        char *this = scenario_name(list->entries[i].scenario);
        found = strcmp(this, name) == 0 || strcmp(list->entries[i].group, name) == 0;
        free(this);
    }
    return found;
}

static void add_entry(struct scenario_list *list, struct scenario_entry entry)
{
    *(struct scenario_entry *)memory_append(&list->own, &list->count, sizeof entry) = entry;
    list->entries = list->own;
}

static void add_fault(struct scenario_list *list, const struct scenario_entry *each,
                      const struct suite_fault *f)
{
    struct scenario *scenario = memory_zeroed(1, sizeof *scenario);
    *scenario = (struct scenario){.symbol = f->name,
                                  .title = f->title ? f->title : usual_title(f),
                                  .runbook = each->scenario->runbook,
                                  .subject = f->name};
    struct scenario_entry entry = *each;
    entry.scenario = scenario;
    add_entry(list, entry);
}

void scenario_list_free(struct scenario_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->entries[i].for_each_fault)
            free((void *)(uintptr_t)list->entries[i].scenario);
    free(list->own);
    *list = (struct scenario_list){0};
}

static bool add_faults(struct scenario_list *list, const struct scenario_list *table,
                       const struct scenario_entry *each, const struct suite *suite,
                       struct error *e)
{
    for (unsigned i = 0; i < suite->fault_count; i++) {
        const struct suite_fault *f = &suite->faults[i];
        if (has_scenario(table, f->name))
            return error_set(e, ERROR_USAGE,
                             "%s/%s: faults.name: '%s' is the name of a scenario or of a "
                             "group of them; expected another",
                             suite->folder, suite->file, f->name);
        if (suite_fault_stands_alone(suite, f))
            add_fault(list, each, f);
    }
    return true;
}

bool scenario_list_make(struct scenario_list *list, const struct scenario_list *table,
                        const struct suite *suite, struct error *e)
{
    bool good = true;
    *list = (struct scenario_list){0};
    for (size_t i = 0; good && i < table->count; i++)
        if (table->entries[i].for_each_fault)
            good = add_faults(list, table, &table->entries[i], suite, e);
        else
            add_entry(list, table->entries[i]);
    if (!good)
        scenario_list_free(list);
    return good;
}

static bool choose_one(const struct scenario_list *list, const char *name, bool *chosen)
{
    bool found = false;
    for (size_t i = 0; i < list->count; i++) {
        char *this = scenario_name(list->entries[i].scenario);
        if (strcmp(this, name) == 0 || strcmp(list->entries[i].group, name) == 0)
            found = chosen[i] = true;
        free(this);
    }
    return found;
}

static bool unknown(const struct scenario_list *list, const char *name, struct error *e)
{
    const char **known = memory_zeroed(2 * list->count, sizeof *known);
    for (size_t i = 0; i < list->count; i++) {
        known[i] = scenario_name(list->entries[i].scenario);
        known[list->count + i] = list->entries[i].group;
    }
    if (nearest_name(name, known, 2 * list->count)) {
        error_set(e, ERROR_USAGE, "no scenario '%s'; did you mean '%s'?", name,
                  nearest_name(name, known, 2 * list->count));
    } else {
        char *all = yaml_name_remedy(name, known, list->count);
        error_set(e, ERROR_USAGE, "no scenario '%s'; %s", name, all);
        free(all);
    }
    for (size_t i = 0; i < list->count; i++)
        free((char *)(uintptr_t)known[i]);
    free(known);
    return false;
}

bool scenario_choose(const struct scenario_list *list, const char *names, bool *chosen,
                     struct error *e)
{
    for (size_t i = 0; i < list->count; i++)
        chosen[i] = names == NULL && !list->entries[i].on_source;
    char *copy = memory_copy_of(names ? names : ""), *rest = copy, *name;
    bool good = true;
    while (names && good && (name = strsep(&rest, ",")))
        if (!choose_one(list, name, chosen))
            good = unknown(list, name, e);
    free(copy);
    return good;
}
