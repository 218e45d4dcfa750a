/*
 * The history in a PostgreSQL database: a schema `pgrehearse` of our own, marked by its comment,
 * migrated by pgrehearse-migrate, whose own table lies in that schema too.
 */
#include "base/memory.h"
#include "base/process.h"
#include "ground/installation.h"
#include "measures/histories/store_kinds.h"
#include "postgres/url.h"

static const double migration_limit = 60; /* seconds; others may be at it, and we wait for them */
#define OUR_MARK "history of pgrehearse"

/* Nothing that we ask takes long; a store that hangs must not hold up the run. */
static const char settings[] = "SET search_path = pgrehearse; SET lock_timeout = '10s'; "
                               "SET statement_timeout = '15s'; SET client_encoding = 'UTF8'; "
                               "SET synchronous_commit = on";

bool store_postgres_run(struct store *s, const char *sql, size_t count, const char *const *values,
                        store_row_fn *row, void *context, struct error *e)
{
    PGresult *result = connection_query(&s->pg, sql, count, values, e);
    if (!result)
        return false;
    int columns = PQnfields(result);
    const char **fields = memory_zeroed((size_t)columns + 1, sizeof *fields);
    for (int i = 0; row && i < PQntuples(result); i++) {
        for (int j = 0; j < columns; j++)
            fields[j] = PQgetisnull(result, i, j) ? NULL : PQgetvalue(result, i, j);
        row(context, fields);
    }
    free(fields);
    PQclear(result);
    return true;
}

/* Sets `*there`; an error where somebody else has such a schema. */
static bool find_schema(struct store *s, bool *there, struct error *e)
{
    char *mark = connection_value(
        &s->pg,
        "SELECT coalesce((SELECT coalesce(obj_description(oid, 'pg_namespace'), 'unmarked') "
        "FROM pg_namespace WHERE nspname = 'pgrehearse'), 'none')",
        0, NULL, e);
    if (!mark)
        return false;
    *there = strcmp(mark, "none") != 0;
    bool ours = strcmp(mark, OUR_MARK) == 0;
    free(mark);
    return ours || !*there ||
           error_set(e, ERROR_UNAVAILABLE,
                     "its schema pgrehearse is not of our making and is left as it is; give "
                     "another database");
}

/* The key of the lock is that of the migrator, so that both are never at it at once. */
static bool make_schema(struct store *s, struct error *e)
{
    return connection_run(&s->pg,
                          "BEGIN; SELECT pg_advisory_xact_lock(8099568234717864306); "
                          "CREATE SCHEMA IF NOT EXISTS pgrehearse; "
                          "COMMENT ON SCHEMA pgrehearse IS '" OUR_MARK "'; COMMIT",
                          e);
}

/* NULL in `*revision`: at none. */
static bool read_revision(struct store *s, char **revision, struct error *e)
{
    *revision = NULL;
    char *there = connection_value(
        &s->pg, "SELECT to_regclass('pgrehearse.alembic_version') IS NOT NULL", 0, NULL, e);
    if (!there)
        return false;
    bool is_there = there[0] == 't';
    free(there);
    if (!is_there)
        return true;
    *revision = connection_value(
        &s->pg, "SELECT coalesce(max(version_num), '') FROM pgrehearse.alembic_version", 0, NULL,
        e);
    if (*revision && !**revision) {
        free(*revision);
        *revision = NULL;
        return true;
    }
    return *revision != NULL;
}

/* `url` with the schema as its only search path. */
static char *url_of_schema(const char *url)
{
    struct url u;
    struct error impossible = {0}; /* it was parsed before */
    if (!url_parse(&u, url, &impossible))
        return memory_copy_of(url);
    char *options = memory_format("%s%soptions=-csearch_path%%3Dpgrehearse",
                                  u.options ? u.options : "", u.options ? "&" : "");
    free(u.options);
    u.options = options;
    char *result = url_format(&u, true);
    url_release(&u);
    return result;
}

static bool migrate(struct store *s, const char *url, const char *folder, struct error *e)
{
    char *programs = installation_programs(), *schema_url = url_of_schema(url);
    char *environment[] = {memory_format("DATABASE_URL=%s", schema_url),
                           memory_format("PATH=%s:/usr/bin:/bin", programs),
                           memory_copy_of("MIGRATION_LOG"), NULL};
    struct process_request request = {.command = "exec pgrehearse-migrate upgrade head",
                                      .directory = folder,
                                      .environment = (const char *const *)environment,
                                      .time_limit = migration_limit,
                                      .cancel = s->cancel};
    struct process_result result = {0};
    bool good = process_run(&request, &result, e);
    if (good && (result.ending != PROCESS_EXITED || result.status != 0)) {
        char *ending = process_ending_text(&result), *log = text_one_line(text_string(&result.log));
        good = error_set(e, ERROR_UNAVAILABLE, "pgrehearse-migrate %s: %s", ending, log);
        free(ending);
        free(log);
    }
    process_result_release(&result);
    for (size_t i = 0; environment[i]; i++)
        free(environment[i]);
    free(schema_url);
    free(programs);
    return good;
}

bool store_postgres_open(struct store *s, const char *url, enum store_mode mode,
                         const struct chain *chain, const char *folder, struct error *e)
{
    bool there = false, outdated = false;
    char *revision = NULL;
    if (!connection_open(&s->pg, url, s->cancel, e) || !connection_run(&s->pg, settings, e) ||
        !find_schema(s, &there, e))
        return false;
    if (!there && mode == STORE_READ)
        return error_set(e, ERROR_UNAVAILABLE, "it holds no history; run --history makes one");
    if ((!there && !make_schema(s, e)) || !read_revision(s, &revision, e))
        return false;
    bool good = store_judge_revision(chain, revision, mode, &outdated, e) &&
                (!outdated || migrate(s, url, folder, e));
    free(revision);
    if (good && mode == STORE_READ)
        good = connection_run(&s->pg, "SET default_transaction_read_only = on", e);
    return good;
}
