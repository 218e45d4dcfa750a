/* The lines of a text, one after the other. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct line_reader {
    const char *next;  /* what has not been read yet */
    size_t number;     /* of the line, 1 being the first */
    struct text line;  /* without its end and the blanks before it */
    const char *raw;   /* as it stands in the text, with its end */
    size_t raw_length; /* bytes */
};

/* Begins at the first line of `content`, which outlives it. Release it in the end. */
void lines_begin(struct line_reader *l, const char *content);

/* Reads a line; false at the end. */
bool lines_next(struct line_reader *l);

void lines_release(struct line_reader *l);

/* Nothing but blanks and a comment to the line's end. */
bool line_is_comment(const char *line);

/* Sets an ERROR_USAGE about a line of a file; returns false. */
bool line_refuse(const char *path, size_t line, const char *what, struct error *e);
