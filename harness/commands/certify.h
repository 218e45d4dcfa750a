/* What `pgrehearse certify` has beside `run`: a source before it, a certificate after it. */
#pragma once
#include "commands/arguments.h"
#include "rehearsal/certification.h"
#include "rehearsal/rehearse.h"

/* Zero-initialised it is empty and valid. */
struct certify {
    struct certification certification;
    const char *by, *key; /* borrowed from the arguments; NULL: not given */
    char *made, *problem; /* a line for the end: where the certificate is, or why there is none */
};

/* Reads its options, and gives the run its certification. */
bool certify_read(struct certify *c, const struct arguments *a, struct run *run,
                  const struct rehearse_request *request, struct error *e);

/*
 * Before the run, what would keep the certificate from being written at its end: an earlier one
 * goes, so that none lies there which is not of this run, and the key is tried. The migrations are
 * read, so that a change of theirs meanwhile is noticed.
 */
bool certify_begin(struct certify *c, const struct run *run, struct error *e);

/*
 * When all has run, before the record is reported as complete: the certificate, signed if asked
 * for. If there can be none of a run that passed, that is the record's error, so that all reports
 * tell it.
 */
void certify_finish(struct certify *c, struct run *run);

/* The reports could not be written, as `e` says: takes the certificate back, and `e` says so. */
void certify_withdraw(struct certify *c, const struct run *run, struct error *e);

/* Tells what became of the certificate, where the record's error does not. */
void certify_conclude(const struct certify *c);

void certify_release(struct certify *c);
