/*
 * What is made for one call of a migrator in a folder of its own: copies of its settings in which
 * the database is another, and a copy of its revisions that ends where the upgrade has to.
 */
#pragma once
#include "migrator/call_names.h"

/* Names {staged} and, where the folder is copied, {folder} again. */
bool staging_make(struct call *c, const char *revision, struct error *e);

void staging_remove(struct call *c);
