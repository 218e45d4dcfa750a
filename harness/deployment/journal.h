/*
 * The journal of the deployments of one database: a line of JSON for each thing that begins, ends
 * or is found out, written with O_APPEND and forced to disk before anything else happens. Whoever
 * comes after a crash reads from it what was begun; whether that also happened, only the world
 * tells. The file is locked (flock) for as long as it is open, so that there is one deploy at a
 * time. It holds no secret: who writes hides them first.
 *
 *     {"at": "2025-10-11T09:30:00Z", "event": "opened", "facts": {"deployment": "…", …}}
 *     {"at": …, "event": "begun", "step": "backup", "facts": {"path": "…"}}
 *     {"at": …, "event": "ended", "step": "backup", "outcome": "done", "message": "…"}
 *     {"at": …, "event": "noted", "step": "upgrade", "message": "…"}
 *     {"at": …, "event": "rollback", "message": "why"}
 *     {"at": …, "event": "finished", "outcome": "deployed"}
 *
 * Reading is strict. A last line without its line feed is a crash while it was being written: it
 * counts as never written, and is cut off. Anything else that is not as above is an error.
 */
#pragma once
#include <jansson.h>

#include "base/error.h"
#include "deployment/deploy_step.h"

/* What is known of a step from the last deployment in the journal. */
struct journal_step {
    unsigned begun; /* how often */
    bool open;      /* begun, and not ended */
    bool ended;
    enum deploy_outcome outcome;       /* if ended */
    json_t *begun_facts, *ended_facts; /* of the last time; NULL: none */
};

struct journal {
    char *path;
    int fd;         /* -1: not open */
    bool torn;      /* the last line was cut off */
    bool any;       /* there is a deployment: what follows is of the last one */
    json_t *opened; /* the facts with which it was opened */
    bool rolling_back;
    char *reason;  /* of the rollback */
    bool any_done; /* a step has ended well: the last such is */
    enum deploy_step last_done;
    char *finished; /* "deployed", "rolled-back", …; NULL: it is not */
    struct journal_step steps[DEPLOY_STEPS];
};

/*
 * Opens and reads the journal at `path`, or makes an empty one. ERROR_UNAVAILABLE where another
 * deploy has it, or a line is none (which one is reported). Close in any case.
 */
bool journal_open(struct journal *j, const char *path, struct error *e);

/* Each appends a line, on disk when it returns true, and changes the state above. `facts` is taken
   over; NULL: none. */
bool journal_begin_deployment(struct journal *j, json_t *facts, struct error *e);
bool journal_begin_step(struct journal *j, enum deploy_step step, json_t *facts, struct error *e);
bool journal_end_step(struct journal *j, enum deploy_step step, enum deploy_outcome outcome,
                      const char *message, json_t *facts, struct error *e);
bool journal_note(struct journal *j, enum deploy_step step, const char *message, struct error *e);
bool journal_begin_rollback(struct journal *j, const char *reason, struct error *e);
bool journal_finish(struct journal *j, const char *outcome, struct error *e);

/* The step that was begun and not ended; false if there is none. */
bool journal_open_step(const struct journal *j, enum deploy_step *step);

/* Whether the step was ever begun, and whether it has ended well. */
bool journal_was_begun(const struct journal *j, enum deploy_step step);
bool journal_is_done(const struct journal *j, enum deploy_step step);

/* A fact of text: of the opening, or of the last beginning of a step; "" if there is none. */
const char *journal_fact(const struct journal *j, const char *name);
const char *journal_step_fact(const struct journal *j, enum deploy_step step, const char *name);

void journal_close(struct journal *j);
