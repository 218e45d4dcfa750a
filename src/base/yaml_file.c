#include "base/yaml_file.h"

#include <errno.h>
#include <yaml.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "base/yaml_bounds.h"
#include "base/yaml_complaint.h"
#include "base/yaml_mistakes.h"
#include "base/yaml_numbers.h"

const cyaml_strval_t yaml_booleans[2] = {{"false", false}, {"true", true}};

/* What a file may hold: one that people write, and one that a program writes. */
struct limits {
    size_t bytes, values;
};
static const struct limits written_by_hand = {4u << 20, YAML_VALUES};
static const struct limits written_by_program = {256u << 20, 20000000};

/* libyaml's words for what people do, and what to do about it. */
static const struct {
    const char *said, *plain;
} faults[] = {
    {"mapping values are not allowed", "a ': ' where no key can be; check the indentation, and put "
                                       "text that contains ': ' in quotes"},
    {"block sequence entries are not allowed",
     "a '- ' where no list can be; check the indentation"},
    {"did not find expected '-' indicator", "not indented like the list's entries before it"},
    {"did not find expected key", "not indented like the keys before it"},
    {"did not find expected node content",
     "a value is missing; is a bracket before it not closed?"},
    {"did not find expected ',' or ']'", "a list in [ ] lacks a ',' or is not closed"},
    {"did not find expected ',' or '}'", "keys in { } lack a ',' or are not closed"},
    {"could not find expected ':'", "a key without ': ' after it"},
    {"found unexpected end of stream", "a quote is not closed"},
    {"found unknown escape", "a \\ in \" \" that escapes nothing; use ' '"},
    {"found undefined alias", "no anchor & has this name; put text that begins with * in quotes"},
    {"UTF", "not UTF-8; save the file in UTF-8"},
    {"octet", "not UTF-8; save the file in UTF-8"},
    {"Unicode", "not UTF-8; save the file in UTF-8"},
    {"control characters", "a control character"},
    {"tab character", "indented with a tab; use blanks"},
};

/* To be freed. */
static char *plain_fault(const yaml_parser_t *parser, const struct text *source)
{
    const char *said = parser->problem ? parser->problem : "";
    size_t at = parser->problem_mark.index;
    char here = at < source->length ? text_string(source)[at] : '\0';
    if (strstr(said, "cannot start any token"))
        return here == '\t' ? memory_copy_of("indented with a tab; use blanks")
                            : memory_format("a value that begins with %c; put it in quotes", here);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strstr(said, faults[i].said))
            return memory_copy_of(faults[i].plain);
    return memory_copy_of("it cannot be read from here on");
}

static bool not_yaml(const yaml_parser_t *parser, const struct text *source, const char *path,
                     struct error *e)
{
    const char *text = text_string(source);
    size_t offset =
        parser->problem_offset < source->length ? parser->problem_offset : source->length;
    size_t line = parser->error == YAML_READER_ERROR ? text_line_of(text, text + offset)
                                                     : parser->problem_mark.line + 1;
    if (!parser->problem) /* want of memory has no words there */
        return error_set(e, ERROR_UNAVAILABLE, "%s: %s", path, strerror(ENOMEM));
    char *plain = plain_fault(parser, source);
    error_set(e, ERROR_USAGE, "%s, line %zu: not YAML: %s", path, line, plain);
    free(plain);
    return false;
}

static bool load_document(yaml_parser_t *parser, yaml_document_t *document,
                          const struct text *source, const char *path, struct error *e)
{
    return yaml_parser_load(parser, document) || not_yaml(parser, source, path, e);
}

static bool check_second(yaml_document_t *second, const char *path, struct error *e)
{
    return !yaml_document_get_root_node(second) ||
           error_set(e, ERROR_USAGE, "%s, line %zu: expected a single YAML document", path,
                     second->start_mark.line + 1);
}

/*
 * What libcyaml does not: the line of a syntax error, a second document, numbers with something
 * behind them.
 */
static bool check_document(const struct text *source, const char *path,
                           const cyaml_schema_value_t *schema, struct error *e)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        memory_exhausted();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text_string(source),
                                 source->length);
    bool good = load_document(&parser, &document, source, path, e);
    if (good) {
        good = yaml_numbers_check(&document, path, schema, e);
        yaml_document_delete(&document);
    }
    if (good && load_document(&parser, &document, source, path, e)) {
        good = check_second(&document, path, e);
        yaml_document_delete(&document);
    } else {
        good = false;
    }
    yaml_parser_delete(&parser);
    return good;
}

static cyaml_config_t config_with(struct yaml_complaint *complaint)
{
    return (cyaml_config_t){.log_fn = yaml_complaint_listen,
                            .log_ctx = complaint,
                            .mem_fn = cyaml_mem,
                            .log_level = CYAML_LOG_ERROR,
                            .flags = CYAML_CFG_DEFAULT};
}

static bool parse(const struct text *source, const char *path, const cyaml_schema_value_t *schema,
                  void **data, struct error *e)
{
    struct yaml_complaint complaint = {0};
    cyaml_config_t config = config_with(&complaint);
    cyaml_err_t outcome = cyaml_load_data((const uint8_t *)text_string(source), source->length,
                                          &config, schema, data, NULL);
    bool good = outcome == CYAML_OK && *data;
    if (outcome == CYAML_OK && !*data)
        error_set(e, ERROR_USAGE, "%s: the file is empty", path);
    else if (outcome == CYAML_ERR_OOM || outcome == CYAML_ERR_LIBYAML_PARSER ||
             outcome == CYAML_ERR_LIBYAML_PARSER_INIT) /* what was read before is YAML */
        error_set(e, ERROR_UNAVAILABLE, "%s: %s", path, strerror(ENOMEM));
    else if (!good)
        yaml_complaint_tell(&complaint, path, text_string(source), schema, outcome, e);
    yaml_complaint_release(&complaint);
    return good;
}

static bool load(const char *path, const struct limits *limits, const cyaml_schema_value_t *schema,
                 void **data, struct error *e)
{
    struct text source = {0};
    *data = NULL;
    bool good =
        text_read_file(&source, path, limits->bytes) ||
        error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path, file_reason(errno));
    bool bounded = good && yaml_bounds_check(&source, path, limits->values, e);
    good = bounded && check_document(&source, path, schema, e) &&
           parse(&source, path, schema, data, e);
    if (bounded && e->kind == ERROR_USAGE)
        yaml_mistakes_add(&source, schema, e);
    text_release(&source);
    return good;
}

bool yaml_file_load(const char *path, const cyaml_schema_value_t *schema, void **data,
                    struct error *e)
{
    return load(path, &written_by_hand, schema, data, e);
}

bool yaml_file_load_large(const char *path, const cyaml_schema_value_t *schema, void **data,
                          struct error *e)
{
    return load(path, &written_by_program, schema, data, e);
}

void yaml_file_free(const cyaml_schema_value_t *schema, void *data)
{
    struct yaml_complaint ignored = {0};
    cyaml_config_t config = config_with(&ignored);
    if (data)
        cyaml_free(&config, schema, data, 0);
    yaml_complaint_release(&ignored);
}
