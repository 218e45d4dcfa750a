/* What a stream can show, and how a line is made to fit it. */
#pragma once
#include <stdio.h>

#include "base/text.h"

struct terminal {
    bool live;      /* a terminal on which lines can be redrawn in place */
    bool colour;    /* live, and NO_COLOR (no-color.org) is not set */
    bool utf8;      /* the locale's encoding is UTF-8 */
    size_t columns; /* 80 where it is not known */
    size_t rows;    /* 24 where it is not known */
};

/* Asks the stream and the environment: TERM, NO_COLOR, LC_ALL, LC_CTYPE, LANG. */
struct terminal terminal_of(FILE *out);

/* Asks for the size again: a window may have changed. */
void terminal_measure(struct terminal *t, FILE *out);

/* Marks in lines under construction; terminal_append_line() drops them where there is no colour. */
#define INK_GOOD  "\033[32m"
#define INK_BAD   "\033[31m"
#define INK_DOUBT "\033[33m"
#define INK_SOFT  "\033[2m"
#define INK_BOLD  "\033[1m"
#define INK_END   "\033[0m"

/*
 * Adds `line`, which is valid text with marks, as the terminal can show it: without marks where
 * there is no colour, in ASCII where there is no UTF-8, cut to `columns` (0: not cut; the last
 * one is then "…"). Returns the columns used. No newline is added.
 */
size_t terminal_append_line(const struct terminal *t, struct text *out, const char *line,
                            size_t columns);

/*
 * Adds `line` with a newline; on a terminal in as many lines as it takes to keep whole words within
 * its columns, all but the first after `indent` blanks.
 */
void terminal_append_wrapped(const struct terminal *t, struct text *out, const char *line,
                             size_t indent);

/* Columns that a valid text takes, marks not counted: wide characters two, combining ones none. */
size_t display_columns(const char *valid);

/* Adds `valid` and blanks up to `columns`; on the left side when `right`. */
void append_padded(struct text *t, const char *valid, size_t columns, bool right);

/* Prints a whole line, valid text with marks, as the terminal can show it, and flushes. */
void terminal_print_line(const struct terminal *t, FILE *out, const char *line);

/* The same with whatever text the run has to say; `out` NULL: nobody wants it. */
void terminal_print_message(const struct terminal *t, FILE *out, const char *message);
