/*
 * What else a copy is compared in: where sequences are, materialized views, large objects. Read
 * of the source before and after its dump, and then compared with the copy.
 */
#pragma once
#include "production/sources/source_making.h"

bool source_states_begin(struct source_making *m, struct error *e);
bool source_states_read(struct source_making *m, struct error *e);
bool source_states_compare(struct source_making *m, struct error *e);
void source_states_release(struct source_making *m);
