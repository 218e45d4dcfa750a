#include "migrate/layout_schema.h"

#include "base/yaml_file.h"
#include "migrate/layout.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const cyaml_strval_t parts[] = {
    {"up", LAYOUT_UP},
    {"down", LAYOUT_DOWN},
    {"both", LAYOUT_BOTH},
    {"options", LAYOUT_OPTIONS},
    {"repeatable", LAYOUT_REPEATABLE},
    {"described", LAYOUT_DESCRIBED},
    {"program", LAYOUT_PROGRAM},
};
static const cyaml_strval_t groups[] = {{"version", LAYOUT_VERSION},
                                        {"key", LAYOUT_KEY},
                                        {"name", LAYOUT_NAME},
                                        {"other", LAYOUT_OTHER}};
static const cyaml_strval_t versions[] = {
    {"number", VERSION_NUMBER},   {"text", VERSION_TEXT},         {"dotted", VERSION_DOTTED},
    {"natural", VERSION_NATURAL}, {"dashless", VERSION_DASHLESS},
};
static const cyaml_strval_t splits[] = {
    {"whole", SPLIT_WHOLE}, {"lines", SPLIT_LINES}, {"marks", SPLIT_MARKS}, {"sql", SPLIT_SQL}};
static const cyaml_strval_t transactions[] = {
    {"revision", TRANSACTION_REVISION}, {"none", TRANSACTION_NONE}, {"run", TRANSACTION_RUN}};
static const cyaml_strval_t places[] = {
    {"line", PLACE_ANY_LINE},   {"first_line", PLACE_FIRST_LINE}, {"section", PLACE_SECTION_LINE},
    {"options", PLACE_OPTIONS}, {"statement", PLACE_STATEMENT},   {"path", PLACE_PATH},
};
static const cyaml_strval_t checksums[] = {{"none", CHECKSUM_NONE},
                                           {"crc32_lines", CHECKSUM_CRC32_LINES},
                                           {"sha256", CHECKSUM_SHA256},
                                           {"sha384", CHECKSUM_SHA384},
                                           {"line", CHECKSUM_LINE}};
static const cyaml_strval_t orphans[] = {
    {"refuse", ORPHAN_REFUSED}, {"ignore", ORPHAN_IGNORED}, {"empty", ORPHAN_EMPTY}};
static const cyaml_strval_t holdings[] = {{"every", HOLDS_EVERY}, {"newest", HOLDS_NEWEST}};

static const cyaml_schema_value_t string_item = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};

/* A field's key is its member's name. */
#define STRING(structure, member)                                                                  \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, structure, member, 1, CYAML_UNLIMITED)
#define OPTIONAL_STRING(structure, member)                                                         \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member,   \
                           1, CYAML_UNLIMITED)
#define OPTIONAL_LIST(structure, member, item)                                                     \
    CYAML_FIELD_SEQUENCE(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member,     \
                         item, 0, CYAML_UNLIMITED)
#define WORD(flags, structure, member, words)                                                      \
    CYAML_FIELD_ENUM(#member, (flags) | CYAML_FLAG_STRICT, structure, member, words, COUNT(words))
#define OPTIONAL_BOOL(structure, member)                                                           \
    YAML_FIELD_BOOL(#member, CYAML_FLAG_OPTIONAL, structure, member)
/* Releases of clang-format lay out a macro of braces in different ways. */
// clang-format off
#define ITEM(structure, fields) {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, structure, fields)}
// clang-format on

static const cyaml_schema_value_t group = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, enum layout_group, groups, COUNT(groups))};

static const cyaml_schema_field_t file_fields[] = {
    STRING(struct layout_file, pattern), WORD(CYAML_FLAG_DEFAULT, struct layout_file, part, parts),
    OPTIONAL_LIST(struct layout_file, groups, &group), OPTIONAL_BOOL(struct layout_file, otherwise),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file = ITEM(struct layout_file, file_fields);

static const cyaml_schema_field_t journal_fields[] = {
    STRING(struct layout_journal, path), STRING(struct layout_journal, list),
    STRING(struct layout_journal, file), STRING(struct layout_journal, key), CYAML_FIELD_END};

static const cyaml_schema_field_t place_fields[] = {
    STRING(struct layout_places, pattern), STRING(struct layout_places, variable),
    OPTIONAL_LIST(struct layout_places, values, &string_item), CYAML_FIELD_END};

static const cyaml_schema_field_t section_fields[] = {
    OPTIONAL_STRING(struct layout_sections, up), STRING(struct layout_sections, down),
    OPTIONAL_BOOL(struct layout_sections, up_required), CYAML_FIELD_END};

static const cyaml_schema_field_t statement_fields[] = {
    WORD(CYAML_FLAG_DEFAULT, struct layout_statements, split, splits),
    OPTIONAL_STRING(struct layout_statements, begin),
    OPTIONAL_STRING(struct layout_statements, end), OPTIONAL_STRING(struct layout_statements, mark),
    CYAML_FIELD_END};

static const cyaml_schema_field_t option_fields[] = {
    STRING(struct layout_option, pattern),
    WORD(CYAML_FLAG_DEFAULT, struct layout_option, in, places), CYAML_FIELD_END};
static const cyaml_schema_value_t option = ITEM(struct layout_option, option_fields);

static const cyaml_schema_field_t table_fields[] = {
    STRING(struct layout_table, name),
    OPTIONAL_STRING(struct layout_table, schema),
    WORD(CYAML_FLAG_OPTIONAL, struct layout_table, holds, holdings),
    OPTIONAL_BOOL(struct layout_table, create_first),
    OPTIONAL_LIST(struct layout_table, create, &string_item),
    STRING(struct layout_table, applied),
    OPTIONAL_STRING(struct layout_table, blocked),
    OPTIONAL_STRING(struct layout_table, repeatable),
    OPTIONAL_LIST(struct layout_table, before, &string_item),
    OPTIONAL_LIST(struct layout_table, up, &string_item),
    OPTIONAL_LIST(struct layout_table, down, &string_item),
    OPTIONAL_LIST(struct layout_table, first, &string_item),
    OPTIONAL_LIST(struct layout_table, last, &string_item),
    OPTIONAL_LIST(struct layout_table, after, &string_item),
    OPTIONAL_LIST(struct layout_table, failed, &string_item),
    OPTIONAL_LIST(struct layout_table, clear, &string_item),
    OPTIONAL_LIST(struct layout_table, stamp, &string_item),
    CYAML_FIELD_UINT("changes", CYAML_FLAG_OPTIONAL, struct layout_table, changes),
    OPTIONAL_BOOL(struct layout_table, ignore_unknown),
    OPTIONAL_BOOL(struct layout_table, ignore_missing),
    CYAML_FIELD_END};

static const cyaml_schema_field_t rule_fields[] = {
    STRING(struct layout_rules, title),
    STRING(struct layout_rules, example),
    OPTIONAL_STRING(struct layout_rules, source),
    CYAML_FIELD_SEQUENCE("files", CYAML_FLAG_POINTER, struct layout_rules, files, &file, 1,
                         CYAML_UNLIMITED),
    OPTIONAL_BOOL(struct layout_rules, deep),
    CYAML_FIELD_MAPPING_PTR("journal", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct layout_rules, journal, journal_fields),
    WORD(CYAML_FLAG_OPTIONAL, struct layout_rules, versions, versions),
    WORD(CYAML_FLAG_OPTIONAL, struct layout_rules, orphans, orphans),
    CYAML_FIELD_MAPPING_PTR("places", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct layout_rules,
                            places, place_fields),
    CYAML_FIELD_MAPPING_PTR("sections", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct layout_rules, sections, section_fields),
    CYAML_FIELD_MAPPING_PTR("statements", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct layout_rules, statements, statement_fields),
    WORD(CYAML_FLAG_OPTIONAL, struct layout_rules, transaction, transactions),
    OPTIONAL_BOOL(struct layout_rules, commit_inside),
    OPTIONAL_BOOL(struct layout_rules, metacommands),
    OPTIONAL_BOOL(struct layout_rules, strip_mark),
    OPTIONAL_LIST(struct layout_rules, no_transaction, &option),
    WORD(CYAML_FLAG_OPTIONAL, struct layout_rules, checksum, checksums),
    OPTIONAL_STRING(struct layout_rules, checksum_line),
    OPTIONAL_STRING(struct layout_rules, restore),
    CYAML_FIELD_MAPPING("table", CYAML_FLAG_DEFAULT, struct layout_rules, table, table_fields),
    CYAML_FIELD_END};

const cyaml_schema_value_t layout_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct layout_rules, rule_fields)};
