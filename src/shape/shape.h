/*
 * A shape: what matters of a production database without any of its rows. `pgrehearse shape` writes
 * it as JSON; docs/shape.md describes the file. What the file leaves out is NULL.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum { SHAPE_FORMAT = 1 };

struct shape_setting {
    char *name;
    char *value; /* NULL: of an application; its value is nobody's business */
};

struct shape_extension {
    char *name, *version, *schema;
};

struct shape_role {
    char *name;
    char *rights; /* as SQL has them: "LOGIN CREATEDB"; NULL: none */
    char **member_of;
    uint32_t member_of_count;
    struct shape_setting *settings; /* in every database */
    uint32_t setting_count;
    struct shape_setting *settings_here; /* in this one alone */
    uint32_t settings_here_count;
};

struct shape_grant {
    char *on; /* "table public.orders" */
    char *to; /* a role, or "PUBLIC" */
    char *rights;
};

struct shape_column {
    char *name, *type;
    double *nulls;    /* share of the rows in which it is null */
    double *distinct; /* as n_distinct: the number of values, or less than 0 a share of the rows */
    double *width;    /* bytes, on average */
    double *correlation; /* of the order of its values with that of the rows, -1 to 1 */
    char **common;       /* most common values, with the share of the rows of each */
    uint32_t common_count;
    double *shares;
    uint32_t share_count;
    char **histogram; /* bounds of ranges that hold as many rows each */
    uint32_t histogram_count;
};

struct shape_index {
    char *name;
    uint64_t *pages;
};

struct shape_table {
    char *name;  /* with its schema, each in quotes where SQL wants them: "public.orders" */
    char *kind;  /* "partitioned", "partition", "materialized view", "unlogged"; NULL: a table */
    char *owner; /* a role */
    uint64_t *rows, *dead_rows;
    uint64_t *pages; /* of 8 kB; without indexes and TOAST */
    double *bloat;   /* share of the pages that full rows would not need */
    uint64_t *toast_pages;
    struct shape_index *indexes;
    uint32_t index_count;
    struct shape_column *columns;
    uint32_t column_count;
};

struct shape_statement {
    char *sql; /* with $1, $2 … for its literals */
    uint64_t calls;
    double mean_ms;
};

struct shape {
    uint32_t shape; /* the format: SHAPE_FORMAT */
    char *server;   /* its version, "15.20" */
    char *database, *owner, *encoding, *collation, *ctype;
    struct shape_setting *settings; /* of the server */
    uint32_t setting_count;
    struct shape_setting *database_settings;
    uint32_t database_setting_count;
    struct shape_extension *extensions;
    uint32_t extension_count;
    struct shape_role *roles;
    uint32_t role_count;
    struct shape_grant *grants;
    uint32_t grant_count;
    struct shape_table *tables; /* by name */
    uint32_t table_count;
    struct shape_statement *statements; /* by text */
    uint32_t statement_count;
};

/*
 * Reads the file; what is wrong with it is ERROR_USAGE, in a line. NULL then. Free it with
 * shape_free().
 */
struct shape *shape_load(const char *path, struct error *e);
void shape_free(struct shape *shape);

/* The table of that name, with its schema; NULL: it has none. */
const struct shape_table *shape_table(const struct shape *shape, const char *name);

/* The value of a setting of the server; NULL: it is the default. */
const char *shape_setting(const struct shape *shape, const char *name);
