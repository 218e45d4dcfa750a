#include "scenario_table.h"

#include "memory.h"
#include "text.h"

extern const struct scenario scenario_fresh, scenario_existing_data, scenario_idempotency,
    scenario_rollback, scenario_performance, scenario_validation, scenario_round_trip,
    scenario_constraints, scenario_blocking_foreign_key, scenario_orphaned_chunks,
    scenario_version_conflict, scenario_concurrent_index, scenario_time_limit, scenario_interrupted,
    scenario_cost, scenario_stall, scenario_deployment, scenario_certification;

const struct scenario_entry scenario_table[] = {
    {&scenario_fresh, "quickstart", false, false},
    {&scenario_existing_data, "quickstart", false, false},
    {&scenario_idempotency, "quickstart", false, false},
    {&scenario_rollback, "quickstart", false, false},
    {&scenario_performance, "quickstart", true, false},
    {&scenario_validation, "quickstart", false, false},
    {&scenario_round_trip, "rules", false, false},
    {&scenario_constraints, "rules", false, false},
    {&scenario_blocking_foreign_key, "faults", false, false},
    {&scenario_orphaned_chunks, "faults", false, false},
    {&scenario_version_conflict, "faults", false, false},
    {&scenario_concurrent_index, "faults", false, false},
    {&scenario_time_limit, "faults", false, false},
    {&scenario_interrupted, "faults", true, false},
    {&scenario_cost, "costs", true, false},
    {&scenario_stall, "costs", true, false},
    {&scenario_deployment, "deployment", true, false},
    {&scenario_certification, "production", true, true},
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
        chosen[i] = names == NULL && !scenario_table[i].on_source;
    char *copy = memory_copy_of(names ? names : ""), *rest = copy, *name;
    bool good = true;
    while (names && good && (name = strsep(&rest, ",")))
        if (!choose_one(name, chosen))
            good = unknown(name, e);
    free(copy);
    return good;
}
