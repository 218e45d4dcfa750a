/* A source that is a dump, and the dump that a live one becomes. */
#pragma once
#include "production/sources/source_making.h"

/* A dump: its format and, of a plain one, all that it says of itself. */
bool source_dump_open(struct source *s, struct error *e);

/* The same of an archive, by the SQL that pg_restore makes of it. */
bool source_dump_scan(struct source *s, const char *archive, struct dump_scan *scan,
                      struct error *e);

/* Restores plain SQL into the copy. */
bool source_dump_restore_plain(struct source_making *m, struct error *e);

/*
 * Restores the grants of an archive whose rest has been restored without them, by SET ROLE instead
 * of SET SESSION AUTHORIZATION, which needs a superuser.
 */
bool source_dump_restore_grants(struct source_making *m, struct error *e);

/* The dump's list of contents: which tables have rows in it, and what is not to be restored. */
bool source_dump_list(struct source_making *m, const char *folder, struct error *e);
