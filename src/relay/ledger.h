/*
 * The statement ledger: what a migrator asked of the server, in the order in which it asked.
 *
 * A statement is what the server answers with one ReadyForQuery: a Query, which may hold several
 * SQL commands, or everything up to a Sync.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum {
    LEDGER_MOST_STATEMENTS = 100000, /* those after them are counted and not kept */
    LEDGER_MOST_SQL = 64 << 20,      /* bytes of SQL of all statements together */
};

struct ledger_statement {
    size_t number;     /* from 1, over all connections */
    size_t connection; /* from 1 */
    int backend;       /* process id of the server's end */
    char *sql;         /* what was asked, cut where it is long; several Executes: "; " between */
    bool extended;     /* asked by Parse … Sync instead of Query */
    double started;    /* clock_seconds() */
    double seconds;    /* until the server was ready again; negative: it never was */
    char *tag;         /* of the last command that was completed: "INSERT 0 3"; NULL: none */
    uint64_t rows;     /* that all its commands speak of */
    char sqlstate[6];  /* of its first error; "" for none */
    char *message;     /* of that error, or NULL */
    char transaction;  /* after it: 'I' idle, 'T' in a transaction, 'E' in a failed one */
    bool ended;        /* one of its commands has ended a transaction, or a part of one */
};

/* Zero-initialised it is empty and valid. */
struct ledger {
    struct ledger_statement *statements;
    size_t count;     /* of those kept */
    size_t total;     /* of all */
    size_t sql_bytes; /* of those kept */
    size_t entered;   /* connections that the server let in */
    char *stranger;   /* another database that was asked for, the first time; NULL: none was */
    char *refusal;    /* why the server refused a connection, the first time; NULL: it did not */
    char refusal_sqlstate[6];
};

/*
 * Opens the entry of a statement that is about to be asked; returns its index. Past the limit of
 * statements, it is the last entry, whose place the next one takes again.
 */
size_t ledger_begin(struct ledger *l, size_t connection, int backend, const char *sql,
                    bool extended);

/* The first 60 bytes or so of the SQL on one line, for a message; the caller frees it. */
char *ledger_sql_in_short(const struct ledger_statement *s);

void ledger_release(struct ledger *l);
