/*
 * A store whose place understands SQL: the functions of its kind (store.h), by statements that
 * SQLite and PostgreSQL both read. Its `state` begins with a struct store_session.
 */
#pragma once
#include "measures/histories/store.h"

/* A row of a result; NULL for null. The strings live until it returns. */
typedef void store_row_fn(void *context, const char *const *values);

struct store_session {
    const char *begin; /* what begins a transaction that writes */
    /* Runs one statement with text parameters $1 …, first used in that order; `row` may be NULL. */
    bool (*run)(void *state, const char *sql, size_t count, const char *const *values,
                store_row_fn *row, void *context, struct error *e);
};

bool statements_write_run(struct store *s, const struct stored_run *run, struct error *e);
bool statements_list_runs(struct store *s, const struct store_run_query *q, store_run_fn *take,
                          void *context, struct error *e);
bool statements_read_series(struct store *s, const struct store_series_query *q,
                            store_point_fn *take, void *context, struct error *e);
bool statements_read_values(struct store *s, const char *run, const char *scenario,
                            store_value_fn *take, void *context, struct error *e);
bool statements_read_facts(struct store *s, const char *run, store_fact_fn *take, void *context,
                           struct error *e);
