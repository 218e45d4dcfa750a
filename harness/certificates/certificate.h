/*
 * The certificate: what was certified, on what, with which result, for a program (certificate.json,
 * described by certificate.schema.json) and for whoever approves (certificate.html). It holds for
 * just these migrations, this suite and this state of a database; certificate_compare() says
 * whether it still does.
 */
#pragma once
#include "run.h"
#include "source.h"

struct certificate_file {
    char *path;      /* relative to the folder that the migrator works in */
    char sha256[65]; /* hexadecimal */
};

struct certificate_table {
    char *name;
    uint64_t rows;
    char before[33], after[33]; /* digests of its rows as the source had them, and at the end, over
                                   the columns that it had; "" where it is gone */
};

enum checklist_state { CHECKLIST_DONE, CHECKLIST_FAILED, CHECKLIST_PERSON };

struct checklist_line {
    char *text;
    enum checklist_state state;
    char *note; /* what shows it, or why a person has to */
};

/* Zero-initialised it is empty and valid; owns all but the record. */
struct certificate {
    char *id;      /* of the run */
    char *version; /* of pgrehearse */
    char made_at[24];
    char *made_by; /* --by, else the account's name */
    char *verdict; /* "passed", "findings", "could not check" */
    char *suite;
    char suite_digest[65];
    char *migrator, *migrator_version;
    struct certificate_file *files; /* by path */
    size_t file_count;
    char *baseline, *target;
    char **chain; /* the migrator's history, a line each */
    size_t chain_count;
    struct source_facts source;
    struct certificate_table *tables;
    size_t table_count;
    struct checklist_line *checklist;
    size_t checklist_count;
    double seconds;
    double upgrade_seconds;          /* of the longest upgrade */
    const struct run_record *record; /* NULL in one that was read */
};

void certificate_release(struct certificate *c);

/* Reads certificate.json; ERROR_USAGE, naming the member, where it is none. */
bool certificate_read(const char *path, struct certificate *c, struct error *e);

/* certificate.json and certificate.html into the folder. */
bool certificate_write(const char *directory, const struct certificate *c, struct error *e);
