/* What a cause is known by in the next run, so that a pipeline can tell a new one from an old one.
 */
#pragma once
#include "base/digest.h"
#include "reports/causes.h"

/* Those that were given out in one report. Zero-initialised it is empty and valid. */
struct fingerprints {
    char (*items)[DIGEST_LENGTH + 1];
    size_t count;
};

/*
 * A digest of the grade, the kind of the check, the file and the message without its numbers, which
 * may be times or counts. Of causes that are alike in all these the second gets another one, in
 * their order. Belongs to `f`, valid until the next call.
 */
const char *fingerprint_of(struct fingerprints *f, const struct cause *cause,
                           enum cause_grade grade);

void fingerprints_release(struct fingerprints *f);
