/* What a lock's mode keeps others from (PostgreSQL manual, 13.3.1 "Table-Level Locks"). */
#pragma once
#include "record/cost_record.h"

enum lock_level {
    LOCK_READS,      /* AccessShare, RowShare: bars next to nothing */
    LOCK_WRITES,     /* RowExclusive, ShareUpdateExclusive: bars changes of the schema */
    LOCK_BARS_WRITE, /* Share, ShareRowExclusive, Exclusive: bars writing */
    LOCK_BARS_ALL,   /* AccessExclusive: bars reading too */
    LOCK_LEVELS
};

/* A mode that is not known counts as LOCK_READS. */
enum lock_level lock_level_of(const char *mode);

/* "bars reading and writing", … */
const char *lock_level_text(enum lock_level level);

/* How much people ask for an object of its kind: 2 tables, 1 indexes, sequences and views, 0 the
 * rest, such as types and triggers. */
int lock_interest(const struct lock_cost *l);

/* The lock of the highest level, of these the most asked for, and of these the longest held; NULL
 * if there is none. */
const struct lock_cost *lock_heaviest(const struct cost_record *c);
