/* What is said of a transition while it runs and when it stops: log lines and errors with file,
 * line and step. */
#pragma once
#include "migrate/statement.h"
#include "migrate/transition.h"

struct transition_progress {
    const struct transition *transition;
    const struct migration_part *part;
    char *logger;    /* "migration.002" */
    double *seconds; /* one for each step */
    double total;    /* of the steps */
    size_t at;       /* the step that runs; step_count: the revision's row, the commit */
    bool exposed;    /* what has run is not all within a transaction that can be rolled back */
    bool failed;     /* the log has reported why */
    struct error *error;
};

const char *progress_from(const struct transition *t);
const char *progress_to(const struct transition *t);
const char *progress_step_word(const struct transition *t);

void progress_log_running(const struct transition *t);
void progress_log_completion(const struct transition_progress *p, double seconds);

/* "002_x.sql, line 12, step 3/10 'Adding…'"; of `f`, if it is not NULL. The caller frees it. */
char *progress_where(const struct transition_progress *p, const struct statement_failure *f);

/* Rolls back and logs the server's refusal; MIGRATE_FAILED. */
enum migrate_status progress_refused(struct transition_progress *p,
                                     const struct statement_failure *f);

/* The same for whatever is not a refusal of our SQL: sets the error. */
enum migrate_status progress_stopped(const struct transition_progress *p,
                                     enum statement_outcome outcome,
                                     const struct statement_failure *f);
