/* What `pgrehearse certify` has beside `run`: a source before it, a certificate after it. */
#pragma once
#include "arguments.h"
#include "certification.h"
#include "rehearse.h"

/* Zero-initialised it is empty and valid. */
struct certify {
    struct certification certification;
    const char *by, *key; /* borrowed from the arguments; NULL: not given */
};

/* Reads its options, and gives the run its certification. */
bool certify_read(struct certify *c, const struct arguments *a, struct run *run,
                  const struct rehearse_request *request, struct error *e);

/*
 * Before the run: an earlier certificate goes, so that none lies there which is not of this run;
 * and the migrations are read, so that a change of theirs meanwhile is noticed.
 */
bool certify_begin(struct certify *c, const struct run *run, struct error *e);

/* After it: the certificate, signed if asked for. Returns the exit code; `code` is the run's. */
int certify_conclude(struct certify *c, const struct run *run, int code);

void certify_release(struct certify *c);
