/*
 * What a journal remembers of the way a deployment was asked for, so that a rollback needs the
 * database and nothing else: folders and files, whole paths.
 */
#pragma once
#include <jansson.h>

#include "deployment/deploy.h"

/* Each is to be freed by deploy_memory_release(); NULL: not remembered. */
struct deploy_memory {
    char *suite, *deployment, *migrator, *migrations;
};

/* Adds them to the facts with which a deployment is opened; what is no UTF-8 is left out. */
void deploy_memory_write(json_t *facts, const struct deploy_request *request);

/*
 * Of the last deployment in the journal of this URL's database in the folder `output`; nothing
 * where there is no such journal, or none of that kind.
 */
void deploy_memory_read(struct deploy_memory *r, const char *output, const char *url);

void deploy_memory_release(struct deploy_memory *r);
