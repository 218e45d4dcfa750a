/* Members of a JSON object as C values. The first mistake stays in the reader, and ends nothing. */
#pragma once
#include <jansson.h>
#include <stdint.h>

#include "base/error.h"

struct json_reader {
    const char *name; /* of the file, for messages */
    struct error *error;
};

/* Notes that the member is not what was expected: "a list". */
void json_read_wrong(const struct json_reader *r, const char *key, const char *expected);

/* A copy of a text, to be freed; NULL where it is null or not there. */
char *json_read_text(const struct json_reader *r, const json_t *object, const char *key);

/* The same of a text that has to be there, never NULL. */
char *json_read_needed(const struct json_reader *r, const json_t *object, const char *key);

/* A number; `absent` where it is null or not there. */
double json_read_figure(const struct json_reader *r, const json_t *object, const char *key,
                        double absent);

/* A whole number, the same way. */
int64_t json_read_count(const struct json_reader *r, const json_t *object, const char *key,
                        int64_t absent);

bool json_read_truth(const struct json_reader *r, const json_t *object, const char *key);

/* A list that belongs to `object`; NULL, of which jansson counts no items, where it is not there.
 */
const json_t *json_read_list(const struct json_reader *r, const json_t *object, const char *key);
