/*
 * The SQL of the extended query protocol (PostgreSQL manual, 55.2.3): Parse gives SQL to a
 * prepared statement, Bind a statement to a portal, Execute runs the portal. What was prepared is
 * remembered, so that the SQL is known when it is run, however much later.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum {
    BATCH_MOST_PREPARED = 256, /* named statements that are remembered; then the oldest goes */
    BATCH_MOST_SQL = 64 << 10, /* bytes of SQL that are reported of one batch */
};

struct batch_prepared {
    char *name, *sql;
};

/* Zero-initialised it is empty and valid. */
struct batch {
    struct batch_prepared *prepared;
    size_t prepared_count;
    char *bound;     /* the SQL of the portal that was bound last */
    char *parsed;    /* the SQL that was parsed last, told where nothing is executed */
    struct text sql; /* of the Executes so far, "; " between */
    size_t executes;
};

/* A message from the client: Parse 'P', Bind 'B', Execute 'E'; others say nothing. */
void batch_note(struct batch *b, char type, const struct text *body);

/* What the batch runs or, if it runs nothing, what it prepares; "" for neither. */
const char *batch_sql(const struct batch *b);

/* The next batch begins; what was prepared stays. */
void batch_clear(struct batch *b);

void batch_release(struct batch *b);
