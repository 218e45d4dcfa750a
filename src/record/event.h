/*
 * What happens in a run, while it happens: stamped events, emitted by whatever runs, heard by
 * every listener. Commands that rehearse, certify, compare, forecast or deploy emit the same ones.
 *
 * A stream serialises: at most one listener is called at a time, whichever thread emits. During a
 * call the record may be read for the scenario that the event names, not for the others; with
 * EVENT_RUN_ENDS it is complete.
 */
#pragma once
#include <pthread.h>

#include "record/record.h"

enum event_kind {
    EVENT_RUN_BEGINS, /* everything is planned */
    EVENT_SCENARIO_BEGINS,
    EVENT_STEP_BEGINS,
    EVENT_CHECK_BEGINS,
    EVENT_CHECK_ENDS,
    EVENT_STEP_ENDS,
    EVENT_SCENARIO_ENDS,
    EVENT_PROGRESS, /* a long step has done `done` of `total` units of `text` */
    EVENT_MESSAGE,  /* `text` is one line for people */
    EVENT_RUN_ENDS,
};

struct event {
    enum event_kind kind;
    double monotonic; /* clock_seconds() */
    double wall;      /* seconds since 1970, UTC */
    const struct run_record *run;
    const struct scenario_record *scenario; /* NULL: of the run as a whole, as the next two */
    const struct step *step;
    const struct check *check;
    const char *text;
    double done, total; /* total 0: not known */
};

typedef void event_listener_fn(void *context, const struct event *event);

struct event_listener {
    event_listener_fn *hear;
    void *context;
};

struct event_stream {
    const struct run_record *run;
    pthread_mutex_t lock; /* held while a listener is called */
    struct event_listener *listeners;
    size_t listener_count;
};

/* Release it after the last event. */
void event_stream_init(struct event_stream *s, const struct run_record *run);
void event_stream_release(struct event_stream *s);

/* Listeners hear an event in the order in which they were added. */
void event_stream_add(struct event_stream *s, event_listener_fn *hear, void *context);

/* Each emits one event, stamped with its run and with now. `s` may be NULL: nobody listens. */
void event_run(struct event_stream *s, enum event_kind kind);
void event_scenario(struct event_stream *s, enum event_kind kind,
                    const struct scenario_record *scenario);
void event_step(struct event_stream *s, enum event_kind kind,
                const struct scenario_record *scenario, const struct step *step);
void event_check(struct event_stream *s, enum event_kind kind,
                 const struct scenario_record *scenario, const struct step *step,
                 const struct check *check);
void event_progress(struct event_stream *s, const struct scenario_record *scenario,
                    const char *what, double done, double total);
/* Emits what happened in the steps of a scenario, from its record, after it has ended. */
void event_replay_steps(struct event_stream *s, const struct scenario_record *scenario);

void event_message(struct event_stream *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "run begins", "check ends": for logs and reports. */
const char *event_kind_name(enum event_kind kind);
