#include "ground/culprit.h"

#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"
#include "ground/server_words.h"
#include "migrator/migrator_log.h"
#include "migrator/migrator_place.h"

/*
 * Sessions that an administrator or a shutdown ended (PostgreSQL manual, 28.2.17); 0 if the server
 * cannot be asked, which is found out by other means.
 */
static uint64_t count_killed(const struct culprit *culprit)
{
    struct error ignored = {0};
    char *count =
        culprit->connection && culprit->connection->pg
            ? connection_value(culprit->connection,
                               "SELECT sessions_killed FROM pg_stat_database WHERE datname = $1", 1,
                               &culprit->database, &ignored)
            : NULL;
    uint64_t killed = count ? strtoull(count, NULL, 10) : 0;
    free(count);
    return killed;
}

/* A server whose log we can read, and where nobody else works. */
static bool is_ours(const struct ground *g)
{
    return g->server && g->server->is_embedded;
}

void culprit_watch(struct culprit *culprit, const struct ground *ground,
                   struct connection *connection, const char *database, const char *url)
{
    *culprit = (struct culprit){.ground = ground,
                                .connection = connection,
                                .database = database,
                                .url = url,
                                .log = is_ours(ground) ? server_log_offset(ground->server) : 0};
    if (!is_ours(ground))
        culprit->killed = count_killed(culprit);
}

/* Signals that come from outside; a program that crashes gets others. */
static bool was_stopped(const struct process_result *p)
{
    return p->ending == PROCESS_SIGNALLED && (p->status == SIGKILL || p->status == SIGTERM ||
                                              p->status == SIGINT || p->status == SIGHUP);
}

static bool is_server_gone(const struct culprit *culprit, struct error *e)
{
    struct connection probe = {0};
    struct error trial = {0};
    bool there = connection_open(&probe, culprit->url, culprit->ground->cancel, &trial);
    connection_close(&probe);
    if (!there)
        error_prefix(&trial, "lost the server");
    error_take(e, &trial);
    return !there;
}

/*
 * A statement that was cut off by a timeout of the database, the role or the migration itself
 * (57014): production has the same setting, so the migration would be cut off there too.
 */
static bool is_timeout(const struct error *logged)
{
    return strcmp(logged->sqlstate, "57014") == 0;
}

/* It says so itself, by its exit status. */
static bool could_not_try(const struct culprit *culprit, const struct process_result *p)
{
    const struct suite_migrator *m = culprit->ground->migrator.definition;
    return m && m->unable && p->ending == PROCESS_EXITED && p->status == (int)m->unable;
}

/* What the migration wants of this machine and does not get, by a line that the profile knows. */
static const char *what_lacks(const struct culprit *culprit, const struct migrator_result *result)
{
    const struct suite_migrator *m = culprit->ground->migrator.definition;
    return m && m->lacking ? migrator_log_find(result, m->lacking) : NULL;
}

bool culprit_is_migrator(const struct culprit *culprit, const struct migrator_result *result,
                         struct error *logged, struct error *e)
{
    bool ours = is_ours(culprit->ground);
    if (ours)
        server_logged_error(culprit->ground->server, culprit->database, culprit->log, logged);
    if (logged->sqlstate[0] && error_is_of_server(logged) && !is_timeout(logged))
        return error_set_sqlstate(e, ERROR_UNAVAILABLE, logged->sqlstate, "the server failed: %s",
                                  logged->message);
    if (is_server_gone(culprit, e))
        return false;
    if (was_stopped(&result->process)) {
        char *ending = process_ending_text(&result->process);
        error_set(e, ERROR_UNAVAILABLE, "the migrator %s, sent from outside", ending);
        free(ending);
        return false;
    }
    if (could_not_try(culprit, &result->process))
        return error_set(e, ERROR_UNAVAILABLE, "the migrator could not run: %s",
                         migrator_log_error(result));
    const char *lacks = what_lacks(culprit, result);
    if (lacks)
        return error_set(e, ERROR_UNAVAILABLE,
                         "the migration needs what this machine lacks: %s; supply it, or let the "
                         "history start behind it with --base FILE",
                         lacks);
    const char *said = logged->message[0] ? NULL : migrator_log_trouble(result, !ours);
    if (said)
        return error_set(e, ERROR_UNAVAILABLE, "the server or this machine failed: %s", said);
    if (!ours && count_killed(culprit) > culprit->killed)
        return error_set_sqlstate(
            e, ERROR_UNAVAILABLE, "57P01",
            "another session terminated the migrator's session on the server");
    return true;
}

bool culprit_place(const struct culprit *culprit, const struct migrator *m,
                   const struct migrator_result *result, char **file, unsigned *line)
{
    struct server_words words;
    server_words_read(&words, culprit->ground->server, culprit->database, culprit->log, result);
    const struct refused_statement refused = {words.statement, words.position};
    bool found = migrator_place(result, m, &refused, file, line);
    server_words_release(&words);
    return found;
}

const char *culprit_complaint(const struct migrator_result *result, const struct error *logged)
{
    if (logged->message[0] && migrator_log_holds(result, logged->message))
        return logged->message;
    const char *said = migrator_log_error(result);
    return *said ? said : logged->message;
}
