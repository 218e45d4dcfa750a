/*
 * The migrator: the program under test, driven from outside by its command lines.
 *
 * It learns of the database by DATABASE_URL, as its profile spells it, and by the usual variables
 * beside it; PGHOST, PGPORT, PGUSER and PGDATABASE name the same one, so that a psql without
 * arguments cannot reach any other. Nothing of the caller's environment that names another
 * database reaches it, and where the kernel allows it, it has no network. Passwords never reach
 * its log.
 */
#pragma once
#include <stdbool.h>

#include "base/process.h"
#include "suite/suite.h"

struct surroundings;
struct revision_list;
struct preload_pool;

struct migrator {
    const struct suite_migrator *definition;
    char *directory;              /* absolute */
    bool replaced;                /* the directory is not the suite's own (--migrations) */
    char *path;                   /* put before PATH, so that our own programs are found; or NULL */
    char *mark;                   /* NAME=VALUE that marks its processes as the run's; or NULL */
    bool read_only;               /* sessions through libpq can only read (PGOPTIONS) */
    bool confined;                /* it runs without a network; see migrator_confine() */
    const char *const *variables; /* NAME=VALUE for its environment, over ours; or NULL */
    struct preload_pool *preloads; /* of interpreters, which belongs to the ground; or NULL */
    const struct cancel *cancel;
    _Atomic pid_t *group;             /* told its process group while a command runs; or NULL */
    struct suite_migrator *completed; /* the definition, where it is its own: with its profile */
    struct surroundings *around;      /* the surroundings, where they are its own */
    /* The rest belongs to the project or the suite, and may be NULL. */
    const struct surroundings *surroundings; /* which variables name a database */
    const struct revision_list *revisions;   /* needed to stage a folder or to count steps */
    const char *folder;                      /* absolute: where the revisions are */
    const char *tool;                        /* its program */
    char *const *groups;                     /* 10, of the sign by which it was recognised */
    const char *direct; /* URL of the same database that nobody watches, for our own questions */
};

enum migrator_action {
    MIGRATOR_UPGRADE,
    MIGRATOR_DOWNGRADE,
    MIGRATOR_CURRENT,
    MIGRATOR_HISTORY,
    MIGRATOR_STAMP,
    MIGRATOR_VERSION,
    MIGRATOR_HEADS,
    MIGRATOR_MATCHES, /* whether the models match the schema */
};

/* A line of its log, with the seconds since it was started. */
struct migrator_line {
    double seconds;
    char *text;
};

struct migrator_result {
    struct process_result process;
    struct migrator_line *lines; /* both streams, in the order in which they came */
    size_t line_count;           /* at most 100,000 are kept */
};

/*
 * Runs one action on the database at `url` and waits for its end, at most `time_limit` seconds (0:
 * no limit). `revision` may be NULL where the action needs none. False when it could not be run:
 * not installed (ERROR_UNAVAILABLE), interrupted, or the suite has no command for the action
 * (ERROR_USAGE). How it ended otherwise is in the result; release it in any case.
 */
bool migrator_run(const struct migrator *m, enum migrator_action action, const char *revision,
                  const char *url, double time_limit, struct migrator_result *result,
                  struct error *e);

/*
 * Asks whether the kernel lets a process have a network of its own, and confines the migrator if
 * it does and its definition does not say `network: true`. Otherwise `*why` (to be freed) is one
 * sentence that says why not; else NULL.
 */
void migrator_confine(struct migrator *m, char **why);

/* Whether the server has to be reached by TCP: a confined migrator gets a port of its own. */
bool migrator_needs_port(const struct migrator *m);

/*
 * Completes the definition by the profile that it names, and loads what every migrator is kept
 * from. A profile that does not exist is an ERROR_USAGE.
 */
bool migrator_complete(struct migrator *m, struct error *e);

/* The command line of an action for /bin/sh, as it is run; NULL: the suite has none. To be freed.
 */
char *migrator_command(const struct suite_migrator *m, enum migrator_action action,
                       const char *revision);

void migrator_result_release(struct migrator_result *result);

/* The last line of its log that says something, "" if there is none; belongs to the result. */
const char *migrator_last_line(const struct migrator_result *result);

/* Its last `count` lines, each ended by a line feed; the caller frees it. */
char *migrator_tail(const struct migrator_result *result, size_t count);

/* Whether a line that it printed begins with this revision, as `current` says it: "002 (head)". */
bool migrator_names_revision(const struct migrator_result *result, const char *revision);

/* The revision that this output of `current` names, read by `current_line`; "" for none. To be
 * freed. */
char *migrator_current_of(const struct migrator *m, const char *output);

/*
 * The revision that the database at `url` has, as the migrator's own `current` says it, read by
 * `current_line`; where it has no such command, by its query `applied`. "" for none; the caller
 * frees it. Where several lines match, the last one counts.
 */
bool migrator_current(const struct migrator *m, const char *url, double time_limit, char **revision,
                      struct error *e);

void migrator_release(struct migrator *m);
