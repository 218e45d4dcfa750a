/*
 * The reporters of one command: those of its output folder, those that --report names, those that
 * the pipeline wants, the display, and the receivers. They hear one stream of events.
 */
#pragma once
#include "base/cancel.h"
#include "reports/reporter.h"

/* What --report NAME=WHERE, or an option of its own, asks for. */
struct report_wish {
    const char *name;
    const char *where; /* a file, "-" for standard output, or a receiver's URL */
};

struct reporting_request {
    const char *format;  /* "pretty" or "tap": what goes to `out` */
    bool quiet;          /* the command prints its results itself: "pretty" only shows progress */
    bool is_inner;       /* one of several runs: no pipeline is to hear of it alone */
    bool is_past;        /* it has ended: "pretty" shows no progress */
    const char *display; /* the reporter that is "pretty"; NULL: by the kind of terminal */
    const char *folder;  /* NULL: no reports are written unasked */
    const struct report_wish *wishes;
    size_t wish_count;
    double send_limit; /* seconds for all receivers together */
    FILE *out, *progress;
};

struct report_use;

struct reporting {
    struct reporting_request request;
    struct report_use *uses;
    size_t use_count;
    struct error error; /* the first report that could not be written */
};

/*
 * Chooses the reporters; nothing is opened yet. ERROR_USAGE: an unknown name, a receiver that is
 * none. Release in any case; `r` stays where it is until then.
 */
bool reporting_open(struct reporting *r, const struct reporting_request *request, struct error *e);

/*
 * Opens what they stream to, and lets them hear the stream. With EVENT_RUN_ENDS the files are
 * written. False, with the error, if a file cannot be opened.
 */
bool reporting_listen(struct reporting *r, struct event_stream *stream, struct error *e);

/* After the last event: false, with the error, if a report could not be written. */
bool reporting_finish(struct reporting *r, struct error *e);

/* Whether standard output is a document of one of them: a command prints nothing else there. */
bool reporting_owns_output(const struct reporting *r);

/* Whether anything is sent to a receiver. */
bool reporting_sends(const struct reporting *r);

/*
 * Sends to all receivers at the same time and waits at most `send_limit`; whatever becomes of it,
 * the verdict stays. What was not taken is in `*warnings`, a line each, to be freed; NULL: all was.
 */
void reporting_send(const struct reporting *r, const struct run_record *record,
                    const struct cancel *cancel, char **warnings);

void reporting_release(struct reporting *r);
