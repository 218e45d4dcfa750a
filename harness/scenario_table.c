#include "scenario_table.h"

#include "memory.h"
#include "text.h"

extern const struct scenario scenario_fresh, scenario_existing_data, scenario_idempotency,
    scenario_rollback, scenario_performance, scenario_validation, scenario_round_trip,
    scenario_constraints, scenario_blocking_foreign_key, scenario_orphaned_chunks,
    scenario_version_conflict, scenario_concurrent_index, scenario_time_limit, scenario_interrupted,
    scenario_cost, scenario_stall, scenario_deployment;

const struct scenario_entry scenario_table[] = {
    {&scenario_fresh, "quickstart", false},
    {&scenario_existing_data, "quickstart", false},
    {&scenario_idempotency, "quickstart", false},
    {&scenario_rollback, "quickstart", false},
    {&scenario_performance, "quickstart", true},
    {&scenario_validation, "quickstart", false},
    {&scenario_round_trip, "rules", false},
    {&scenario_constraints, "rules", false},
    {&scenario_blocking_foreign_key, "faults", false},
    {&scenario_orphaned_chunks, "faults", false},
    {&scenario_version_conflict, "faults", false},
    {&scenario_concurrent_index, "faults", false},
    {&scenario_time_limit, "faults", false},
    {&scenario_interrupted, "faults", true},
    {&scenario_cost, "costs", true},
    {&scenario_stall, "costs", true},
    {&scenario_deployment, "deployment", true},
};
const size_t scenario_table_size = sizeof scenario_table / sizeof *scenario_table;

char *scenario_name(const struct scenario *s)
{
    char *name = memory_copy_of(s->symbol);
    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
    return name;
}

static bool choose_one(const char *name, bool *chosen)
{
    bool found = false;
    for (size_t i = 0; i < scenario_table_size; i++) {
        char *this = scenario_name(scenario_table[i].scenario);
        if (strcmp(this, name) == 0 || strcmp(scenario_table[i].group, name) == 0)
            found = chosen[i] = true;
        free(this);
    }
    return found;
}

static bool unknown(const char *name, struct error *e)
{
    struct text known = {0};
    for (size_t i = 0; i < scenario_table_size; i++) {
        char *this = scenario_name(scenario_table[i].scenario);
        text_append_format(&known, "%s%s", i ? ", " : "", this);
        free(this);
    }
    error_set(e, ERROR_USAGE, "no scenario '%s'; there are: %s", name, text_string(&known));
    text_release(&known);
    return false;
}

bool scenario_choose(const char *names, bool *chosen, struct error *e)
{
    for (size_t i = 0; i < scenario_table_size; i++)
        chosen[i] = names == NULL;
    char *copy = memory_copy_of(names ? names : ""), *rest = copy, *name;
    bool good = true;
    while (names && good && (name = strsep(&rest, ",")))
        if (!choose_one(name, chosen))
            good = unknown(name, e);
    free(copy);
    return good;
}
