/*
 * A deployment: the nine steps of the runbook on a real database, journalled, with a rollback when
 * one of them fails, and with a way on after a crash.
 *
 * Only the migrator, and on a rollback backup_restore_rows(), write to the database; everything
 * else reads, in read-only transactions. A flock on the journal and an advisory lock in the
 * database keep a second deploy out.
 */
#pragma once
#include "deployment/before_state.h"
#include "deployment/deployment.h"
#include "deployment/journal.h"
#include "deployment/secrets.h"
#include "migrator/migrator.h"
#include "postgres/connection.h"
#include "record/live_scenario.h"

/* A failure for a rehearsal: the step does its work, and is then said to have failed. */
struct deploy_failure {
    enum deploy_step step;
    enum deploy_outcome outcome;
};

struct deploy_request {
    const struct suite *suite;
    const struct deployment *deployment;
    const struct migrator *migrator;
    const char *url;               /* of the database, for ourselves */
    const char *migrator_url;      /* the same for the migrator */
    const char *output;            /* the folder of journal, logs and backups; it is there */
    const char *certificate;       /* its id, for the journal; NULL: none */
    const char *const *variables;  /* NAME=VALUE for commands and ${NAME}; or NULL */
    bool rollback;                 /* roll back what the journal says was begun or deployed */
    bool restore_rows;             /* on a rollback, the dropped tables' rows too; without them the
                                      services are not started on tables that were emptied */
    const enum deploy_step *until; /* stop after this step; NULL: go to the end */
    const char *again;             /* the command line that goes on, without --until and
                                      --rollback, for people to paste; NULL: they are not reported */
    double time_limit;             /* seconds for a command of the migrator; 0: none */
    const char *mark;              /* NAME=VALUE that marks processes as a run's; or NULL */
    const struct cancel *stop;     /* end in order: after the migrator's command that is running */
    const struct cancel *abort;    /* end at once, the migrator too */
    const struct deploy_failure *failure; /* or NULL */
    struct run_record *record;            /* empty: deploy_run() fills it, without any secret */
    struct event_stream *events;          /* of that record; NULL: nobody listens */
};

/* Where the journal says that the database is in its deployment. */
enum deploy_stage {
    DEPLOY_FRESH,        /* nothing is under way */
    DEPLOY_UNTOUCHED,    /* under way; the upgrade has not started */
    DEPLOY_TOUCHED,      /* under way; the upgrade has started */
    DEPLOY_ROLLING_BACK, /* a rollback is under way */
};

struct deploy {
    const struct deploy_request *request;
    struct journal journal;
    struct connection connection;
    struct secrets secrets;
    char *database, *cluster; /* its name; the system identifier, "" if unknown */
    char *name;               /* of its files: DATABASE, made fit for a file name */
    char *migrator_url;       /* with a lock_timeout */
    char *application;        /* PGAPPNAME=… of the migrator's sessions */
    char *options;            /* PGOPTIONS=… */
    char *mark;               /* NAME=VALUE of the migrator's processes; see deploy_mark() */
    char *before_path;
    struct before_state before;
    bool before_known;
    bool journal_read;
    unsigned commands; /* of the migrator, to number its logs */
    struct live_scenario live;
};

/* The journal's path: in `output`, named after the database of the URL. To be freed. */
char *deploy_journal_path(const char *output, const char *url);

/*
 * Connects, locks and reads the journal. Refuses (ERROR_USAGE) a journal of another database or of
 * another migration that is still under way, a rollback of nothing, a variable that is not set.
 * Nothing is changed yet. Close in any case.
 */
bool deploy_open(struct deploy *d, const struct deploy_request *request, struct error *e);

enum deploy_stage deploy_stage(const struct deploy *d);

/* Whether the journal's last deployment is that of this request, and is finished. */
bool deploy_has_deployed(const struct deploy *d);

/*
 * After a failed opening: lines, to be freed, of where the journal is, what comes next and how
 * to go on. NULL where the journal could not be read, or nothing is under way.
 */
char *deploy_standing(const struct deploy *d);

/* Many lines, to be freed: where it is, what will be done, in what order, and what if not. */
char *deploy_plan(const struct deploy *d);

/* Of the probes that hold at the baseline too: false, with `*complaint` set, if one fails. */
bool deploy_application_is_well(struct deploy *d, char **complaint, struct error *e);

enum deploy_ending {
    DEPLOY_DEPLOYED,    /* and proven */
    DEPLOY_STOPPED,     /* after the step that was asked for */
    DEPLOY_ROLLED_BACK, /* and proven: at the baseline, whole */
    DEPLOY_BACKED_OUT,  /* we could not go on; nothing had been changed yet */
    DEPLOY_UNFINISHED,  /* we could not go on; the journal knows where it is */
    DEPLOY_STUCK,       /* neither forward nor back: `by_hand` says what to do */
};

/* "deployed", "stopped, as asked for", "rolled back", … */
const char *deploy_ending_name(enum deploy_ending ending);

struct deploy_result {
    enum deploy_ending ending;
    char *message;    /* one line: why it came to this; NULL where there is nothing to say */
    char *by_hand;    /* lines: where it is, and the commands to go on with; NULL if all is well */
    bool services_up; /* as far as we know */
};

/*
 * Goes on from where the journal is to one of the endings; the request's record has it as the
 * steps of one scenario, named by deploy_step_name(), and its events report it as it happens.
 * Release the result.
 */
void deploy_run(struct deploy *d, struct deploy_result *result);

void deploy_result_release(struct deploy_result *result);
void deploy_close(struct deploy *d);
