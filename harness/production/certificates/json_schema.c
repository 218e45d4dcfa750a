#include "production/certificates/json_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"

static bool has_type(const json_t *value, const char *name)
{
    static const struct {
        const char *name;
        json_type type;
    } types[] = {{"object", JSON_OBJECT},   {"array", JSON_ARRAY},    {"string", JSON_STRING},
                 {"integer", JSON_INTEGER}, {"number", JSON_INTEGER}, {"number", JSON_REAL},
                 {"boolean", JSON_TRUE},    {"boolean", JSON_FALSE},  {"null", JSON_NULL}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0 && json_typeof(value) == types[i].type)
            return true;
    return false;
}

/* `type` is a name, or a list of them. */
static bool fits_type(const json_t *type, const json_t *value, struct text *expected)
{
    if (json_is_string(type)) {
        text_append(expected, json_string_value(type));
        return has_type(value, json_string_value(type));
    }
    for (size_t i = 0; i < json_array_size(type); i++) {
        const char *name = json_string_value(json_array_get(type, i));
        text_append_format(expected, "%s%s", i ? " or " : "", name);
        if (has_type(value, name))
            return true;
    }
    return false;
}

static bool is_one_of(const json_t *allowed, const json_t *value, struct text *expected)
{
    for (size_t i = 0; i < json_array_size(allowed); i++) {
        char *written = json_dumps(json_array_get(allowed, i), JSON_ENCODE_ANY);
        text_append_format(expected, "%s%s", i ? " or " : "", written ? written : "");
        free(written);
        if (json_equal(json_array_get(allowed, i), value))
            return true;
    }
    return false;
}

static bool is_const(const json_t *constant, const json_t *value, struct text *expected)
{
    char *written = json_dumps(constant, JSON_ENCODE_ANY);
    text_append(expected, written ? written : "");
    free(written);
    return json_equal(constant, value);
}

static bool fits_pattern(const char *pattern, const json_t *value, struct text *expected)
{
    struct pattern p;
    if (!json_is_string(value))
        return true;
    text_append_format(expected, "text that matches %s", pattern);
    pattern_compile_checked(&p, pattern);
    bool fits = pattern_matches(&p, json_string_value(value));
    pattern_release(&p);
    return fits;
}

static bool fits_minimum(const json_t *minimum, const json_t *value, struct text *expected)
{
    if (!json_is_number(value))
        return true;
    text_append_format(expected, "at least %g", json_number_value(minimum));
    return json_number_value(value) >= json_number_value(minimum);
}

/* The value itself, without what it contains. */
static bool fits_alone(const json_t *schema, const json_t *value, struct text *expected)
{
    const json_t *type = json_object_get(schema, "type"), *one = json_object_get(schema, "enum");
    const json_t *constant = json_object_get(schema, "const");
    const json_t *minimum = json_object_get(schema, "minimum");
    const char *pattern = json_string_value(json_object_get(schema, "pattern"));
    text_clear(expected);
    if (type && !fits_type(type, value, expected))
        return false;
    text_clear(expected);
    if (one && !is_one_of(one, value, expected))
        return false;
    text_clear(expected);
    if (constant && !is_const(constant, value, expected))
        return false;
    text_clear(expected);
    if (pattern && !fits_pattern(pattern, value, expected))
        return false;
    text_clear(expected);
    return !minimum || fits_minimum(minimum, value, expected);
}

/* The place is told from the inside outwards. False, as the value does not fit. */
static bool at(struct text *path, const char *name)
{
    char *inner = text_detach(path);
    text_append_format(path, "%s%s%s", name, *inner ? "." : "", inner);
    free(inner);
    return false;
}

static bool has_required(const json_t *schema, const json_t *object, struct text *path,
                         struct text *expected)
{
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; json_is_object(object) && i < json_array_size(required); i++) {
        const char *name = json_string_value(json_array_get(required, i));
        if (json_object_get(object, name))
            continue;
        text_append(expected, "this member");
        return at(path, name);
    }
    return true;
}

static bool fits(const json_t *schema, const json_t *value, struct text *path,
                 struct text *expected);

static bool fit_members(const json_t *schema, const json_t *object, struct text *path,
                        struct text *expected)
{
    const json_t *properties = json_object_get(schema, "properties");
    bool closed = json_is_false(json_object_get(schema, "additionalProperties"));
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)object, name, member)
    {
        const json_t *rules = json_object_get(properties, name);
        if (!rules && closed)
            text_append(expected, "no such member");
        if ((!rules && closed) || (rules && !fits(rules, member, path, expected)))
            return at(path, name);
    }
    return true;
}

static bool fit_items(const json_t *schema, const json_t *array, struct text *path,
                      struct text *expected)
{
    const json_t *rules = json_object_get(schema, "items");
    for (size_t i = 0; rules && i < json_array_size(array); i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        if (!fits(rules, json_array_get(array, i), path, expected))
            return at(path, number);
    }
    return true;
}

/* Not deeper than the schema is, which is ours. */
static bool fits(const json_t *schema, const json_t *value, struct text *path,
                 struct text *expected)
{
    return fits_alone(schema, value, expected) && has_required(schema, value, path, expected) &&
           (!json_is_object(value) || fit_members(schema, value, path, expected)) &&
           (!json_is_array(value) || fit_items(schema, value, path, expected));
}

bool json_schema_fits(const json_t *schema, const json_t *value, struct text *path,
                      struct text *expected)
{
    return fits(schema, value, path, expected);
}
