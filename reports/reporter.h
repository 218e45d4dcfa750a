/*
 * A reporter turns what a run found into one format. Each is one file with one `struct reporter`,
 * and one row of reporter_table, which is all that the command line, the output folder and the
 * environment of a pipeline look at.
 *
 * A reporter either renders the complete record once the run has ended (`render`, or
 * `render_scenario` for a file a scenario), or hears every event (`hear`), or sends the record to
 * a receiver (`send`).
 */
#pragma once
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "record/event.h"

struct errand;

/* Where a reporter that hears events writes to. */
struct report_place {
    FILE *out;          /* results */
    FILE *progress;     /* what goes on meanwhile; NULL: of no interest */
    const char *folder; /* the other reports and logs/ are there; NULL: there are none */
};

struct reporter {
    const char *name;    /* as --report NAME=FILE takes it */
    const char *summary; /* for help and docs: a few words */
    const char *file;    /* what it is called in the output folder; NULL: not written unasked */

    /*
     * Whether the pipeline that we are in wants it unasked, beside an output folder: "-" for
     * standard output, an absolute path, or a name in the output folder; else NULL.
     */
    const char *(*recognise)(void);
    bool appends; /* to a file that others write to too */

    void (*render)(struct text *t, const struct run_record *r);
    void (*render_scenario)(struct text *t, const struct scenario_record *s);

    size_t state_size; /* of the state of `hear`, zero-initialised, then opened and closed */
    void (*open)(void *state, const struct report_place *place);
    void (*hear)(void *state, const struct event *event);
    bool (*close)(void *state); /* false: it could not be written */

    void (*send)(struct errand *errand);
};

/* By the order in which they are served when a run ends; ends with a NULL name. */
extern const struct reporter *const reporter_table[];

/* NULL: there is none of that name. */
const struct reporter *reporter_find(const char *name);
