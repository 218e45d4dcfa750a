/*
 * Logs of the application, watched for errors from a moment on: what was in a file before does not
 * count, also when the file is rotated meanwhile.
 */
#pragma once
#include <jansson.h>

#include "base/cancel.h"
#include "deployment/deployment.h"
#include "deployment/secrets.h"

/*
 * Where the files end now: an array of {"inode": …, "offset": …}, to be kept for
 * application_log_watch(). `variables` fill in ${NAME}. NULL on failure.
 */
json_t *application_log_mark(const struct deployment *d, const char *const *variables,
                             struct error *e);

struct application_log_finding {
    char *log;  /* its name; NULL: nothing was found */
    char *line; /* the first that is an error */
};

/*
 * Watches all of them at once, each for its seconds, and ends at the first error. `marks` is from
 * application_log_mark(), NULL for files from their beginning. A command learns in DEPLOY_STARTED
 * when the services were started ("2025-10-11 09:30:00 UTC"). False if one cannot be watched.
 * Release the finding in any case.
 */
bool application_log_watch(const struct deployment *d, json_t *marks, const char *started,
                           const char *const *variables, const struct cancel *cancel,
                           struct application_log_finding *found, struct error *e);

void application_log_finding_release(struct application_log_finding *found);
