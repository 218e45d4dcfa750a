#include "cost/counters.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct cost_counters counters_unknown = {-1, -1, -1, -1, -1, -1};

/* Two scenarios may come here at once. */
static const char make_extension[] =
    "SELECT pg_advisory_xact_lock(hashtext('pgrehearse pg_stat_statements')); "
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements";

static const char find_schema[] =
    "SELECT coalesce(min(quote_ident(nspname)), '') FROM pg_extension e "
    "JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_stat_statements'";

static const char without_counters[] =
    "SELECT NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, "
    "NULL::numeric, NULL::bigint WHERE $2::oid IS NOT NULL";

/* An entry that is not at the top is counted within the one that is. */
static char *make_query(const char *schema)
{
    return memory_format(
        "SELECT coalesce(sum(wal_bytes), 0), coalesce(sum(wal_records), 0), "
        "coalesce(sum(shared_blks_hit), 0), coalesce(sum(shared_blks_read), 0), "
        "coalesce(sum(shared_blks_dirtied), 0), "
        "coalesce(sum(temp_blks_written), 0) * current_setting('block_size')::int, "
        "(SELECT dealloc FROM %s.pg_stat_statements_info) "
        "FROM %s.pg_stat_statements(false) WHERE toplevel AND dbid = $2::oid",
        schema, schema);
}

/* Whether the sessions that the database will get are counted, DDL too; or are from now on. */
static bool is_counting(struct counter_source *s, struct connection *server, struct text *missing)
{
    struct error refused = {0};
    char *identifier = connection_identifier(server, s->name);
    char *change = memory_format("ALTER DATABASE %s SET pg_stat_statements.track = 'top'; "
                                 "ALTER DATABASE %s SET pg_stat_statements.track_utility = on",
                                 identifier, identifier);
    s->switched = connection_run(server, change, &refused);
    free(change);
    free(identifier);
    if (s->switched)
        return true;
    struct error e = {0};
    char *counts = connection_value(server,
                                    "SELECT current_setting('pg_stat_statements.track') <> 'none' "
                                    "AND current_setting('pg_stat_statements.track_utility') = "
                                    "'on'",
                                    0, NULL, &e);
    bool good = counts && strcmp(counts, "t") == 0;
    free(counts);
    if (!good)
        text_append_format(missing,
                           "%sthe counters: pg_stat_statements does not track what is needed, and "
                           "this role cannot change that: %s",
                           missing->length ? "; " : "", refused.message);
    return good;
}

static bool find_query(struct counter_source *s, struct connection *server, struct text *missing,
                       struct error *e)
{
    struct error trial = {0};
    char *schema = connection_value(server, find_schema, 0, NULL, e);
    if (!schema)
        return false;
    if (!*schema) {
        text_append_format(missing,
                           "%sthe counters: database %s of the server has no pg_stat_statements",
                           missing->length ? "; " : "", PQdb(server->pg));
        free(schema);
        return true;
    }
    char *query = make_query(schema);
    const char *const values[] = {NULL, s->database};
    char *trial_query = memory_format("%s AND $1::int IS NULL", query);
    PGresult *rows = connection_query(server, trial_query, 2, values, &trial);
    s->known = rows && is_counting(s, server, missing);
    if (!rows)
        text_append_format(missing, "%sthe counters: %s", missing->length ? "; " : "",
                           trial.message);
    if (s->known) {
        free(s->query);
        s->query = memory_copy_of(query);
        s->schema = memory_copy_of(schema);
    }
    PQclear(rows);
    free(trial_query);
    free(query);
    free(schema);
    return true;
}

bool counters_find(struct counter_source *s, struct connection *server,
                   const struct connection *inside, bool wanted, bool is_ours, struct text *missing,
                   struct error *e)
{
    struct error ignored = {0};
    *s = (struct counter_source){.query = memory_copy_of(without_counters)};
    const char *const name[] = {PQdb(inside->pg)};
    s->name = memory_copy_of(name[0]);
    s->database =
        connection_value(server, "SELECT oid FROM pg_database WHERE datname = $1", 1, name, e);
    if (!s->database || !wanted)
        return s->database != NULL;
    if (is_ours) /* where its programs lack it, find_query() says so */
        connection_run(server, make_extension, &ignored);
    return find_query(s, server, missing, e);
}

static int64_t number_at(const PGresult *rows, int column)
{
    return PQgetisnull(rows, 0, column) ? -1 : strtoll(PQgetvalue(rows, 0, column), NULL, 10);
}

struct counter_reading counters_read(const PGresult *rows)
{
    if (PQntuples(rows) == 0)
        return (struct counter_reading){counters_unknown, -1};
    return (struct counter_reading){{number_at(rows, 0), number_at(rows, 1), number_at(rows, 2),
                                     number_at(rows, 3), number_at(rows, 4), number_at(rows, 5)},
                                    number_at(rows, 6)};
}

static int64_t difference(int64_t from, int64_t to)
{
    return from < 0 || to < from ? -1 : to - from;
}

struct cost_counters counters_between(const struct cost_counters *from,
                                      const struct cost_counters *to)
{
    return (struct cost_counters){difference(from->wal_bytes, to->wal_bytes),
                                  difference(from->wal_records, to->wal_records),
                                  difference(from->buffers_hit, to->buffers_hit),
                                  difference(from->buffers_read, to->buffers_read),
                                  difference(from->buffers_dirtied, to->buffers_dirtied),
                                  difference(from->temp_bytes, to->temp_bytes)};
}

static void add(int64_t *sum, int64_t more)
{
    *sum = *sum < 0 || more < 0 ? -1 : *sum + more;
}

void counters_add(struct cost_counters *sum, const struct cost_counters *more)
{
    add(&sum->wal_bytes, more->wal_bytes);
    add(&sum->wal_records, more->wal_records);
    add(&sum->buffers_hit, more->buffers_hit);
    add(&sum->buffers_read, more->buffers_read);
    add(&sum->buffers_dirtied, more->buffers_dirtied);
    add(&sum->temp_bytes, more->temp_bytes);
}

/* Whoever comes next would read past the entries of a database that is gone, at every boundary. */
static void forget_entries(struct counter_source *s, struct connection *server)
{
    struct error ignored = {0}; /* it takes a right that the role need not have */
    char *query = memory_format("SELECT %s.pg_stat_statements_reset(0, $1::oid, 0)", s->schema);
    const char *const values[] = {s->database};
    PQclear(connection_query(server, query, 1, values, &ignored));
    free(query);
}

void counters_give_back(struct counter_source *s, struct connection *server)
{
    struct error ignored = {0}; /* the database is a throwaway one */
    if (s->known)
        forget_entries(s, server);
    if (!s->switched)
        return;
    char *identifier = connection_identifier(server, s->name);
    char *change = memory_format("ALTER DATABASE %s RESET pg_stat_statements.track; "
                                 "ALTER DATABASE %s RESET pg_stat_statements.track_utility",
                                 identifier, identifier);
    connection_run(server, change, &ignored);
    free(change);
    free(identifier);
    s->switched = false;
}

void counters_release(struct counter_source *s)
{
    free(s->query);
    free(s->schema);
    free(s->database);
    free(s->name);
    *s = (struct counter_source){0};
}
