/*
 * The history in a PostgreSQL database: a schema `pgrehearse` of our own, marked by its comment,
 * migrated by pgrehearse-migrate, whose own table lies in that schema too.
 */
#include "measures/histories/store_postgres.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/process.h"
#include "ground/installation.h"
#include "measures/histories/store_revision.h"
#include "measures/histories/store_statements.h"
#include "postgres/connection.h"
#include "postgres/pooler.h"
#include "postgres/url.h"

static const double migration_limit = 60; /* seconds; others may be at it, and we wait for them */
#define OUR_MARK "history of pgrehearse"

struct postgres_store {
    struct store_session session;
    struct connection pg;
    const struct cancel *cancel;
};

/* Nothing that we ask takes long; a store that hangs must not hold up the run. */
static const char settings[] = "SET search_path = pgrehearse; SET lock_timeout = '10s'; "
                               "SET statement_timeout = '15s'; SET client_encoding = 'UTF8'; "
                               "SET synchronous_commit = on";

static bool run(void *state, const char *sql, size_t count, const char *const *values,
                store_row_fn *row, void *context, struct error *e)
{
    struct postgres_store *s = state;
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
static bool find_schema(struct postgres_store *s, bool *there, struct error *e)
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
                     "its schema pgrehearse was not created by us and is left alone; give another "
                     "database");
}

/* The key of the lock is that of the migrator, so that both are never at it at once. */
static bool make_schema(struct postgres_store *s, struct error *e)
{
    return connection_run(&s->pg,
                          "BEGIN; SELECT pg_advisory_xact_lock(8099568234717864306); "
                          "CREATE SCHEMA IF NOT EXISTS pgrehearse; "
                          "COMMENT ON SCHEMA pgrehearse IS '" OUR_MARK "'; COMMIT",
                          e);
}

/* NULL in `*revision`: at none. */
static bool read_revision(struct postgres_store *s, char **revision, struct error *e)
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

static bool migrate(struct postgres_store *s, const char *url, const char *folder, struct error *e)
{
    char *programs = installation_programs(), *schema_url = url_of_schema(url);
    char *environment[] = {memory_format("DATABASE_URL=%s", schema_url),
                           memory_format("PATH=%s:/usr/bin:/bin", programs),
                           memory_copy_of("MIGRATION_LOG"), NULL};
    struct process_request request = {.command = "exec pgrehearse-migrate upgrade head",
                                      .sees = SEES_SERVER,
                                      .directory = folder,
                                      .environment = (const char *const *)environment,
                                      .time_limit = migration_limit,
                                      .cancel = s->cancel};
    struct process_result result = {0};
    bool good = process_run(&request, &result, e);
    if (good && !process_succeeded(&result)) {
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

static bool open_schema(struct postgres_store *s, const char *url, enum store_mode mode,
                        const struct chain *chain, const char *folder, struct error *e)
{
    bool there = false, outdated = false;
    char *revision = NULL;
    if (!pooler_refuse(url, POOLER_OF_SESSIONS_BORNE, s->cancel, e) ||
        !connection_open(&s->pg, url, s->cancel, e) || !connection_run(&s->pg, settings, e) ||
        !find_schema(s, &there, e))
        return false;
    if (!there && mode == STORE_READ)
        return error_set(e, ERROR_UNAVAILABLE, "it has no history; run --history creates one");
    if ((!there && !make_schema(s, e)) || !read_revision(s, &revision, e))
        return false;
    bool good = store_judge_revision(chain, revision, mode, &outdated, e) &&
                (!outdated || migrate(s, url, folder, e));
    free(revision);
    if (good && mode == STORE_READ)
        good = connection_run(&s->pg, "SET default_transaction_read_only = on", e);
    return good;
}

static bool takes(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

static bool check_place(const char *where, struct error *e)
{
    struct url u;
    bool good = url_parse(&u, where, e);
    url_release(&u);
    return good;
}

static bool open_store(struct store *store, const char *where, enum store_mode mode,
                       struct error *e)
{
    struct chain chain = {0};
    char *folder = NULL;
    struct postgres_store *s = memory_zeroed(1, sizeof *s);
    s->session = (struct store_session){"BEGIN", run};
    s->cancel = store->cancel;
    store->state = s;
    bool good =
        store_revisions_load(&chain, &folder, e) && open_schema(s, where, mode, &chain, folder, e);
    chain_release(&chain);
    free(folder);
    return good;
}

static void close_store(struct store *store)
{
    struct postgres_store *s = store->state;
    if (s)
        connection_close(&s->pg);
    free(s);
}

const struct store_kind store_postgres = {
    .takes = takes,
    .check_place = check_place,
    .display = url_for_display,
    .open = open_store,
    .write_run = statements_write_run,
    .list_runs = statements_list_runs,
    .read_series = statements_read_series,
    .read_values = statements_read_values,
    .read_facts = statements_read_facts,
    .close = close_store,
};
