/*
 * A string that grows. Zero-initialised it is empty and valid; `data` is NULL until something is
 * added, then always ends in NUL.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data;
    size_t length; /* bytes, without the final NUL */
    size_t capacity;
};

void text_append(struct text *t, const char *string);
void text_append_bytes(struct text *t, const void *bytes, size_t length);
void text_append_format(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A string of JSON (RFC 8259, 7): in quotes, with quotes, backslashes and control characters
   escaped; null for NULL. */
void text_append_json(struct text *t, const char *string);

/* One word of a command line for /bin/sh: `string` in single quotes. */
void text_append_word(struct text *t, const char *string);

/* Makes it empty and keeps the memory. */
void text_clear(struct text *t);

/* Frees the memory; `t` is empty and valid again. */
void text_release(struct text *t);

/* Hands the string over (never NULL; the caller frees it); `t` is empty again. */
char *text_detach(struct text *t);

/* The string, "" when nothing was added; belongs to `t`. */
const char *text_string(const struct text *t);

/*
 * The whole file at `path` into `t`; false, with errno set, if it cannot be read (regular_file.h),
 * with EFBIG if it is longer than `limit` bytes.
 */
bool text_read_file(struct text *t, const char *path, size_t limit);

/* The line of `text` on which `place`, in it or at its end, lies; 1 is the first. */
unsigned text_line_of(const char *text, const char *place);

/* `string` on one line: runs of white space and control characters become one blank each. */
char *text_one_line(const char *string);
