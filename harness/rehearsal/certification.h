/*
 * What a run that certifies has beside others: the source, and what its certificate will tell.
 * Only the scenario `certification` writes to it once the run has begun.
 */
#pragma once
#include "migrator/revision_history.h"
#include "production/certificates/certificate.h"
#include "production/sources/source.h"
#include "rehearsal/run.h"

/* A table of the source, with the columns that it had there. */
struct certified_table {
    char *name; /* as the source's facts have it */
    char **columns;
    size_t column_count;
};

/* Zero-initialised it is empty and valid. */
struct certification {
    struct source_request request;
    bool any_version;                /* rehearse also on another major version than the source's */
    struct source source;            /* opened when the run is prepared, closed when it is copied */
    struct certificate_ground start; /* of before the run */
    bool copied;                     /* and the copy was compared with it */
    struct certified_table *columns; /* of the same tables as the facts */
    size_t column_count;
    struct certificate_table *tables; /* complete when the runbook has come to its end */
    size_t table_count;
    struct revision_history history; /* what the migrator's `history` printed */
    char **notes;                    /* what has to be known, and is not a finding; a line each */
    size_t note_count;
};

/* Emits a note as a message, and keeps it. */
void certification_note(const struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The circumstance of this name, of the source; NULL: not known. */
const char *certification_fact(const struct certification *c, const char *name);

/* The major version that a version's text tells: 15 for "15.20 (Debian …)"; 0: it tells none. */
int certification_major(const char *version);

void certification_release(struct certification *c);
