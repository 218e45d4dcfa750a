/* A template that is open: a server, a run folder, and the database that is copied. */
#pragma once
#include <pthread.h>

#include "ground/run_folder.h"
#include "ground/server.h"
#include "testing/template_source.h"

struct pgr_template {
    struct run_folder folder;
    struct server server;
    struct connection work; /* makes and drops databases, as their owner */
    pthread_mutex_t busy;   /* the connection is in use */
    char *database;
    char id[RUN_ID_LENGTH + 1]; /* under which it is shared; "" if it is not */
    size_t made;                /* databases, to number them */
    struct pgr_throwaway *newest;
};

/* Sees that the template is there: makes it, unless it is shared and another process has. */
bool template_make(struct pgr_template *t, const struct pgr_template_source *s, struct error *e);
