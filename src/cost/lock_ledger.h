/*
 * The lock ledger: which locks a migrator's sessions took, with which statement, how long they were
 * waited for and held. It is fed with what pg_locks shows (PostgreSQL manual, 54.12): at
 * boundaries, which is exact, and between them, which fills in what no boundary shows.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "postgres/connection.h"

/* The columns that both readings take, in this order, from pg_locks AS l. */
#define LOCK_COLUMNS                                                                               \
    "l.pid, l.locktype, l.relation, l.classid, l.objid, l.objsubid, l.mode, l.granted, "           \
    "extract(epoch FROM clock_timestamp() - l.waitstart)"
enum { LOCK_COLUMN_COUNT = 9 };

struct lock_entry {
    int backend;
    char type[16];                         /* pg_locks.locktype */
    uint32_t relation, class, object, sub; /* 0 where it has none */
    char mode[32];
    size_t statement; /* that took it or waits for it */
    double taken;     /* clock_seconds(), from when on it may have been held */
    double waited;    /* seconds */
    double released;  /* clock_seconds(); negative: not yet */
    double last_seen; /* by a sample */
    bool granted;
    bool sampled; /* no boundary has shown it */
};

/* Zero-initialised it is empty and valid. */
struct lock_ledger {
    struct lock_entry *over; /* in the order in which they ended */
    size_t over_count;
    struct lock_entry *open; /* in an order of their own, by which each is found again */
    size_t open_count;
};

/* The statement between whose beginning and end the locks were taken. */
struct lock_moment {
    size_t statement;
    int backend;
    double started;
    double now;             /* its end, or when the sample was asked */
    double previous_sample; /* of the same statement; 0: there was none */
    bool in_transaction;    /* the statement ran, or ends, within one: its boundary shows all */
};

/*
 * What a boundary shows: all that the backend holds now, and nobody else's. `first` is the column
 * at which LOCK_COLUMNS begin. Returns whether there was any row: none in a transaction means that
 * we are blind. Takes n log n for n locks, as a migration may hold thousands.
 */
bool lock_ledger_boundary(struct lock_ledger *l, const PGresult *rows, int first,
                          const struct lock_moment *m);

/* What a sample shows; rows of other backends do not count. */
void lock_ledger_sample(struct lock_ledger *l, const PGresult *rows, int first,
                        const struct lock_moment *m);

/* The migrator has ended: so has whatever it held. All are over from then on. */
void lock_ledger_finish(struct lock_ledger *l, double now);

/* The statement that took this very lock on a relation, in any mode; 0: none did. */
size_t lock_ledger_taker(const struct lock_ledger *l, uint32_t relation);

/* Whether it holds one that conflicts with writing (ROW EXCLUSIVE: manual, 13.3.1). */
bool lock_ledger_keeps_writers_waiting(const struct lock_ledger *l, int backend);

void lock_ledger_release(struct lock_ledger *l);
