/*
 * What differs between two snapshots, and whether that is the change that was approved.
 *
 * Text form, of `pgrehearse diff` and of an approved delta file (docs/snapshot.md): a line each,
 * "- FACT" or "+ FACT"; "#" begins a comment line. In an approved line `*` stands for any text,
 * for what may be written in several ways; a `*` of the fact itself is written `\*`.
 *
 * What falls with a dropped table is folded into "- table NAME": its columns, indexes, grants …;
 * the types, functions and free sequences that nothing but dropped tables used; the views and
 * unused functions that read nothing but dropped tables; and so on, until no more is found.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "schema/snapshot.h"

struct delta_line {
    char sign;   /* '-' or '+' */
    char *text;  /* the fact; of a dropped table only its kind and name */
    char *full;  /* the whole fact */
    bool folded; /* falls with a dropped table: not shown, need not be approved, but may be */
};

/* Zero-initialised it is empty and valid. */
struct delta {
    struct delta_line *lines; /* in the order of the facts' bytes */
    size_t count;
};

void delta_compute(const struct snapshot *before, const struct snapshot *after, struct delta *d);

/* How many lines are not folded: 0 means that nothing differs. */
size_t delta_count_shown(const struct delta *d);

/* The text form without the folded lines; it reads back as an approved delta of just that. */
void delta_render(const struct delta *d, struct text *out);

void delta_release(struct delta *d);

struct approved_line {
    char sign;
    char *pattern;
};

/* Zero-initialised it approves of no change at all. */
struct approved_delta {
    struct approved_line *lines;
    size_t count;
};

/* ERROR_USAGE, with the line's number, if the file cannot be read or a line is none. */
bool delta_read_approved(const char *path, struct approved_delta *a, struct error *e);

/* Adds "+ FACT" or "- FACT"; false if the line is neither. */
bool approved_delta_add(struct approved_delta *a, const char *line);

void approved_delta_release(struct approved_delta *a);

enum delta_difference_kind {
    DELTA_LOST,        /* an object went that should have stayed */
    DELTA_UNEXPECTED,  /* an object came that nobody approved */
    DELTA_CHANGED,     /* a kept object changed and nobody approved */
    DELTA_MISSING,     /* an approved object did not come */
    DELTA_STILL_THERE, /* an object that should have gone did not */
    DELTA_WRONG,       /* an approved object came, but not as approved */
};

struct delta_difference {
    enum delta_difference_kind kind;
    char *message;  /* one line: `lost index public.orders.idx_orders_day` */
    char *expected; /* the fact (a pattern of the approved delta) that should be; may be NULL */
    char *found;    /* the fact that is; may be NULL */
};

struct delta_differences {
    struct delta_difference *items;
    size_t count;
};

/* Compares both ways; `approved` may be NULL: no change at all is approved. */
void delta_compare(const struct delta *found, const struct approved_delta *approved,
                   struct delta_differences *out);

/*
 * The message of a difference from an earlier state that should have been restored. What came since
 * and is still there reads `left behind: index public.orders.idx_orders_day`. To be freed.
 */
char *delta_left_behind(const struct delta_difference *d);

/* What it points to, not itself. */
void delta_difference_release(struct delta_difference *d);

void delta_differences_release(struct delta_differences *d);
