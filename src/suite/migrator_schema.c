#include "suite/migrator_schema.h"

#include "suite/schema_fields.h"
#include "suite/suite_migrator.h"

static const cyaml_strval_t orders[] = {{"name", ORDER_NAME},       {"number", ORDER_NUMBER},
                                        {"natural", ORDER_NATURAL}, {"dashless", ORDER_DASHLESS},
                                        {"parents", ORDER_PARENTS}, {"list", ORDER_LIST}};
static const cyaml_strval_t reaches[] = {
    {"any", REACH_ANY}, {"newest", REACH_NEWEST}, {"count", REACH_COUNT}};

static const cyaml_schema_field_t condition_fields[] = {
    STRING(struct suite_condition, file), OPTIONAL_STRING(struct suite_condition, contains),
    OPTIONAL_STRING(struct suite_condition, each), OPTIONAL_BOOL(struct suite_condition, above),
    CYAML_FIELD_END};
static const cyaml_schema_value_t condition = ITEM(struct suite_condition, condition_fields);

static const cyaml_schema_field_t sign_fields[] = {
    LIST(struct suite_sign, all, all_count, &condition), STRING(struct suite_sign, folder),
    OPTIONAL_STRING(struct suite_sign, directory),
    CYAML_FIELD_UINT("weight", CYAML_FLAG_OPTIONAL, struct suite_sign, weight), CYAML_FIELD_END};
static const cyaml_schema_value_t sign = ITEM(struct suite_sign, sign_fields);

static const cyaml_schema_field_t tool_fields[] = {
    OPTIONAL_STRINGS(struct suite_tool, programs, program_count),
    OPTIONAL_STRING(struct suite_tool, works), OPTIONAL_STRING(struct suite_tool, package),
    CYAML_FIELD_END};

static const cyaml_schema_field_t revisions_fields[] = {
    OPTIONAL_STRINGS(struct suite_revisions, files, file_count),
    OPTIONAL_STRING(struct suite_revisions, name),
    OPTIONAL_STRING(struct suite_revisions, but_not),
    OPTIONAL_STRING(struct suite_revisions, otherwise),
    OPTIONAL_STRING(struct suite_revisions, id),
    OPTIONAL_STRING(struct suite_revisions, label),
    OPTIONAL_STRING(struct suite_revisions, id_in),
    OPTIONAL_STRING(struct suite_revisions, parents),
    OPTIONAL_STRING(struct suite_revisions, parent),
    OPTIONAL_STRING(struct suite_revisions, parent_id),
    OPTIONAL_STRING(struct suite_revisions, down_file),
    OPTIONAL_STRING(struct suite_revisions, down_otherwise),
    OPTIONAL_STRING(struct suite_revisions, down_in),
    OPTIONAL_STRINGS(struct suite_revisions, also, also_count),
    OPTIONAL_STRING(struct suite_revisions, list),
    OPTIONAL_STRING(struct suite_revisions, list_line),
    OPTIONAL_STRING(struct suite_revisions, family),
    CYAML_FIELD_ENUM("order", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct suite_revisions,
                     order, orders, sizeof orders / sizeof *orders),
    OPTIONAL_STRING(struct suite_revisions, repeated),
    CYAML_FIELD_END};

static const cyaml_schema_field_t preload_fields[] = {
    OPTIONAL_STRING(struct suite_preload, loader),
    OPTIONAL_STRINGS(struct suite_preload, modules, module_count), CYAML_FIELD_END};

static const cyaml_schema_field_t spelling_fields[] = {
    STRING(struct suite_spelling, file), STRING(struct suite_spelling, contains),
    STRING(struct suite_spelling, url), CYAML_FIELD_END};
static const cyaml_schema_value_t spelling = ITEM(struct suite_spelling, spelling_fields);

static const cyaml_schema_field_t replacement_fields[] = {
    STRING(struct suite_replacement, pattern), OPTIONAL_STRING(struct suite_replacement, text),
    CYAML_FIELD_END};
static const cyaml_schema_value_t replacement = ITEM(struct suite_replacement, replacement_fields);

static const cyaml_schema_field_t written_fields[] = {
    STRING(struct suite_written_file, name), OPTIONAL_STRING(struct suite_written_file, copy),
    OPTIONAL_STRING(struct suite_written_file, text),
    OPTIONAL_LIST(struct suite_written_file, replace, replace_count, &replacement),
    CYAML_FIELD_END};
static const cyaml_schema_value_t written = ITEM(struct suite_written_file, written_fields);

const cyaml_schema_field_t suite_migrator_fields[] = {
    OPTIONAL_STRING(struct suite_migrator, name),
    OPTIONAL_STRING(struct suite_migrator, profile),
    OPTIONAL_STRING(struct suite_migrator, title),
    OPTIONAL_STRING(struct suite_migrator, tried),
    OPTIONAL_STRING(struct suite_migrator, directory),
    OPTIONAL_STRING(struct suite_migrator, folder),
    OPTIONAL_LIST(struct suite_migrator, detect, detect_count, &sign),
    OPTIONAL_PART(struct suite_migrator, tool, tool_fields),
    OPTIONAL_STRING(struct suite_migrator, layout),
    OPTIONAL_STRING(struct suite_migrator, base),
    CYAML_FIELD_ENUM("reaches", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct suite_migrator,
                     reaches, reaches, 3),
    OPTIONAL_PART(struct suite_migrator, revisions, revisions_fields),
    OPTIONAL_STRING(struct suite_migrator, upgrade),
    OPTIONAL_STRING(struct suite_migrator, downgrade),
    OPTIONAL_STRING(struct suite_migrator, current),
    OPTIONAL_STRING(struct suite_migrator, history),
    OPTIONAL_STRING(struct suite_migrator, heads),
    OPTIONAL_STRING(struct suite_migrator, stamp),
    OPTIONAL_STRING(struct suite_migrator, current_line),
    OPTIONAL_STRING(struct suite_migrator, matches),
    OPTIONAL_STRING(struct suite_migrator, version),
    OPTIONAL_STRING(struct suite_migrator, applied),
    OPTIONAL_STRINGS(struct suite_migrator, tables, table_count),
    OPTIONAL_STRING(struct suite_migrator, handover),
    OPTIONAL_STRING(struct suite_migrator, url),
    OPTIONAL_LIST(struct suite_migrator, spellings, spelling_count, &spelling),
    OPTIONAL_STRINGS(struct suite_migrator, environment, environment_count),
    OPTIONAL_LIST(struct suite_migrator, files, file_count, &written),
    OPTIONAL_STRING(struct suite_migrator, stage),
    OPTIONAL_BOOL(struct suite_migrator, port),
    OPTIONAL_BOOL(struct suite_migrator, network),
    OPTIONAL_PART(struct suite_migrator, preload, preload_fields),
    OPTIONAL_BOOL(struct suite_migrator, fresh_process),
    OPTIONAL_BOOL(struct suite_migrator, slow),
    CYAML_FIELD_UINT("unable", CYAML_FLAG_OPTIONAL, struct suite_migrator, unable),
    OPTIONAL_STRING(struct suite_migrator, lacking),
    OPTIONAL_STRING(struct suite_migrator, ran),
    OPTIONAL_STRING(struct suite_migrator, step),
    OPTIONAL_STRINGS(struct suite_migrator, places, place_count),
    OPTIONAL_STRINGS(struct suite_migrator, upgrade_log, upgrade_log_count),
    OPTIONAL_STRINGS(struct suite_migrator, downgrade_log, downgrade_log_count),
    CYAML_FIELD_END};

const cyaml_schema_value_t suite_migrator_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct suite_migrator, suite_migrator_fields)};
