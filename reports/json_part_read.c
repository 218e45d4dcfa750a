#include "reports/json_part_read.h"

#include <string.h>

#include "base/memory.h"

void json_read_wrong(const struct json_reader *r, const char *key, const char *expected)
{
    if (r->error->kind == ERROR_NONE)
        error_set(r->error, ERROR_USAGE, "%s is not a report of pgrehearse: %s: expected %s",
                  r->name, key, expected);
}

char *json_read_text(const struct json_reader *r, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value))
        return NULL;
    if (!json_is_string(value))
        json_read_wrong(r, key, "a text");
    return memory_copy_of(json_string_value(value));
}

char *json_read_needed(const struct json_reader *r, const json_t *object, const char *key)
{
    char *text = json_read_text(r, object, key);
    if (text)
        return text;
    json_read_wrong(r, key, "a text");
    return memory_copy_of("");
}

double json_read_figure(const struct json_reader *r, const json_t *object, const char *key,
                        double absent)
{
    const json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value))
        return absent;
    if (!json_is_number(value))
        json_read_wrong(r, key, "a number");
    return json_number_value(value);
}

int64_t json_read_count(const struct json_reader *r, const json_t *object, const char *key,
                        int64_t absent)
{
    const json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value))
        return absent;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        json_read_wrong(r, key, "a whole number");
    return (int64_t)json_integer_value(value);
}

bool json_read_truth(const struct json_reader *r, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value))
        json_read_wrong(r, key, "true or false");
    return json_is_true(value);
}

const json_t *json_read_list(const struct json_reader *r, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_array(value))
        json_read_wrong(r, key, "a list");
    return json_is_array(value) ? value : NULL;
}
