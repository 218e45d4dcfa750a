#include "reports/json_part.h"

#include <stdlib.h>

#include <math.h>

#include "base/memory.h"
#include "base/valid_text.h"

void json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        memory_exhausted(); /* only for want of memory: each value is valid */
}

void json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        memory_exhausted();
}

void json_put_text(json_t *object, const char *key, const char *value)
{
    char *valid = valid_text(value, EVIDENCE_LIMIT);
    json_put(object, key, value ? json_string(valid) : json_null());
    free(valid);
}

void json_put_count(json_t *object, const char *key, size_t count)
{
    json_put(object, key, json_integer((json_int_t)count));
}

json_t *json_figure(double value)
{
    if (!isfinite(value))
        return json_null();
    return json_real(fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value);
}

void json_append_document(struct text *t, json_t *document)
{
    char *string = json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(document);
    if (!string)
        memory_exhausted(); /* only for want of memory */
    text_append_format(t, "%s\n", string);
    free(string);
}
