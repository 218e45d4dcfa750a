/*
 * What a dump tells of itself, as the SQL that pg_dump or pg_restore writes (PostgreSQL manual,
 * "pg_dump"): where it comes from, whether it is whole, and what it needs of a server.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/process.h"

/* Zero-initialised it is ready. */
struct dump_scan {
    bool is_dump;    /* it has pg_dump's head */
    bool is_whole;   /* and its last line */
    bool is_cluster; /* pg_dumpall wrote it */
    bool switches;   /* it grants as other roles than the owner: SET SESSION AUTHORIZATION */
    bool connects;   /* it goes to another database: pg_dump --create */
    char *version;   /* of the server it was made on: "15.20" */
    char *encoding;  /* that its rows are written in, and by default the database's: "UTF8" */
    char *key;       /* of its \restrict; or NULL */
    char **roles;    /* that it names as owners, grantees or in policies, each once */
    size_t role_count;
    char **extensions;
    char **schemas; /* as many: where each is; an item is NULL where it is not said */
    size_t extension_count, schema_count;
    bool in_rows; /* of a COPY */
    bool in_data; /* within an entry of rows */
    size_t lines;
};

/* Hears one line of it on standard output; for a process_request. */
void dump_scan_line(void *context, double seconds, bool on_stderr, const char *line);

void dump_scan_release(struct dump_scan *s);
