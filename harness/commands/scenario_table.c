#include "commands/scenario_table.h"

extern const struct scenario scenario_fresh, scenario_existing_data, scenario_idempotency,
    scenario_rollback, scenario_performance, scenario_validation, scenario_round_trip,
    scenario_constraints, scenario_rules, scenario_blocking_foreign_key, scenario_orphaned_chunks,
    scenario_version_conflict, scenario_concurrent_index, scenario_time_limit, scenario_interrupted,
    scenario_cost, scenario_stall, scenario_deployment, scenario_certification;

static const struct scenario_entry entries[] = {
    {&scenario_fresh, "quickstart", false, false},
    {&scenario_existing_data, "quickstart", false, false},
    {&scenario_idempotency, "quickstart", false, false},
    {&scenario_rollback, "quickstart", false, false},
    {&scenario_performance, "quickstart", true, false},
    {&scenario_validation, "quickstart", false, false},
    {&scenario_round_trip, "schema", false, false},
    {&scenario_constraints, "schema", false, false},
    {&scenario_rules, "rules", false, false},
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

const struct scenario_list scenario_table = {entries, sizeof entries / sizeof *entries};
