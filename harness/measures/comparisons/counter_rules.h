/*
 * What two sets of migrations cost by their ledgers: counters, locks and rewrites, which do not
 * wander as times do. Pure; knows no server.
 *
 * A counter has grown where every run of the candidate lies above every run of the base by more
 * than these scatter among themselves, by more than the threshold, and by more than a few pages.
 * A lock is stronger, a table rewritten, when that is so in every run of the candidate and in none
 * of the base.
 */
#pragma once
#include "record/cost_record.h"

enum difference_kind {
    DIFFERENCE_WORSE,  /* a regression */
    DIFFERENCE_TOLD,   /* worth a word, no regression */
    DIFFERENCE_BETTER, /* an improvement */
};

struct difference {
    enum difference_kind kind;
    const char *check; /* "locks", "rewrites", "counters" or "time" */
    char *message;     /* one line, in plain words */
    const char *sql;   /* of the statement it is due to, the ledger's; NULL: not known */
};

/* Zero-initialised it is empty and valid. */
struct differences {
    struct difference *items;
    size_t count;
};

void differences_add(struct differences *d, enum difference_kind kind, const char *check,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The last one is due to this statement; NULL: nothing is known. */
void differences_blame(struct differences *d, const struct statement_cost *statement);

/* Whether one of `check` (NULL: any) is of this kind. */
bool differences_have(const struct differences *d, enum difference_kind kind, const char *check);

void differences_release(struct differences *d);

enum { LEDGERS_MOST = 64 };

/* The runs of one side, at most LEDGERS_MOST; all on clones of the same template. */
struct ledgers {
    struct cost_record *const *items;
    size_t count;
};

void counters_compare(const struct ledgers *base, const struct ledgers *candidate, double threshold,
                      struct differences *out);

/* "3.1 MB", "820 kB", "12 bytes" into `buffer` (32 bytes are enough). */
void bytes_text(double bytes, char *buffer, size_t size);
