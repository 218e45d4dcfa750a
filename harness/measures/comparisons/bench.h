/*
 * A bench: a server with templates, on whose clones an upgrade is run again and again, each time
 * from the same state. What comparisons and forecasts build on.
 */
#pragma once
#include "migrator/migrator_steps.h"
#include "record/cost_record.h"
#include "rehearsal/run.h"

struct bench_request {
    const struct suite *suite;
    const char *server;        /* URL, or NULL for the embedded server */
    const char *migrator;      /* by name; NULL: the suite's first */
    const char *migrations;    /* replaces the folder that the migrator works in; or NULL */
    const char *output;        /* the folder of the reports; NULL: none */
    const struct shape *shape; /* of production, whose settings are to be in force; NULL: none */
    const char *shape_path;    /* where it was read */
    const struct cancel *cancel;
    struct event_stream *events; /* of the bench's record; NULL: nobody listens */
    uint64_t bytes;              /* that the templates and clones will take, roughly */
    uint64_t seed;
};

struct bench {
    struct run run; /* its record gets the circumstances and what the caller adds */
    struct run_record record;
    size_t clones; /* that were made so far */
    bool shaped;   /* what is as in production has been said */
};

/* About how many bytes a template of these sizes, its clone and the server take. */
uint64_t bench_bytes(const struct suite *suite, const struct generator_size *sizes);

/* Everything but a template. Close in any case; the record stays until bench_release(). */
bool bench_open(struct bench *b, const struct bench_request *request, struct error *e);

/*
 * A database at the suite's baseline, made by `migrator`; its name into `*name`, to be freed. At
 * most one is there at a time: drop it before the next is made.
 */
bool bench_baseline(struct bench *b, const struct migrator *migrator, char **name, struct error *e);

/* Gives it the settings, roles and rights of the shape, if there is one; one of another database is
   an ERROR_USAGE. */
bool bench_settle(struct bench *b, const char *baseline, struct error *e);

/*
 * A template, "pgrehearse_ID_PURPOSE" into `*name`: a clone of `baseline` with the rows of the
 * suite's fixture that takes the command line's sizes, vacuumed, so that all clones behave alike.
 * `counts` (to be released by the caller) may be NULL.
 */
bool bench_fill(struct bench *b, const char *baseline, const char *purpose,
                const struct generator_size *sizes, struct generator_counts *counts, char **name,
                struct error *e);

bool bench_drop(struct bench *b, const char *name, struct error *e);

/* One run of the upgrade. */
struct timing {
    double seconds;              /* of the whole process */
    double upgrade;              /* from the first step that its log names; without one, the same */
    struct migrator_steps steps; /* their seconds go until the next step begins, or to the end */
    struct cost_record *cost;    /* NULL unless the ledger was asked for */
    bool well;                   /* it ended by itself, with success */
    char *complaint;             /* what it said otherwise, one line */
    char *file;                  /* where in the migrations that was; NULL: not known */
    unsigned line;               /* of the file; 0: not known */
};

/* Upgrades a fresh clone of `template` to the target, and drops the clone. Release in any case. */
bool bench_time(struct bench *b, const struct migrator *migrator, const char *template,
                bool with_ledger, struct timing *t, struct error *e);

void timing_release(struct timing *t);

/* Drops everything, stops the server; what cannot be removed is the record's error. */
void bench_close(struct bench *b);

void bench_release(struct bench *b);
