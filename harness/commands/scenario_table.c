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
    {.scenario = &scenario_performance, .group = "quickstart", .heavy = 1},
    {.scenario = &scenario_validation, .group = "quickstart"},
    {.scenario = &scenario_round_trip, .group = "schema"},
    {.scenario = &scenario_constraints, .group = "schema"},
    {.scenario = &scenario_rules, .group = "rules"},
    {.scenario = &scenario_fault, .group = "faults", .for_each_fault = true},
    {.scenario = &scenario_interrupted, .group = "faults", .heavy = 2},
    {.scenario = &scenario_cost, .group = "costs", .heavy = 1},
    {.scenario = &scenario_stall, .group = "costs", .heavy = 1},
    {.scenario = &scenario_deployment, .group = "deployment", .heavy = 3},
    {.scenario = &scenario_certification, .group = "production", .heavy = 1, .on_source = true},
};

const struct scenario_list scenario_table = {.entries = entries,
                                             .count = sizeof entries / sizeof *entries};
