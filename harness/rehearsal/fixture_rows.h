/* The rows that a suite's fixture puts into a database. */
#pragma once
#include "generator/generator.h"
#include "rehearsal/rehearsal.h"

/* Zero-initialised it is none. */
struct fixture_rows {
    struct generator_counts counts;
    double seconds; /* that the generator took */
};

/*
 * Runs the fixture's script on `c` and generates by its recipe, with progress in the scenario's
 * record. Release the rows in any case.
 */
bool fixture_rows_make(struct rehearsal *r, struct connection *c, const struct suite_fixture *f,
                       struct fixture_rows *rows, struct error *e);

/* How many rows the fixture's script declares for the table, and the generator has made. */
uint64_t fixture_rows_of(const struct fixture_rows *rows, const struct suite_fixture *f,
                         const char *table);

void fixture_rows_release(struct fixture_rows *rows);
