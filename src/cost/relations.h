/*
 * What is known of the objects of a database while it is migrated: names for what is locked, and
 * which tables got another file. Looked at from outside the migrator's transaction, so what that
 * has not committed is not seen.
 */
#pragma once
#include <stdint.h>

#include "postgres/connection.h"

struct relation {
    uint32_t oid;
    char kind;    /* pg_class.relkind */
    char *name;   /* "public.orders", quoted where it has to be */
    bool is_user; /* a table that is somebody's own */
    bool there;   /* the last look saw it */
    uint32_t file;
    int64_t before, after; /* bytes; -1: not there, or not asked */
    bool rewritten;        /* it has got another file */
    size_t statement;      /* number of the one that gave it that file; 0: not known */
};

/* Something that is not a relation. */
struct named_object {
    uint32_t class, oid;
    char *name; /* "type public.color" */
};

/* Zero-initialised it is empty and valid. */
struct relations {
    struct relation *items; /* by oid */
    size_t count;
    struct named_object *objects;
    size_t object_count;
};

/* Which statement gave a table its new file; 0: not known. */
typedef size_t relations_blame_fn(void *context, const struct relation *r);

/* The name under which relations_prepare() prepares a query of one parameter, with sizes or not. */
extern const char relations_query[];
bool relations_prepare(struct connection *c, struct error *e);

enum relations_look { LOOK_FIRST, LOOK_BETWEEN, LOOK_LAST };

/* Takes in what that query gave; sizes are `before` of the first look and `after` of the last. */
void relations_note(struct relations *r, const PGresult *rows, enum relations_look look,
                    relations_blame_fn *blame, void *context);

/* Asks and takes it in. The first and the last look also learn names of other objects. */
bool relations_look(struct relations *r, struct connection *c, enum relations_look look,
                    relations_blame_fn *blame, void *context, struct error *e);

/* NULL: never seen. */
const struct relation *relations_find(const struct relations *r, uint32_t oid);

/*
 * "table public.orders", "relation, gone again" where no look has seen it: its oid would be another
 * one in the next run. The caller frees it.
 */
char *relations_describe(const struct relations *r, uint32_t oid);
char *relations_describe_object(const struct relations *r, uint32_t class, uint32_t oid);

void relations_release(struct relations *r);
