/*
 * A revision: its name and place, the way up and the way down, each cut into steps; and the reader
 * of our own format, in which one `.sql` file describes itself. docs/migrate.md describes that.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct migration_step {
    char *title;    /* "Checking prerequisites..."; NULL in a part without named steps */
    char *complete; /* what to say after "Complete"; NULL: nothing */
    char *timing;   /* its short name in the timing breakdown; NULL: it has no line there */
    char *sql;
    size_t line; /* of the file, where `sql` begins; 1 is the first */
};

struct migration_part {
    bool present;
    bool no_transaction; /* the file asks for none */
    bool psql;           /* only psql can run it: it holds its commands */
    bool program;        /* only its tool can run it; it has no steps here */
    bool whole;          /* it is its file from beginning to end */
    char *path;          /* of the file; NULL: the revision's */
    char *script;        /* the same below the folder */
    char *checksum;      /* of the file, by the layout; NULL: none */
    size_t total;        /* what the steps are numbered out of; 0 without named steps */
    struct migration_step *steps;
    size_t step_count; /* 1 without named steps */
};

struct revision {
    char *path;
    char *id;
    char *key;    /* the id as the version table has it */
    char *parent; /* NULL: the first of its chain */
    char *message;
    char *rollback; /* the message of its downgrade; NULL: `message` */
    struct migration_part up, down;
};

/* Reads a file of at most 16 MiB. On ERROR_USAGE the message names file and line. */
bool revision_read(struct revision *r, const char *path, struct error *e);

/* The same from memory; `path` is only copied and named in errors. */
bool revision_parse(struct revision *r, const char *path, const char *content, size_t length,
                    struct error *e);

/* Also after a failed read. */
void revision_release(struct revision *r);
