#include "suite/suite_schema.h"

#include "suite/migrator_schema.h"
#include "suite/schema_fields.h"

static const cyaml_schema_value_t migrator = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct suite_migrator, suite_migrator_fields)};

static const cyaml_schema_field_t size_fields[] = {
    STRING(struct suite_size, name),
    CYAML_FIELD_UINT("value", CYAML_FLAG_DEFAULT, struct suite_size, value),
    CYAML_FIELD_UINT("production", CYAML_FLAG_OPTIONAL, struct suite_size, production),
    CYAML_FIELD_UINT_PTR("maximum", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct suite_size,
                         maximum),
    OPTIONAL_STRING(struct suite_size, help),
    CYAML_FIELD_END};
static const cyaml_schema_value_t size = ITEM(struct suite_size, size_fields);

static const cyaml_schema_field_t row_count_fields[] = {
    STRING(struct suite_row_count, table),
    CYAML_FIELD_UINT("count", CYAML_FLAG_DEFAULT, struct suite_row_count, count), CYAML_FIELD_END};
static const cyaml_schema_value_t row_count = ITEM(struct suite_row_count, row_count_fields);

static const cyaml_schema_field_t fixture_fields[] = {
    STRING(struct suite_fixture, name),
    OPTIONAL_STRING(struct suite_fixture, sql),
    OPTIONAL_STRING(struct suite_fixture, recipe),
    OPTIONAL_LIST(struct suite_fixture, sizes, size_count, &size),
    OPTIONAL_LIST(struct suite_fixture, rows, row_count, &row_count),
    CYAML_FIELD_END};
static const cyaml_schema_value_t fixture = ITEM(struct suite_fixture, fixture_fields);

static const cyaml_schema_field_t rule_fields[] = {
    STRING(struct suite_rule, name), STRING(struct suite_rule, level), CYAML_FIELD_END};
static const cyaml_schema_value_t rule = ITEM(struct suite_rule, rule_fields);

static const cyaml_schema_field_t validations_fields[] = {STRING(struct suite_validations, name),
                                                          STRING(struct suite_validations, folder),
                                                          CYAML_FIELD_END};
static const cyaml_schema_value_t validations = ITEM(struct suite_validations, validations_fields);

static const cyaml_schema_field_t value_fields[] = {
    CYAML_FIELD_STRING_PTR("value", CYAML_FLAG_POINTER, struct suite_value, value, 0,
                           CYAML_UNLIMITED),
    OPTIONAL_STRING(struct suite_value, why),
    OPTIONAL_STRINGS(struct suite_value, sqlstates, sqlstate_count),
    OPTIONAL_STRINGS(struct suite_value, requirements, requirement_count), CYAML_FIELD_END};
static const cyaml_schema_value_t value = ITEM(struct suite_value, value_fields);

static const cyaml_schema_field_t values_fields[] = {
    STRING(struct suite_values, table), STRING(struct suite_values, column),
    STRING(struct suite_values, insert), LIST(struct suite_values, values, value_count, &value),
    CYAML_FIELD_END};
static const cyaml_schema_value_t values = ITEM(struct suite_values, values_fields);

static const cyaml_schema_field_t action_fields[] = {
    OPTIONAL_STRING(struct suite_action, sql),
    OPTIONAL_STRING(struct suite_action, fails),
    OPTIONAL_STRING(struct suite_action, hold),
    YAML_FIELD_BOOL("release", CYAML_FLAG_OPTIONAL, struct suite_action, release),
    OPTIONAL_STRING(struct suite_action, stamp),
    CYAML_FIELD_END};
static const cyaml_schema_value_t action = ITEM(struct suite_action, action_fields);

static const cyaml_schema_field_t fault_fields[] = {
    STRING(struct suite_fault, name),
    OPTIONAL_STRING(struct suite_fault, title),
    OPTIONAL_STRINGS(struct suite_fault, after, after_count),
    YAML_FIELD_BOOL("deployment", CYAML_FLAG_OPTIONAL, struct suite_fault, deployment),
    LIST(struct suite_fault, plant, plant_count, &action),
    OPTIONAL_STRING(struct suite_fault, message),
    OPTIONAL_STRING(struct suite_fault, words),
    OPTIONAL_LIST(struct suite_fault, remedy, remedy_count, &action),
    OPTIONAL_STRINGS(struct suite_fault, keeps, keep_count),
    CYAML_FIELD_FLOAT("time_limit", CYAML_FLAG_OPTIONAL, struct suite_fault, time_limit),
    OPTIONAL_STRINGS(struct suite_fault, requirements, requirement_count),
    CYAML_FIELD_END};
static const cyaml_schema_value_t fault = ITEM(struct suite_fault, fault_fields);

static const cyaml_schema_field_t checklist_fields[] = {
    STRING(struct suite_checklist_line, text),
    OPTIONAL_STRING(struct suite_checklist_line, part),
    OPTIONAL_STRINGS(struct suite_checklist_line, checks, check_count),
    OPTIONAL_STRINGS(struct suite_checklist_line, scenarios, scenario_count),
    OPTIONAL_STRINGS(struct suite_checklist_line, steps, step_count),
    YAML_FIELD_BOOL("on_copy", CYAML_FLAG_OPTIONAL, struct suite_checklist_line, on_copy),
    OPTIONAL_STRING(struct suite_checklist_line, note),
    CYAML_FIELD_END};
static const cyaml_schema_value_t checklist_line =
    ITEM(struct suite_checklist_line, checklist_fields);

static const cyaml_schema_field_t budget_fields[] = {
    OPTIONAL_STRING(struct suite_budget, lock),
    OPTIONAL_STRING(struct suite_budget, probe),
    OPTIONAL_STRING(struct suite_budget, table),
    CYAML_FIELD_FLOAT_PTR("seconds", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct suite_budget,
                          seconds),
    OPTIONAL_COUNT(struct suite_budget, rewrites),
    OPTIONAL_COUNT(struct suite_budget, wal_bytes),
    OPTIONAL_COUNT(struct suite_budget, temp_bytes),
    OPTIONAL_STRINGS(struct suite_budget, requirements, requirement_count),
    CYAML_FIELD_END};
static const cyaml_schema_value_t budget = ITEM(struct suite_budget, budget_fields);

static const cyaml_schema_field_t stall_fields[] = {
    OPTIONAL_STRING(struct suite_stall, table),
    CYAML_FIELD_FLOAT("seconds", CYAML_FLAG_DEFAULT, struct suite_stall, seconds), CYAML_FIELD_END};
static const cyaml_schema_value_t stall = ITEM(struct suite_stall, stall_fields);

static const cyaml_schema_field_t probe_fields[] = {
    STRING(struct suite_probe, name), STRING(struct suite_probe, sql),
    OPTIONAL_STRING(struct suite_probe, parameters),
    YAML_FIELD_BOOL("writes", CYAML_FLAG_OPTIONAL, struct suite_probe, writes), CYAML_FIELD_END};
static const cyaml_schema_value_t probe = ITEM(struct suite_probe, probe_fields);

/* It may be left out, but not be empty. */
#define OPTIONAL_WORD(structure, member)                                                           \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member,   \
                           1, CYAML_UNLIMITED)
#define OPTIONAL_FULL_LIST(structure, member, counter, item)                                       \
    CYAML_FIELD_SEQUENCE_COUNT(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure,       \
                               member, counter, item, 1, CYAML_UNLIMITED)

static const cyaml_strval_t roles[] = {{"owner", SUITE_ROLE_OWNER},
                                       {"superuser", SUITE_ROLE_SUPERUSER}};

static const cyaml_schema_field_t suite_fields[] = {
    OPTIONAL_WORD(struct suite, name),
    OPTIONAL_STRING(struct suite, title),
    OPTIONAL_STRING(struct suite, suite),
    OPTIONAL_WORD(struct suite, data),
    OPTIONAL_WORD(struct suite, base),
    OPTIONAL_WORD(struct suite, baseline),
    OPTIONAL_WORD(struct suite, target),
    OPTIONAL_STRINGS(struct suite, extensions, extension_count),
    CYAML_FIELD_FLOAT_PTR("time_limit", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct suite,
                          given_time_limit),
    OPTIONAL_WORD(struct suite, encoding),
    OPTIONAL_WORD(struct suite, locale),
    CYAML_FIELD_ENUM("role", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct suite, role, roles,
                     sizeof roles / sizeof *roles),
    YAML_FIELD_BOOL("atomic", CYAML_FLAG_OPTIONAL, struct suite, atomic),
    OPTIONAL_FULL_LIST(struct suite, migrators, migrator_count, &migrator),
    OPTIONAL_PART(struct suite, migrator, suite_migrator_fields),
    OPTIONAL_STRINGS(struct suite, preserved_tables, preserved_table_count),
    OPTIONAL_STRING(struct suite, delta),
    OPTIONAL_STRING(struct suite, deployment),
    OPTIONAL_STRING(struct suite, rehearsed_deployment),
    OPTIONAL_LIST(struct suite, validations, validation_count, &validations),
    OPTIONAL_LIST(struct suite, rules, rule_count, &rule),
    OPTIONAL_LIST(struct suite, sizes, size_count, &size),
    OPTIONAL_LIST(struct suite, fixtures, fixture_count, &fixture),
    OPTIONAL_LIST(struct suite, accepts, accept_count, &values),
    OPTIONAL_LIST(struct suite, rejects, reject_count, &values),
    OPTIONAL_LIST(struct suite, faults, fault_count, &fault),
    OPTIONAL_LIST(struct suite, checklist, checklist_count, &checklist_line),
    OPTIONAL_LIST(struct suite, budgets, budget_count, &budget),
    OPTIONAL_LIST(struct suite, tolerated_stalls, tolerated_stall_count, &stall),
    OPTIONAL_LIST(struct suite, probes, probe_count, &probe),
    CYAML_FIELD_STRING_PTR("requirements", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct suite,
                           requirements_file, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};

const cyaml_schema_value_t suite_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct suite, suite_fields)};

const char *const suite_required_keys[SUITE_REQUIRED + 1] = {[SUITE_NAME] = "name",
                                                             [SUITE_BASELINE] = "baseline",
                                                             [SUITE_TARGET] = "target",
                                                             [SUITE_MIGRATORS] = "migrators"};

static const cyaml_schema_field_t requirement_fields[] = {
    STRING(struct suite_requirement, id), STRING(struct suite_requirement, text),
    OPTIONAL_STRINGS(struct suite_requirement, checks, check_count), CYAML_FIELD_END};
static const cyaml_schema_value_t requirement = ITEM(struct suite_requirement, requirement_fields);

static const cyaml_schema_field_t requirement_list_fields[] = {
    CYAML_FIELD_SEQUENCE_COUNT("requirements", CYAML_FLAG_POINTER, struct requirement_list, items,
                               item_count, &requirement, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};

const cyaml_schema_value_t requirement_list_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct requirement_list, requirement_list_fields)};
