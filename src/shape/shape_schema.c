#include "shape/shape_schema.h"

#include "shape/shape.h"
#include "suite/schema_fields.h"

#define OPTIONAL_FIGURE(structure, member)                                                         \
    CYAML_FIELD_FLOAT_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member)

static const cyaml_schema_field_t setting_fields[] = {STRING(struct shape_setting, name),
                                                      OPTIONAL_STRING(struct shape_setting, value),
                                                      CYAML_FIELD_END};
static const cyaml_schema_value_t setting = ITEM(struct shape_setting, setting_fields);

static const cyaml_schema_field_t extension_fields[] = {
    STRING(struct shape_extension, name), STRING(struct shape_extension, version),
    STRING(struct shape_extension, schema), CYAML_FIELD_END};
static const cyaml_schema_value_t extension = ITEM(struct shape_extension, extension_fields);

static const cyaml_schema_field_t role_fields[] = {
    STRING(struct shape_role, name),
    OPTIONAL_STRING(struct shape_role, rights),
    OPTIONAL_STRINGS(struct shape_role, member_of, member_of_count),
    OPTIONAL_LIST(struct shape_role, settings, setting_count, &setting),
    OPTIONAL_LIST(struct shape_role, settings_here, settings_here_count, &setting),
    CYAML_FIELD_END};
static const cyaml_schema_value_t role = ITEM(struct shape_role, role_fields);

static const cyaml_schema_field_t grant_fields[] = {
    STRING(struct shape_grant, on), STRING(struct shape_grant, to),
    STRING(struct shape_grant, rights), CYAML_FIELD_END};
static const cyaml_schema_value_t grant = ITEM(struct shape_grant, grant_fields);

static const cyaml_schema_value_t share = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};

static const cyaml_schema_field_t column_fields[] = {
    STRING(struct shape_column, name),
    STRING(struct shape_column, type),
    OPTIONAL_FIGURE(struct shape_column, nulls),
    OPTIONAL_FIGURE(struct shape_column, distinct),
    OPTIONAL_FIGURE(struct shape_column, width),
    OPTIONAL_FIGURE(struct shape_column, correlation),
    OPTIONAL_STRINGS(struct shape_column, common, common_count),
    OPTIONAL_LIST(struct shape_column, shares, share_count, &share),
    OPTIONAL_STRINGS(struct shape_column, histogram, histogram_count),
    CYAML_FIELD_END};
static const cyaml_schema_value_t column = ITEM(struct shape_column, column_fields);

static const cyaml_schema_field_t index_fields[] = {
    STRING(struct shape_index, name), OPTIONAL_COUNT(struct shape_index, pages), CYAML_FIELD_END};
static const cyaml_schema_value_t index_schema = ITEM(struct shape_index, index_fields);

static const cyaml_schema_field_t table_fields[] = {
    STRING(struct shape_table, name),
    OPTIONAL_STRING(struct shape_table, kind),
    OPTIONAL_STRING(struct shape_table, owner),
    OPTIONAL_COUNT(struct shape_table, rows),
    OPTIONAL_COUNT(struct shape_table, dead_rows),
    OPTIONAL_COUNT(struct shape_table, pages),
    OPTIONAL_FIGURE(struct shape_table, bloat),
    OPTIONAL_COUNT(struct shape_table, toast_pages),
    OPTIONAL_LIST(struct shape_table, indexes, index_count, &index_schema),
    OPTIONAL_LIST(struct shape_table, columns, column_count, &column),
    CYAML_FIELD_END};
static const cyaml_schema_value_t table = ITEM(struct shape_table, table_fields);

static const cyaml_schema_field_t statement_fields[] = {
    STRING(struct shape_statement, sql),
    CYAML_FIELD_UINT("calls", CYAML_FLAG_OPTIONAL, struct shape_statement, calls),
    CYAML_FIELD_FLOAT("mean_ms", CYAML_FLAG_OPTIONAL, struct shape_statement, mean_ms),
    CYAML_FIELD_END};
static const cyaml_schema_value_t statement = ITEM(struct shape_statement, statement_fields);

static const cyaml_schema_field_t shape_fields[] = {
    CYAML_FIELD_UINT("shape", CYAML_FLAG_DEFAULT, struct shape, shape),
    OPTIONAL_STRING(struct shape, server),
    OPTIONAL_STRING(struct shape, database),
    OPTIONAL_STRING(struct shape, owner),
    OPTIONAL_STRING(struct shape, encoding),
    OPTIONAL_STRING(struct shape, collation),
    OPTIONAL_STRING(struct shape, ctype),
    OPTIONAL_LIST(struct shape, settings, setting_count, &setting),
    OPTIONAL_LIST(struct shape, database_settings, database_setting_count, &setting),
    OPTIONAL_LIST(struct shape, extensions, extension_count, &extension),
    OPTIONAL_LIST(struct shape, roles, role_count, &role),
    OPTIONAL_LIST(struct shape, grants, grant_count, &grant),
    LIST(struct shape, tables, table_count, &table),
    OPTIONAL_LIST(struct shape, statements, statement_count, &statement),
    CYAML_FIELD_END};

const cyaml_schema_value_t shape_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shape, shape_fields)};
