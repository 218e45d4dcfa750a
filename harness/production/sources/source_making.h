/*
 * A copy in the making: what its parts (live, dump, roles, states, compare) know of each other, and
 * the notes that they leave of what stays behind. Only source.c makes one.
 */
#pragma once
#include "production/sources/dump_scan.h"
#include "production/sources/source.h"

/* See source_states.h. */
struct source_sequences {
    struct source_sequence *items;
    size_t count;
};
struct source_views {
    struct source_view *items;
    size_t count;
};

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
    struct source_sequences before, after; /* of the source, around the dump */
    struct source_views views;             /* its materialized views */
    char *large_objects;                   /* how many, and a digest of their bytes */
    bool no_owner, no_privileges;          /* left behind */
    bool lower;    /* restored without a superuser's rights, see source_rights.h */
    char *renamed; /* the source's owner, as SQL writes it, where the copy's has another name */
    bool owners_blurred; /* the copy's owner has the name of another role at the source */
    backup_progress_fn *progress;
    void *context;
    struct text notes;
};

/* Adds a line to the notes. */
void source_note(struct source_making *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
