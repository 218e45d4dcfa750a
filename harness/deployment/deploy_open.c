/* The beginning and the end of a deployment: locks, journal, names. */
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "deployment/deploy_state.h"
#include "deployment/expansion.h"
#include "deployment/probe.h"
#include "ground/run_processes.h"
#include "postgres/pooler.h"
#include "postgres/url.h"

static const double lock_limit = 5.0;           /* seconds */
static const useconds_t between_tries = 100000; /* microseconds */
static const size_t longest_name = 60;          /* bytes of a database's name in a file's name */

/* An advisory lock is of its database alone, so that one key serves for all: "pgdeploy". */
static const char lock_query[] = "SELECT pg_try_advisory_lock(8099552841689755513)";

void deploy_tell(struct deploy *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = memory_format_list(format, arguments);
    va_end(arguments);
    char *hidden = secrets_hide(&d->secrets, line);
    event_message(d->request->events, "%s", hidden);
    free(hidden);
    free(line);
}

struct service deploy_service(const struct deploy *d, bool in_any_case)
{
    return (struct service){.deployment = d->request->deployment,
                            .variables = d->request->variables,
                            .cancel = in_any_case ? d->request->abort : d->request->stop};
}

/* The session of a deploy that was killed holds the lock until the server notices. */
static bool take_lock(struct deploy *d, struct error *e)
{
    double deadline = clock_seconds() + lock_limit;
    for (;;) {
        char *locked = connection_value(&d->connection, lock_query, 0, NULL, e);
        bool good = locked && locked[0] == 't', asked = locked != NULL;
        free(locked);
        if (good || !asked)
            return good;
        if (clock_seconds() > deadline)
            return error_set(e, ERROR_UNAVAILABLE,
                             "another deploy of this database is running, perhaps on another "
                             "machine: it holds the advisory lock");
        usleep(between_tries);
    }
}

static bool connect_and_lock(struct deploy *d, struct error *e)
{
    return connection_open(&d->connection, d->request->url, d->request->stop, e) &&
           connection_run(&d->connection,
                          "SET default_transaction_read_only = on; "
                          "SET client_connection_check_interval = 1000",
                          e) &&
           take_lock(d, e);
}

bool deploy_connect(struct deploy *d, struct error *e)
{
    struct error lost = {0};
    if (d->connection.pg && connection_run(&d->connection, "SELECT", &lost))
        return true;
    connection_close(&d->connection);
    if (lost.kind == ERROR_INTERRUPTED)
        return error_take(e, &lost);
    return connect_and_lock(d, e);
}

const char *deploy_backup_path(const struct deploy *d)
{
    return journal_step_fact(&d->journal, DEPLOY_BACKUP, "path");
}

/* Which database it is, wherever its URL points: the name, and the identity of the cluster. */
static bool identify(struct deploy *d, struct error *e)
{
    struct error unknown = {0}; /* not every server tells */
    d->database = connection_value(&d->connection, "SELECT current_database()", 0, NULL, e);
    d->cluster =
        connection_value(&d->connection, "SELECT system_identifier::text FROM pg_control_system()",
                         0, NULL, &unknown);
    if (!d->cluster)
        d->cluster = memory_copy_of("");
    return d->database != NULL;
}

/* The database's name for files: letters, digits, _, - and dots stay. */
static char *file_name(const char *url)
{
    struct url u;
    struct error ignored = {0};
    char *name = NULL;
    if (url_parse(&u, url, &ignored)) {
        const char *database = u.database ? u.database : u.user;
        name = memory_format("%.*s", (int)longest_name, database ? database : "database");
        url_release(&u);
    }
    for (char *p = name; p && *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *p))
            *p = '_';
    return name ? name : memory_copy_of("database");
}

char *deploy_journal_path(const char *output, const char *url)
{
    char *name = file_name(url);
    char *path = memory_format("%s/%s.journal", output, name);
    free(name);
    return path;
}

/* The URL with an option for the session, for migrators that heed no PGOPTIONS. */
static char *with_option(const char *url, const char *option, struct error *e)
{
    struct url u;
    if (!url_parse(&u, url, e))
        return NULL;
    struct text t = {0};
    const char *there = u.options ? u.options : "";
    const char *old = strncmp(there, "options=", 8) == 0 ? there : strstr(there, "&options=");
    if (old) {
        size_t end = (size_t)(old - there) + 1 + strcspn(old + 1, "&");
        text_append_format(&t, "%.*s%%20-c%%20%s%s", (int)end, there, option, there + end);
    } else {
        text_append_format(&t, "%s%soptions=-c%%20%s", there, *there ? "&" : "", option);
    }
    free(u.options);
    u.options = text_detach(&t);
    char *result = url_format(&u, true);
    url_release(&u);
    return result;
}

const char *deploy_mark(struct deploy *d)
{
    if (!d->mark)
        d->mark = d->request->mark ? memory_copy_of(d->request->mark)
                                   : memory_format("%s=%s", run_id_variable,
                                                   journal_fact(&d->journal, "deployment"));
    return d->mark;
}

/*
 * A deploy that was killed cannot end what its migrator has started: a shell may be about to run
 * the migration still. Nobody but us has the journal, so whatever carries its mark is left over.
 */
static void end_left_over(struct deploy *d)
{
    if (d->journal.any && !d->journal.finished && !d->request->mark)
        run_processes_end(journal_fact(&d->journal, "deployment"), d->request->output);
}

/* The same for those that connect by variables: what the URL asks of a session, and these options.
 */
static char *variable_of(const char *url, const char *options)
{
    char *own = url_own_option(url, "options");
    char *variable = memory_format("PGOPTIONS=%s%s-c client_connection_check_interval=1000%s",
                                   own ? own : "", own ? " " : "", options);
    free(own);
    return variable;
}

/* What the migrator's sessions are told: whose they are, how long to wait, to end with it. */
static bool make_session(struct deploy *d, struct error *e)
{
    double timeout = d->request->deployment->lock_timeout;
    long milliseconds = (long)(timeout * 1000 + 0.5);
    d->application = memory_format("PGAPPNAME=pgrehearse-deploy-%d", (int)getpid());
    if (timeout <= 0) {
        d->migrator_url = memory_copy_of(d->request->migrator_url);
        d->options = variable_of(d->request->migrator_url, "");
        return true;
    }
    if (milliseconds < 1)
        milliseconds = 1;
    char *option = memory_format("lock_timeout%%3D%ld", milliseconds);
    char *limit = memory_format(" -c lock_timeout=%ld", milliseconds);
    d->options = variable_of(d->request->migrator_url, limit);
    free(limit);
    d->migrator_url = with_option(d->request->migrator_url, option, e);
    free(option);
    return d->migrator_url != NULL;
}

static bool check_variables(struct deploy *d, struct error *e)
{
    const struct deployment *runbook = d->request->deployment;
    for (unsigned i = 0; i < runbook->probe_count; i++)
        if (!probe_check(&runbook->probes[i], d->request->variables, &d->secrets, e))
            return error_prefix(e, "%s", runbook->path);
    for (unsigned i = 0; i < runbook->log_count; i++) {
        if (!runbook->logs[i].file)
            continue;
        char *path = expansion_of(runbook->logs[i].file, d->request->variables, NULL, e);
        if (!path)
            return error_prefix(e, "%s: logs.file", runbook->path);
        free(path);
    }
    return true;
}

static bool same(struct deploy *d, const char *fact, const char *now, struct error *e)
{
    const char *then = journal_fact(&d->journal, fact);
    return strcmp(then, now) == 0 ||
           error_set(e, ERROR_USAGE,
                     "the journal %s belongs to another %s: '%s', not '%s'; finish that "
                     "deployment, or give another --output",
                     d->journal.path, fact, then, now);
}

/* Rolled back, and the dropped tables' rows were not restored. */
static bool lacks_rows(const struct deploy *d)
{
    return d->request->restore_rows && journal_is_done(&d->journal, DEPLOY_UPGRADE) &&
           !journal_is_done(&d->journal, ROLLBACK_RESTORE);
}

/* A deployment that is under way, or is to be rolled back, is this one. */
static bool check_journal(struct deploy *d, struct error *e)
{
    const struct suite *suite = d->request->suite;
    bool concerned = d->journal.any && (!d->journal.finished || d->request->rollback);
    if (d->request->rollback && !d->journal.any)
        return error_set(e, ERROR_USAGE, "there is nothing to roll back: the journal %s is empty",
                         d->journal.path);
    const char *ending = d->journal.finished ? d->journal.finished : "";
    if (d->request->rollback && (strcmp(ending, "backed-out") == 0 ||
                                 (strcmp(ending, "rolled-back") == 0 && !lacks_rows(d))))
        return error_set(e, ERROR_USAGE,
                         "there is nothing to roll back: the last deployment in %s is %s",
                         d->journal.path, ending);
    if (!concerned)
        return true;
    return same(d, "database", d->database, e) && same(d, "cluster", d->cluster, e) &&
           same(d, "suite", suite->name, e) && same(d, "baseline", suite->baseline, e) &&
           same(d, "target", suite->target, e) &&
           same(d, "migrator", d->request->migrator->definition->name, e);
}

bool deploy_has_deployed(const struct deploy *d)
{
    const struct suite *suite = d->request->suite;
    const struct {
        const char *fact, *now;
    } same[] = {{"database", d->database}, {"cluster", d->cluster},
                {"suite", suite->name},    {"baseline", suite->baseline},
                {"target", suite->target}, {"migrator", d->request->migrator->definition->name}};
    bool all = d->journal.finished && strcmp(d->journal.finished, "deployed") == 0;
    for (size_t i = 0; all && i < sizeof same / sizeof *same; i++)
        all = strcmp(journal_fact(&d->journal, same[i].fact), same[i].now) == 0;
    return all;
}

/* Locks are held and sessions are counted, so no pooler; a rehearsal has its own server. */
static bool is_server(const struct deploy_request *request, struct error *e)
{
    return request->mark || pooler_refuse(request->url, POOLER_REFUSED, request->stop, e);
}

bool deploy_open(struct deploy *d, const struct deploy_request *request, struct error *e)
{
    *d = (struct deploy){.request = request, .journal.fd = -1};
    secrets_add_url(&d->secrets, request->url);
    secrets_add_url(&d->secrets, request->migrator_url);
    d->name = file_name(request->url);
    d->before_path = memory_format("%s/%s.before.json", request->output, d->name);
    char *path = deploy_journal_path(request->output, request->url);
    bool good = check_variables(d, e) && make_session(d, e);
    d->journal_read = good && journal_open(&d->journal, path, e);
    good = d->journal_read && is_server(request, e) && connect_and_lock(d, e) && identify(d, e) &&
           check_journal(d, e);
    free(path);
    if (good)
        end_left_over(d);
    return good;
}

void deploy_close(struct deploy *d)
{
    connection_close(&d->connection);
    journal_close(&d->journal);
    secrets_release(&d->secrets);
    before_state_release(&d->before);
    free(d->database);
    free(d->cluster);
    free(d->name);
    free(d->migrator_url);
    free(d->application);
    free(d->options);
    free(d->before_path);
    free(d->mark);
    *d = (struct deploy){.journal.fd = -1};
}

enum deploy_stage deploy_stage(const struct deploy *d)
{
    if (!d->journal.any || d->journal.finished)
        return DEPLOY_FRESH;
    if (d->journal.rolling_back)
        return DEPLOY_ROLLING_BACK;
    return deploy_was_touched(d) ? DEPLOY_TOUCHED : DEPLOY_UNTOUCHED;
}

bool deploy_was_touched(const struct deploy *d)
{
    const struct journal_step *s = &d->journal.steps[DEPLOY_UPGRADE];
    return s->begun > 0 && !(s->ended && s->outcome == DEPLOY_ABANDONED);
}

void deploy_result_release(struct deploy_result *result)
{
    free(result->message);
    free(result->by_hand);
    *result = (struct deploy_result){0};
}
