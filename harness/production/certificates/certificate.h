/*
 * The certificate: what was certified, on what, with which result, for a program (certificate.json,
 * described by certificate.schema.json) and for whoever approves (certificate.html). It holds for
 * just these migrations, this suite and this state of a database; certificate_compare() says
 * whether it still does.
 */
#pragma once
#include "ground/ground.h"
#include "production/certificates/certificate_ground.h"
#include "production/certificates/checklist.h"
#include "production/sources/source.h"
#include "record/record.h"

struct certificate_table {
    char *name; /* "public.orders" */
    uint64_t rows;
    char before[33], after[33]; /* digests of its rows as the source had them, and at the end, over
                                   the columns that it had; "" where it is gone */
};

/* Where the rows came from. */
struct certificate_source {
    bool is_dump;
    char *display;     /* the URL without its password, or the file's name */
    char *rehearsed;   /* version of the server that it was rehearsed on */
    uint64_t bytes;    /* 0: not known */
    char taken_at[24]; /* UTC, ISO 8601; "" if not known */
    struct circumstance *settings;
    size_t setting_count;
    char **notes; /* what stayed behind, and what else has to be known; a line each */
    size_t note_count;
};

/* Zero-initialised it is empty and valid; owns all but the record. */
struct certificate {
    char *id;      /* of the run */
    char *version; /* of pgrehearse */
    char made_at[24];
    char *made_by;                    /* --by, else the account's name */
    char *verdict;                    /* "passed", "findings", "could not check" */
    struct certificate_ground ground; /* as it was when the certification began */
    bool replaced;                    /* the migrations were not the suite's own (--migrations) */
    char **chain;                     /* the migrator's history, a line each */
    size_t chain_count;
    struct certificate_source source;
    struct certificate_table *tables; /* by name */
    size_t table_count;
    struct checklist_line *checklist;
    size_t checklist_count;
    double seconds;
    double upgrade_seconds;          /* of the longest upgrade; 0: none was timed */
    const struct run_record *record; /* NULL in one that was read */
};

/* What a finished run does not know of itself. All is copied. */
struct certificate_request {
    const struct ground *ground;            /* its suite and migrator */
    const struct run_record *record;        /* complete */
    const struct certificate_ground *start; /* certificate_ground_read() before the run began */
    const struct source_facts *source;      /* with the revision filled in */
    const struct snapshot *schema; /* of the source, of a dump that of the copy; NULL: not kept */
    char *const *chain;            /* lines of the migrator's history, asked during the run */
    size_t chain_count;
    char *const *notes; /* what has to be known of the copy, a line each */
    size_t note_count;
    const struct certificate_table *tables; /* NULL: those of `source`, without an end */
    size_t table_count;
    const char *by; /* NULL: the account's name */
};

/*
 * Makes the certificate of a run, whatever its verdict. ERROR_UNAVAILABLE, naming the file, if a
 * migration or the suite has changed since `start`: what ran is then not what lies there.
 */
bool certificate_make(struct certificate *c, const struct certificate_request *request,
                      struct error *e);

void certificate_release(struct certificate *c);

/* certificate.json and certificate.html into the folder; not of one that was read. */
bool certificate_write(const char *directory, const struct certificate *c, struct error *e);

/*
 * Reads certificate.json; ERROR_USAGE where it is none, naming the member. What it says is
 * trusted no further than its signature goes.
 */
bool certificate_read(const char *path, struct certificate *c, struct error *e);
