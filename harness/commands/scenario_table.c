#include "commands/scenario_table.h"

extern const struct scenario scenario_fresh, scenario_existing_data, scenario_idempotency,
    scenario_rollback, scenario_performance, scenario_validation, scenario_round_trip,
    scenario_constraints, scenario_rules, scenario_fault, scenario_interrupted, scenario_cost,
    scenario_stall, scenario_deployment, scenario_certification;

static const struct scenario_entry entries[] = {
    {.scenario = &scenario_fresh, .group = "quickstart"},
    {.scenario = &scenario_existing_data, .group = "quickstart"},
    {.scenario = &scenario_idempotency, .group = "quickstart"},
    {.scenario = &scenario_rollback, .group = "quickstart"},
    {.scenario = &scenario_performance, .group = "quickstart", .heavy = true},
    {.scenario = &scenario_validation, .group = "quickstart"},
    {.scenario = &scenario_round_trip, .group = "schema"},
    {.scenario = &scenario_constraints, .group = "schema"},
    {.scenario = &scenario_rules, .group = "rules"},
    {.scenario = &scenario_fault, .group = "faults", .for_each_fault = true},
    {.scenario = &scenario_interrupted, .group = "faults", .heavy = true},
    {.scenario = &scenario_cost, .group = "costs", .heavy = true},
    {.scenario = &scenario_stall, .group = "costs", .heavy = true},
    {.scenario = &scenario_deployment, .group = "deployment", .heavy = true},
    {.scenario = &scenario_certification, .group = "production", .heavy = true, .on_source = true},
};

const struct scenario_list scenario_table = {.entries = entries,
                                             .count = sizeof entries / sizeof *entries};
