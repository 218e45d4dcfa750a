/* Whether a certificate still holds, point by point. */
#pragma once
#include <time.h>

#include "production/certificates/certificate.h"

enum certificate_agreement {
    CERTIFICATE_AGREES,
    CERTIFICATE_DIFFERS, /* it does not hold */
    CERTIFICATE_NOTE,    /* worth knowing; it holds all the same */
};

struct certificate_point {
    enum certificate_agreement agreement;
    const char *about; /* "migrations", "schema", … */
    char *text;        /* one line, whole: "migrations/002.sql has changed" */
};

/* Every point that was looked at; zero-initialised it is empty and valid. */
struct certificate_differences {
    struct certificate_point *items;
    size_t count;
    size_t differing; /* how many are CERTIFICATE_DIFFERS: 0, and the certificate holds */
};

enum { CERTIFICATE_DAYS = 30 }; /* how old it may be, if nobody says otherwise */

/*
 * Compares what was certified with what is there now: verdict, age (at `at`, at most `days` days),
 * suite, migrator, each file, and the database where `now` tells of one. Pure; adds to `d`.
 */
void certificate_compare(const struct certificate *c, const struct certificate_ground *now,
                         time_t at, double days, struct certificate_differences *d);

/* The points of its file's signature (certificate_signature.h) are added in the same way. */
void certificate_add_point(struct certificate_differences *d, enum certificate_agreement agreement,
                           const char *about, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void certificate_differences_release(struct certificate_differences *d);
