/* The tables of a database with the columns that hold data: what data_compare() pairs and reads. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "postgres/connection.h"

struct data_column {
    int number;    /* pg_attribute.attnum: stays with the column when it is renamed */
    char *name;    /* in quotes where SQL needs them, as all names here */
    char *read;    /* an expression over the alias `t` that yields its value; NULL: t.name */
    char *type;    /* "numeric(10,2)" */
    char *base;    /* the type without its modifier: "numeric" */
    char category; /* pg_type.typcategory, of a domain its base type's */
    bool json;
    bool as_text; /* its binary form is not comparable between databases */
    bool is_short;
    bool is_generated;
    int key; /* place in the primary key, from 1; 0: not part of it */
};

struct data_table {
    char *oid;  /* stays with the table when it is renamed, and is the same in a clone */
    char *name; /* "public.orders" */
    bool partitioned;
    bool is_partition;
    struct data_column *columns;
    size_t column_count;
    bool by_number; /* its columns are found again by their numbers before their names */
};

/* Zero-initialised it is empty and valid. */
struct data_tables {
    struct data_table *items; /* by schema and name */
    size_t count;
    char *zone; /* the TimeZone of the database's sessions */
};

/*
 * Reads them, without temporary tables, tables of extensions and those named in
 * `left_out` ("schema.table", or "table" of any schema).
 */
bool data_tables_read(struct connection *c, const char *const *left_out, size_t left_out_count,
                      struct data_tables *t, struct error *e);

/* What an expression over the alias `t`, "count(t.note)", yields of the table's rows; 0 with the
   error set. */
uint64_t data_table_count(struct connection *c, const struct data_table *t, const char *what,
                          struct error *e);

/* NULL if there is none. */
const struct data_table *data_tables_of_name(const struct data_tables *t, const char *name);
const struct data_table *data_tables_of_oid(const struct data_tables *t, const char *oid);

/*
 * The column of `after` that `column` became: the one of its name, else, within the very same
 * table, the one of its number; the other way round if `before` is by number. NULL if it is gone.
 */
const struct data_column *data_column_now(const struct data_table *before,
                                          const struct data_column *column,
                                          const struct data_table *after);

/* Generated columns hold no data: for the side that is asked what became of it. */
void data_tables_forget_generated(struct data_tables *t);

/* Whether a column's name was given to another one, while it is still there under a new name. */
bool data_table_swaps_names(const struct data_table *before, const struct data_table *after);

void data_tables_release(struct data_tables *t);
