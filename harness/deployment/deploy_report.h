/* What a step came to: a message of its own, or the error. */
#pragma once
#include "base/error.h"
#include "base/text.h"
#include "deployment/deploy_step.h"

struct deploy_report {
    struct text message; /* of a failure; of a success what is worth saying */
    struct error error;  /* of what could not be checked */
    bool database_away;  /* which is why the application failed */
    char *file;          /* of the migrations, in which it failed; NULL: not known */
    unsigned line;       /* of the file; 0: not known */
};

/* Adds the message, behind "; " if it is not the first; DEPLOY_FAILED. */
enum deploy_outcome deploy_fails(struct deploy_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
