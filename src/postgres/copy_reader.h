/*
 * Takes a binary COPY stream apart into rows (PostgreSQL manual, COPY, "Binary Format"), however
 * it is cut into messages.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct copy_field {
    const char *data; /* NULL for null */
    size_t length;
    const char *start; /* of the field's length word: one run of bytes from the first to the last */
};

/* Called for each row; `end` is just past its last field. */
typedef void copy_row_fn(void *context, const struct copy_field *fields, const char *end);

/* Zero-initialised except for the first three, it is ready. */
struct copy_reader {
    size_t field_count;
    copy_row_fn *on_row;
    void *context;
    struct copy_field *fields; /* room for one row */
    struct text pending;       /* bytes of a row that is not complete yet */
    bool past_header, ended;
};

/* False if the bytes are no such stream, or its rows have another number of fields. */
bool copy_reader_feed(struct copy_reader *r, const char *data, size_t length);

void copy_reader_release(struct copy_reader *r);
