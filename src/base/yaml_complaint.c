#include "base/yaml_complaint.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_schema.h"

/* What follows `prefix` in `string`, NULL if that does not begin with it. */
static const char *after(const char *string, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(string, prefix, length) == 0 ? string + length : NULL;
}

/* A line of the backtrace: "in mapping field 'KEY' (line: N, column: M)". */
static void add_frame(struct yaml_complaint *complaint, const char *said)
{
    if (complaint->depth == COMPLAINT_DEPTH)
        return;
    struct yaml_frame *frame = &complaint->frames[complaint->depth++];
    const char *field = after(said, "in mapping field '"), *line = strstr(said, "(line: ");
    if (field)
        frame->field = memory_format("%.*s", (int)strcspn(field, "'"), field);
    if (line)
        frame->line = strtoul(line + strlen("(line: "), NULL, 10);
}

void yaml_complaint_listen(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct yaml_complaint *complaint = context;
    if (level < CYAML_LOG_ERROR)
        return;
    char *message = memory_format_list(format, arguments);
    char *line = text_one_line(message);
    free(message);
    const char *said = after(line, "Load: ");
    if (!said)
        said = line;
    if (after(said, "in "))
        add_frame(complaint, said);
    else if (!complaint->reason)
        complaint->reason = memory_copy_of(said);
    free(line);
}

/* libcyaml 1.4.2 tells a negative number that may not be one as a huge one:
 * "'18446744073709551615'". */
static bool is_refused_number(const char *reason)
{
    const char *value = after(reason, "Invalid UINT value: '");
    if (!value)
        value = after(reason, "Invalid INT value: '");
    if (!value)
        return false;
    value += *value == '-';
    size_t digits = strspn(value, "0123456789");
    return digits > 0 && strcmp(value + digits, "'") == 0;
}

/* libcyaml's word for what it met, in YAML's own. To be freed. */
static char *plain(const char *reason)
{
    static const struct {
        const char *end, *plain;
    } words[] = {{"got event: SCALAR", "found a single value"},
                 {"got event: SEQUENCE_START", "found a list"},
                 {"got event: MAPPING_START", "found a mapping"},
                 {"STRING length < 1:", "it is empty"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(reason), end = strlen(words[i].end);
        if (length >= end && strcmp(reason + length - end, words[i].end) == 0)
            return memory_copy_of(words[i].plain);
    }
    const char *word = after(reason, "Invalid ENUM value: ");
    if (word)
        return memory_format("'%s' does not fit", word);
    if (is_refused_number(reason) || after(reason, "Invalid ")) /* words are not numbers: checked */
        return memory_copy_of("the number is out of range");
    if (after(reason, "Insufficient entries (0 of"))
        return memory_copy_of("it is empty");
    if (after(reason, "Mapping field already seen: "))
        return memory_copy_of("duplicate key");
    return memory_copy_of("it does not fit");
}

/* The line, from `from` on, where `key` stands as a key; 0: nowhere. */
static size_t line_of_key(const char *source, const char *key, size_t from)
{
    size_t length = strlen(key), line = 1;
    for (const char *p = source; length > 0 && *p; p++) {
        bool starts = p == source || strchr("\n {,\"'", p[-1]);
        if (line >= from && starts && strncmp(p, key, length) == 0 && p[length] &&
            strchr(": \"'", p[length]))
            return line;
        line += *p == '\n';
    }
    return 0;
}

/* Appends "a.b" and follows it in the schema. */
static const cyaml_schema_value_t *walk(const struct yaml_complaint *complaint, size_t skipped,
                                        const cyaml_schema_value_t *schema, struct text *path)
{
    for (size_t i = complaint->depth; i-- > skipped;) {
        const char *field = complaint->frames[i].field;
        if (!field)
            continue;
        text_append_format(path, "%s%s", path->length ? "." : "", field);
        schema = schema ? yaml_schema_field(schema, field) : NULL;
    }
    return schema;
}

/*
 * libcyaml places an unexpected key at the mapping around it, and a missing one at the mapping's
 * last key: look for the one, and leave the other's place.
 */
bool yaml_complaint_tell(const struct yaml_complaint *complaint, const char *path,
                         const char *source, const cyaml_schema_value_t *schema,
                         cyaml_err_t outcome, struct error *e)
{
    const char *reason = complaint->reason ? complaint->reason : cyaml_strerror(outcome);
    const char *unknown = after(reason, "Unexpected key: ");
    const char *missing = after(reason, "Missing required mapping field: ");
    size_t skipped = missing && complaint->depth > 0 && complaint->frames[0].field ? 1 : 0;
    size_t line = skipped < complaint->depth ? complaint->frames[skipped].line : 0;
    struct text key = {0}, expected = {0};
    const cyaml_schema_value_t *wanted = walk(complaint, skipped, schema, &key);
    if (unknown) {
        size_t found = line_of_key(source, unknown, line);
        line = found ? found : line;
        wanted = wanted ? yaml_schema_entry(wanted) : NULL;
    } else if (missing) {
        wanted = wanted ? yaml_schema_field(wanted, missing) : NULL;
    }
    const char *twice = after(reason, "Mapping field already seen: ");
    size_t again = twice ? line_of_key(source, twice, line + 1) : 0;
    line = again ? again : line;
    if (unknown || missing)
        text_append_format(&key, "%s%s", key.length ? "." : "", unknown ? unknown : missing);
    const char *near = unknown ? yaml_schema_nearest(wanted ? wanted : schema, unknown) : NULL;
    if (near)
        text_append_format(&expected, "did you mean '%s'?", near);
    else
        yaml_schema_describe(wanted ? wanted : schema, &expected);
    char where[32] = "", *said = plain(reason);
    if (!line && !key.length) /* the whole document */
        line = 1;
    if (!key.length && strcmp(said, "found a single value") == 0) {
        free(said);
        said = memory_copy_of("found a single value, but a key needs ': ' after it");
    }
    if (line)
        snprintf(where, sizeof where, ", line %zu", line);
    error_set(e, ERROR_USAGE, "%s%s%s%s: %s; %s%s%s", path, where, key.length ? ", key " : "",
              text_string(&key),
              unknown   ? "unknown key"
              : missing ? "it is missing"
                        : said,
              near ? "" : "expected ", unknown && !near ? "one of " : "", text_string(&expected));
    free(said);
    text_release(&key);
    text_release(&expected);
    return false;
}

void yaml_complaint_release(struct yaml_complaint *complaint)
{
    for (size_t i = 0; i < complaint->depth; i++)
        free(complaint->frames[i].field);
    free(complaint->reason);
    *complaint = (struct yaml_complaint){0};
}
