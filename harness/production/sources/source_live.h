/* A source that is a live database: facts, dump, schema and rows as of one moment. */
#pragma once
#include "production/sources/source_making.h"

bool source_live_open(struct source *s, struct error *e);
bool source_live_dump(struct source_making *m, const char *folder, struct error *e);
