/*
 * Throwaway databases for tests in C: each test gets a database of its own, a copy of a template
 * that is made once. docs/throwaway.md shows it with cmocka. Link with -lpgrehearse; nothing else
 * of pgrehearse is needed.
 *
 * A function that fails returns NULL or false and says why, in one line, in the error that it was
 * given (NULL: nobody wants to know). Threads may share a template.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "pgrehearse/api.h"

struct pgr_error {
    char message[1024];
};

struct pgr_template;
struct pgr_throwaway;

/* How a template is made: `sql` first, then `make`; with neither it is an empty database. */
struct pgr_template_source {
    size_t size; /* sizeof(struct pgr_template_source) */
    /*
     * Where databases are made: the URL of a server, on which the role may create databases. NULL:
     * a PostgreSQL server of one's own, which is started here, and ends with the template.
     */
    const char *server;
    /* A file of SQL, or a folder whose .sql files are run in the order of their names (2 before
       10). psql's own commands are not SQL. NULL: none. */
    const char *sql;
    /* Fills the database at `url`, for example with the project's migrator. False: it failed. It
       closes its connections. NULL: nothing to do. */
    bool (*make)(const char *url, void *context);
    void *context;
    /*
     * Stands for what `make` does, and changes when that changes. On a server that is given by its
     * URL, processes whose files and version are the same share one template. NULL beside a `make`:
     * the template is not shared.
     */
    const char *version;
    /*
     * Of a server of one's own: the URLs are a superuser's. False: a role's that owns the databases
     * and may create roles and databases, as production's first user; row security binds it.
     */
    bool superuser;
};

/* Takes a second or so on a server of one's own; a template that others have made is there at once.
 */
PGR_API struct pgr_template *pgr_template_open(const struct pgr_template_source *source,
                                               struct pgr_error *e);

/* The URL of its server, for a second template there. Belongs to the template. */
PGR_API const char *pgr_template_server(const struct pgr_template *t);

/*
 * Drops the databases that are left, and the template if no other process uses it, and stops a
 * server of one's own. NULL is accepted. A process that dies leaves nothing either: its server dies
 * with it, its databases and files are swept by the next that opens a template, or by `pgrehearse
 * run`.
 */
PGR_API bool pgr_template_close(struct pgr_template *t, struct pgr_error *e);

/* A new database: a copy of the template, which only the caller knows. */
PGR_API struct pgr_throwaway *pgr_throwaway(struct pgr_template *t, struct pgr_error *e);

/* For PQconnectdb() and everything that takes a connection URL; belongs to the throwaway database.
 */
PGR_API const char *pgr_throwaway_url(const struct pgr_throwaway *d);

/* Drops it, throwing out whoever is connected. To be called before its template is closed; NULL is
   accepted. */
PGR_API bool pgr_throwaway_drop(struct pgr_throwaway *d, struct pgr_error *e);
