/* A live database: read in one transaction that cannot write, whose snapshot pg_dump shares. */
#include "production/sources/source_live.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "postgres/pooler.h"
#include "postgres/server_version.h"
#include "postgres/url.h"
#include "production/sources/source_address.h"
#include "production/sources/source_compare.h"
#include "production/sources/source_dump.h"
#include "production/sources/source_states.h"
#include "production/sql.h"

/*
 * The transaction stays open while pg_dump works, which may be long; a lock that somebody holds is
 * waited for only as long as pg_dump itself waits.
 */
static const char begin[] =
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL lock_timeout = '60s';"
    "SET LOCAL search_path = pg_catalog, pg_temp;" CONNECTION_ENCODING(
        "true") ";"
                "SELECT pg_catalog.set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE "
                "name IN "
                "('statement_timeout', 'transaction_timeout', "
                "'idle_in_transaction_session_timeout')";

/* Fields of the answer to source_facts.sql. */
enum { DATABASE, VERSION, BYTES, OWNER, ENCODING, COLLATION, TABLE_OWNER };

static void note(struct source_facts *facts, const char *name, const char *value)
{
    struct circumstance *c =
        memory_append(&facts->circumstances, &facts->circumstance_count, sizeof *c);
    *c = (struct circumstance){memory_copy_of(name), memory_copy_of(value)};
}

static bool read_facts(struct source *s, struct error *e)
{
    struct source_facts *f = &s->facts;
    PGresult *r = connection_query(&s->connection, sql_source_facts, 0, NULL, e);
    if (!r)
        return false;
    f->database = memory_copy_of(PQgetvalue(r, 0, DATABASE));
    f->server_version = memory_format("%.*s", (int)strcspn(PQgetvalue(r, 0, VERSION), " "),
                                      PQgetvalue(r, 0, VERSION));
    f->bytes = strtoull(PQgetvalue(r, 0, BYTES), NULL, 10);
    s->owner = memory_copy_of(PQgetvalue(r, 0, OWNER));
    note(f, "encoding", PQgetvalue(r, 0, ENCODING));
    note(f, "collation", PQgetvalue(r, 0, COLLATION));
    const char *tables = PQgetvalue(r, 0, TABLE_OWNER);
    if (*tables && strcmp(tables, s->owner) != 0)
        f->acting_role = memory_copy_of(tables);
    PQclear(r);
    return true;
}

static bool read_settings(struct source *s, struct error *e)
{
    PGresult *r = connection_query(&s->connection, sql_source_settings, 0, NULL, e);
    for (int i = 0; r && i < PQntuples(r); i++) {
        struct circumstance *c = memory_append(&s->settings, &s->setting_count, sizeof *c);
        *c = (struct circumstance){memory_copy_of(PQgetvalue(r, i, 0)),
                                   memory_copy_of(PQgetvalue(r, i, 1))};
        char *name = memory_format("setting.%s", c->name);
        note(&s->facts, name, c->value);
        free(name);
    }
    PQclear(r);
    return r != NULL;
}

/* Not everybody may ask for it, and a copy can do without. */
static void read_identity(struct source *s)
{
    struct error ignored = {0};
    if (!connection_run(&s->connection, "SAVEPOINT identity", &ignored))
        return;
    s->facts.system_identifier = connection_value(
        &s->connection, "SELECT system_identifier FROM pg_control_system()", 0, NULL, &ignored);
    connection_run(&s->connection, "ROLLBACK TO SAVEPOINT identity", &ignored);
}

static bool open_transaction(struct source *s, struct error *e)
{
    if (!connection_run(&s->connection, begin, e))
        return false;
    s->snapshot =
        connection_value(&s->connection, "SELECT pg_catalog.pg_export_snapshot()", 0, NULL, e);
    if (!s->snapshot)
        return false;
    clock_date(s->facts.taken_at, sizeof s->facts.taken_at);
    return true;
}

/*
 * The password that is in the environment is put into our own copy of the URL: an embedded server
 * that is started later forgets the environment's.
 */
static bool take_password(struct source *s, struct error *e)
{
    const char *password = getenv("PGPASSWORD");
    struct url u;
    if (!url_parse(&u, s->request.url, e))
        return false;
    if (!u.password && password && *password) {
        u.password = memory_copy_of(password);
        s->url = url_format(&u, true);
        s->request.url = s->url;
    }
    url_release(&u);
    return true;
}

bool source_live_open(struct source *s, struct error *e)
{
    if (!take_password(s, e))
        return false;
    const char *url = s->request.url;
    if (!source_address_check(e))
        return false;
    s->facts.display = url_for_display(url);
    bool good = pooler_refuse(url, POOLER_OF_SESSIONS_BORNE, s->cancel, e) &&
                connection_open(&s->connection, url, s->cancel, e) &&
                server_version_check(PQserverVersion(s->connection.pg), "it", e) &&
                open_transaction(s, e) && read_facts(s, e) && read_settings(s, e);
    if (good)
        read_identity(s);
    return good || error_prefix(e, "the source %s", s->facts.display);
}

static bool reads_large_objects(struct connection *c)
{
    struct error refused = {0};
    PGresult *rows = connection_query(
        c, "SELECT lo_get(oid, 0, 1) IS NULL FROM pg_largeobject_metadata", 0, NULL, &refused);
    PQclear(rows);
    return strcmp(refused.sqlstate, "42501") != 0;
}

/*
 * What to do about the refusals that a role for reading meets most often. pg_dump says them in the
 * server's language and without a SQLSTATE, so that the server is asked for what is lacking.
 */
static char *remedy_in(struct connection *c)
{
    struct error ignored = {0};
    char *lacks = connection_value(c, sql_source_refusals, 0, NULL, &ignored), *remedy = NULL;
    char *holders = connection_value(c, sql_source_locks, 0, NULL, &ignored);
    if (lacks && strcmp(lacks, "read") == 0)
        remedy =
            memory_copy_of(": grant the role pg_read_all_data, or SELECT and USAGE on everything");
    else if (lacks && *lacks)
        remedy = memory_copy_of(": read it as a role that has BYPASSRLS");
    else if (!reads_large_objects(c))
        remedy = memory_copy_of(": GRANT SELECT ON LARGE OBJECT, for each of them, to the role, or "
                                "read it as their owner");
    else if (holders && *holders)
        remedy = memory_format(": %s; certify again when that has ended", holders);
    free(holders);
    free(lacks);
    return remedy;
}

static bool is_about_time(const struct error *e)
{
    return strcmp(e->sqlstate, "55P03") == 0 || strcmp(e->sqlstate, "57014") == 0;
}

/* In another session, since ours has failed. */
static bool explain(const struct source *s, struct error *e)
{
    struct connection c = {0};
    struct error ignored = {0};
    char *remedy = connection_open(&c, s->request.url, s->cancel, &ignored) ? remedy_in(&c) : NULL;
    const char *otherwise =
        is_about_time(e) ? ": a table was locked for a minute; certify again when that has ended"
                         : "";
    error_reword(e, "the source %s cannot be dumped: %s%s", s->facts.display, e->message,
                 remedy ? remedy : otherwise);
    connection_close(&c);
    free(remedy);
    return false;
}

static bool dump(struct source_making *m, struct error *e)
{
    const struct source *s = m->source;
    struct backup_options options = {.folder = true,
                                     .fleeting = true,
                                     .jobs = s->request.jobs,
                                     .snapshot = s->snapshot,
                                     .excluded = s->request.excluded,
                                     .excluded_count = s->request.excluded_count,
                                     .no_subscriptions = true,
                                     .cancel = s->cancel,
                                     .mark = s->request.mark,
                                     .progress = m->progress,
                                     .context = m->context};
    return backup_take(s->request.url, m->dump, &options, e) || explain(s, e);
}

bool source_live_dump(struct source_making *m, const char *folder, struct error *e)
{
    struct source *s = m->source;
    s->format = DUMP_ARCHIVE;
    if (!snapshot_take(&s->connection, &s->schema, e) || !source_states_begin(m, e))
        return explain(s, e);
    return dump(m, e) && source_dump_list(m, folder, e) &&
           source_dump_scan(s, m->dump, &m->scan, e) &&
           ((source_read_tables(m, &s->connection, text_string(&m->dumped), e) &&
             source_states_read(m, e)) ||
            explain(s, e));
}
