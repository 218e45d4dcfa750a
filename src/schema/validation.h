/*
 * Validations: a folder of .sql files, each one query whose rows are what offends. No row, and it
 * holds. A file runs as it is in psql. Lines of its header comment tell what it is:
 *
 *     -- title: CHECK constraints exist
 *     -- requirements: FR-007
 *     -- remedy: what to do when it does not hold
 *
 * A validation may read a setting that the harness makes where it knows it:
 * current_setting('pgrehearse.rows_TABLE', true) is how many rows the preserved table had.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "postgres/connection.h"

struct validation {
    char *name; /* of the file, without .sql */
    char *path;
    char *title;        /* the name where the header gives none */
    char *requirements; /* "FR-007 FR-009", "" for none */
    char *remedy;       /* or NULL */
    char *sql;
};

struct validation_list {
    struct validation *items; /* by file name */
    size_t count;
};

/* Reads the .sql files of the folder. A folder without any is an ERROR_USAGE. */
bool validation_list_load(const char *folder, struct validation_list *list, struct error *e);

void validation_list_release(struct validation_list *list);

/*
 * Whether the server can read it as one query; whether its tables are there is another matter. If
 * not, an ERROR_USAGE with the file and the line.
 */
bool validation_check_syntax(struct connection *c, const struct validation *v, struct error *e);

struct validation_result {
    size_t offending; /* rows */
    char *rows;       /* the first of them, "column=value column=value", a line each; or NULL */
};

/*
 * Runs it in a read-only transaction. False where the query failed; the error's SQLSTATE tells
 * whose fault that was. Release the result in any case.
 */
bool validation_run(struct connection *c, const struct validation *v,
                    struct validation_result *result, struct error *e);

void validation_result_release(struct validation_result *result);

/* Makes the setting pgrehearse.rows_TABLE on this connection. Other names than a-z0-9_: not made.
 */
bool validation_tell_rows(struct connection *c, const char *table, uint64_t rows, struct error *e);
