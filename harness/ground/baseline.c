#include "ground/baseline.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ground/clone.h"
#include "ground/culprit.h"
#include "ground/declared_tables.h"
#include "ground/declared_validations.h"
#include "ground/migrator_role.h"
#include "ground/server_words.h"
#include "ground/shaped.h"
#include "ground/sql.h"
#include "ground/throwaway.h"
#include "migrator/migrator_log.h"
#include "migrator/migrator_place.h"
#include "postgres/url.h"

static const size_t tail_length = 30; /* lines */

/* They belong to the migrator's role, as where it was allowed to make them itself. */
static bool create_extensions(const struct ground *ground, const struct clone *clone,
                              struct error *e)
{
    struct connection c = {0};
    bool good = !ground->suite->extension_count ||
                connection_open(&c, clone->migrator_url, ground->cancel, e);
    for (unsigned i = 0; good && i < ground->suite->extension_count; i++) {
        char *name = connection_identifier(&c, ground->suite->extensions[i]);
        char *create = memory_format("CREATE EXTENSION IF NOT EXISTS %s", name);
        good = connection_run(&c, create, e) ||
               error_prefix(e, "CREATE EXTENSION %s", ground->suite->extensions[i]);
        free(create);
        free(name);
    }
    connection_close(&c);
    return good;
}

static void keep_log(const struct ground *ground, const struct migrator_result *result)
{
    if (!ground->output)
        return;
    char *path = memory_format("%s/logs/baseline.log", ground->output);
    migrator_log_save(path, result); /* a folder that takes no log is told by the scenarios */
    free(path);
}

char *baseline_current(const struct ground *ground, const char *url)
{
    struct migrator_result result = {0};
    struct error ignored = {0};
    char *said = NULL;
    if (ground->migrator.definition->current &&
        migrator_run(&ground->migrator, MIGRATOR_CURRENT, NULL, url, ground_patience(ground),
                     &result, &ignored) &&
        process_succeeded(&result.process))
        said = memory_copy_of(text_string(&result.process.output));
    migrator_result_release(&result);
    return said;
}

static void describe(struct baseline_failure *failure, const struct culprit *culprit,
                     const struct migrator_result *result, const struct error *logged)
{
    const struct ground *ground = culprit->ground;
    struct server_words words;
    server_words_read(&words, ground->server, culprit->database, culprit->log, result);
    const struct refused_statement refused = {words.statement, words.position};
    migrator_place(result, &ground->migrator, &refused, &failure->file, &failure->line);
    char *tail = migrator_tail(result, tail_length);
    char *ending = process_ending_text(&result->process);
    const char *said = culprit_complaint(result, logged);
    failure->message = memory_format("the migrator %s%s%s", ending, *said ? ": " : "", said);
    failure->detail =
        memory_format("%s%s%s", words.text ? words.text : "", words.text ? "\n\n" : "", tail);
    snprintf(failure->sqlstate, sizeof failure->sqlstate, "%s", logged->sqlstate);
    server_words_release(&words);
    free(tail);
    free(ending);
}

/* The owner of a database often installs its extensions, and no migration does. */
static char *find_extension(const struct ground *ground, const char *message)
{
    struct error ignored = {0};
    PGresult *rows =
        connection_query(&ground->server->lease, sql_missing_extension, 1, &message, &ignored);
    char *name = rows && PQntuples(rows) ? memory_copy_of(PQgetvalue(rows, 0, 0)) : NULL;
    PQclear(rows);
    return name;
}

static bool run_migrator(const struct ground *ground, const char *revision, double time_limit,
                         const struct clone *clone, struct baseline_failure *failure,
                         struct error *e)
{
    struct migrator_result result = {0};
    struct error logged = {0};
    struct culprit culprit;
    culprit_watch(&culprit, ground, &ground->server->lease, clone->database, clone->url);
    bool good = migrator_run(&ground->migrator, MIGRATOR_UPGRADE, revision, clone->migrator_url,
                             time_limit, &result, e);
    if (good)
        keep_log(ground, &result);
    bool well = good && process_succeeded(&result.process);
    if (good && !well &&
        (result.process.ending == PROCESS_TIMED_OUT ||
         culprit_is_migrator(&culprit, &result, &logged, e))) {
        describe(failure, &culprit, &result, &logged);
        failure->lacks = find_extension(ground, failure->message);
        failure->stands = baseline_current(ground, clone->migrator_url);
    }
    migrator_result_release(&result);
    return well;
}

/*
 * CREATE DATABASE looks every 100 ms whether the template has become free of connections. The
 * server needs a moment to see that a client has gone; waiting for that here costs less.
 */
static void wait_until_free(struct connection *c, const char *name)
{
    double deadline = clock_seconds() + 2.0;
    bool busy = true;
    while (busy && clock_seconds() < deadline) {
        struct error ignored = {0};
        char *count = connection_value(
            c, "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", 1, &name, &ignored);
        busy = count && strcmp(count, "0") != 0;
        free(count);
        if (busy)
            usleep(1000);
    }
}

static bool analyze_catalogs(const struct ground *ground, const struct clone *clone,
                             struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, clone->url, ground->cancel, e) &&
                connection_run(&c, sql_analyze_catalogs, e);
    connection_close(&c);
    return good;
}

static bool extend(const struct ground *ground, const struct baseline_request *request, char **name,
                   struct baseline_failure *failure, struct error *e)
{
    struct connection *lease = &ground->server->lease;
    struct clone clone = {0};
    *failure = (struct baseline_failure){0};
    bool good = ground_clone(ground, lease, request->purpose, request->template, &clone, e) &&
                cluster_enter(ground->cluster, NULL, clone.database, e) &&
                (request->template || shaped_begin(ground, clone.database, e)) &&
                (request->as_itself || migrator_role_promote(ground, e));
    if (good && !request->template)
        good = create_extensions(ground, &clone, e);
    good = good && (!request->revision || run_migrator(ground, request->revision,
                                                       request->time_limit, &clone, failure, e));
    if (!request->as_itself)
        good = migrator_role_demote(ground, good ? clone.url : NULL, e) && good;
    if (clone.database)
        good = cluster_leave(ground->cluster, NULL, clone.database, !request->as_itself, e) && good;
    good = good && analyze_catalogs(ground, &clone, e);
    if (good)
        wait_until_free(lease, clone.database);
    *name = memory_copy_of(clone.database);
    clone_release(&clone);
    return good;
}

/* Roles that the migrations make are made by them, not beforehand. */
bool baseline_extend(const struct ground *ground, const struct baseline_request *request,
                     char **name, struct baseline_failure *failure, struct error *e)
{
    bool good = extend(ground, request, name, failure, e);
    while (!good && e->kind == ERROR_NONE && !request->template && shaped_yields(ground, failure) &&
           throwaway_drop(&ground->server->lease, *name, e)) {
        free(*name);
        baseline_failure_release(failure);
        good = extend(ground, request, name, failure, e);
    }
    return good;
}

bool baseline_build(const struct ground *ground, char **name, struct error *e)
{
    const struct baseline_request request = {.revision = ground->suite->baseline,
                                             .purpose = "baseline",
                                             .time_limit = ground_patience(ground)};
    struct baseline_failure failure;
    bool good = baseline_extend(ground, &request, name, &failure, e);
    if (failure.message)
        error_set_sqlstate(e, ERROR_UNAVAILABLE, failure.sqlstate,
                           "the baseline %s cannot be built: %s%s%s", ground->suite->baseline,
                           failure.file ? failure.file : "", failure.file ? ": " : "",
                           failure.message);
    baseline_failure_release(&failure);
    char *url = good ? url_with_database(ground->server->url, *name, e) : NULL;
    /* whether others' migrations make the suite's tables is asked where more is known of them */
    good = url && (ground->migrator.replaced || declared_tables_check(ground, url, e)) &&
           declared_validations_check(ground, url, e);
    if (good)
        wait_until_free(&ground->server->lease, *name);
    free(url);
    return good;
}

void baseline_failure_release(struct baseline_failure *failure)
{
    free(failure->message);
    free(failure->detail);
    free(failure->file);
    free(failure->stands);
    free(failure->lacks);
    *failure = (struct baseline_failure){0};
}
