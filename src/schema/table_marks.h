/*
 * Which tables of a database still hold the very rows of an earlier moment, without their values
 * being read. An UPDATE, and whatever else puts a value into a table, makes a row version that
 * carries its transaction's number, in a table that is rewritten, refilled or frozen too; so a
 * table with as many rows as then, and no newer version, has the same rows (PostgreSQL manual, 5.5
 * and 25.1.5). A change that was rolled back is none. No counter of the statistics is asked.
 */
#pragma once
#include <stdint.h>

#include "postgres/connection.h"

struct table_mark {
    char *name; /* "public.orders" */
    char *mark;
    uint64_t rows; /* how many it has */
};

/* Zero-initialised it is empty and valid. */
struct table_marks {
    char *since; /* the transaction from which on row versions are newer */
    struct table_mark *items;
    size_t count;
};

/*
 * Marks the tables of the database at `c` that have nothing newer than `since`; NULL: than now.
 * Equal marks of a table, at a moment and later with that moment's `since`, in the same database or
 * in clones of one template, stand for equal rows. A table that cannot be judged so has none.
 */
bool table_marks_take(struct connection *c, const char *since, struct table_marks *m,
                      struct error *e);

/*
 * From when on what is written in any database of the server is newer than all that is there: a
 * `since` for clones that are made from now on, and for what they are clones of. To be freed.
 */
char *table_marks_moment(struct connection *c, struct error *e);

/* Whether the table has a mark in both, and the same. */
bool table_marks_agree(const struct table_marks *a, const struct table_marks *b, const char *name);

/* The table's mark, NULL if it has none. */
const struct table_mark *table_marks_find(const struct table_marks *m, const char *name);

void table_marks_release(struct table_marks *m);
