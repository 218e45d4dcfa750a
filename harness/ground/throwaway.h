/*
 * Throwaway databases: created and marked as ours, the only kind that we ever change or drop.
 *
 * The mark is a comment on the database with the run's id. CREATE DATABASE and COMMENT cannot
 * share a transaction; so that a run killed between the two leaves nothing behind, the creation
 * itself carries a mark too: a name of our form together with a connection limit of our own.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "ground/database_form.h"
#include "postgres/connection.h"

/* "pgrehearse_ID_PURPOSE", blanks and hyphens as _, at most 63 bytes; the caller frees it. */
char *throwaway_name(const char *run_id, const char *purpose);

/*
 * Creates database `name` (from throwaway_name) as a clone of `template`, NULL for the server's
 * own template, and marks it. A clone has the template's settings too (ALTER DATABASE … SET).
 */
bool throwaway_create(struct connection *c, const char *name, const char *template,
                      const char *run_id, struct error *e);

/* The same of nothing, in a form. */
bool throwaway_create_in(struct connection *c, const char *name, const struct database_form *form,
                         const char *run_id, struct error *e);

/* Marks a database as the run's, or takes the mark from one that is kept under another name. */
bool throwaway_mark(struct connection *c, const char *name, const char *run_id, struct error *e);
bool throwaway_unmark(struct connection *c, const char *name, struct error *e);

/* Whether there is a database of this name with the run's mark. */
bool throwaway_has(struct connection *c, const char *name, const char *run_id, bool *is_there,
                   struct error *e);

/* Gives a database of ours another name and another run's mark, both or neither. */
bool throwaway_pass_on(struct connection *c, const char *name, const char *new_name,
                       const char *new_run_id, struct error *e);

/* Drops it, throwing out whoever is connected. Refuses a database that does not carry our mark. */
bool throwaway_drop(struct connection *c, const char *name, struct error *e);

/* Changes the mark so that no sweep takes it. */
bool throwaway_keep(struct connection *c, const char *name, const char *run_id, struct error *e);

/*
 * Drops every database of ours whose run is dead; returns how many. What cannot be dropped stays
 * marked for the next sweep, and the error says why; what belongs to others is passed over.
 */
size_t throwaway_sweep(struct connection *c, struct error *e);

/*
 * Drops every database of this run, also those of steps that did not get to it themselves. False
 * with the error if one stays, marked for a sweep.
 */
bool throwaway_drop_all(struct connection *c, const char *run_id, struct error *e);
