/* What the parts of a source know of each other; for nobody else. */
#pragma once
#include "production/sources/dump_scan.h"
#include "production/sources/source.h"
#include "schema/snapshot.h"

/* See source_states.c. */
struct source_sequences {
    struct source_sequence *items;
    size_t count;
};
struct source_views {
    struct source_view *items;
    size_t count;
};

/* A copy in the making. */
struct source_making {
    struct source *source;
    const struct server *server;
    char *url;              /* of the copy */
    char *dump;             /* what is restored */
    struct connection copy; /* to it */
    struct dump_scan scan;  /* of a live database's dump */
    struct text dumped;     /* " 16385 16390 ": OIDs of the tables whose rows are in the dump */
    char *list;             /* a file: what of the dump is restored; NULL: all of it */
    size_t mappings;        /* user mappings that are not */
    struct snapshot schema; /* of the source */
    struct source_sequences before, after; /* of the source, around the dump */
    struct source_views views;             /* its materialized views */
    char *large_objects;                   /* how many, and a digest of their bytes */
    bool no_owner, no_privileges;          /* left behind */
    char
        *reassigned; /* the source's owner, as SQL writes it, whose things are the copy's owner's */
    bool owners_blurred; /* the copy's owner has the name of another role at the source */
    backup_progress_fn *progress;
    void *context;
    struct text notes;
};

void source_note(struct source_making *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A dump: its format and, of a plain one, all it tells of itself. */
bool source_dump_open(struct source *s, struct error *e);

/* The same of an archive, by the SQL that pg_restore makes of it. */
bool source_dump_scan(struct source *s, const char *archive, struct dump_scan *scan,
                      struct error *e);

/* Restores plain SQL into the copy. */
bool source_dump_restore_plain(struct source_making *m, struct error *e);

/* The live database: facts, dump, schema and rows as of one moment. */
bool source_live_open(struct source *s, struct error *e);
bool source_live_dump(struct source_making *m, const char *folder, struct error *e);

/* Before the source is left: roles that the copy needs are made, or counted as missing. */
bool source_roles_make(struct source_making *m, const struct dump_scan *scan, struct error *e);

/* After the restore: what was the owner's is the copy's owner's. */
bool source_roles_settle(struct source_making *m, struct error *e);

/* The copy against what was read of the source; of a dump, its tables are added to the facts. */
bool source_compare(struct source_making *m, struct error *e);

/* The dump's list of contents: which tables have rows in it, and what is not to be restored. */
bool source_dump_list(struct source_making *m, const char *folder, struct error *e);

/* The digest of a snapshot's lines. */
void source_note_schema(struct source_facts *facts, const struct snapshot *s);

/*
 * The tables of the database at `c` with the digests of their rows, as facts. `dumped` tells whose
 * rows are in the dump, NULL for all of them; the others are noted.
 */
bool source_read_tables(struct source_making *m, struct connection *c, const char *dumped,
                        struct error *e);

/*
 * What else a copy is compared in: where sequences stand, materialized views, large objects. Read
 * of the source before and after its dump, and then compared with the copy.
 */
bool source_states_begin(struct source_making *m, struct error *e);
bool source_states_read(struct source_making *m, struct error *e);
bool source_states_compare(struct source_making *m, struct error *e);
void source_states_release(struct source_making *m);
