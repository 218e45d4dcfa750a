/* One line that tells how far something is, redrawn in place; on a terminal only. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress_bar {
    FILE *out;
    bool shown; /* `out` is a terminal that can redraw */
};

void progress_bar_init(struct progress_bar *b, FILE *out);

/* `context` is the struct progress_bar: a generator_progress_fn. */
void progress_bar_show(void *context, const char *what, uint64_t done, uint64_t total);

/* Wipes the line. */
void progress_bar_release(struct progress_bar *b);
