/* A throwaway database of the run, and the URLs under which it is reached. */
#pragma once
#include "ground/ground.h"

/* Zero-initialised it is none. */
struct clone {
    char *database;
    char *url;          /* for ourselves */
    char *migrator_url; /* for the migrator */
};

/*
 * Makes a database for `purpose`, a copy of `template` or with NULL an empty one, on a connection
 * to the server. What was made before a failure is in the clone.
 */
bool ground_clone(const struct ground *g, struct connection *c, const char *purpose,
                  const char *template, struct clone *clone, struct error *e);

/* The clone that is the database `name`, which is there already. */
bool clone_reach(const struct ground *g, const char *name, struct clone *clone, struct error *e);

/* Drops the database, if one was made, and releases the clone. */
bool clone_drop(struct clone *clone, struct connection *c, struct error *e);

void clone_release(struct clone *clone);
