#include "ground/throwaway.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "ground/lease.h"
#include "ground/sql.h"
#include "postgres/server_version.h"

/* No server allows so many connections; on a new database it says: made by us, not yet marked. */
#define NEWBORN_LIMIT "19283"
#define NAME_FORM     "^pgrehearse_[0-9a-f]{12}_"

static const char mark[] = "pgrehearse: throwaway database of run ";
static const double creation_limit = 5.0; /* seconds */
static const char kept_mark[] = "pgrehearse: kept database of run ";

/* Databases that carry our mark, or were born with it: name, run's id. */
static const char list_query[] =
    "SELECT d.datname, substr(d.datname, 12, 12) FROM pg_database d WHERE d.datname ~ '" NAME_FORM
    "' AND (shobj_description(d.oid, 'pg_database') = $1 || substr(d.datname, 12, 12) OR "
    "(shobj_description(d.oid, 'pg_database') IS NULL AND d.datconnlimit = " NEWBORN_LIMIT "))";

char *throwaway_name(const char *run_id, const char *purpose)
{
    char *name = memory_format("pgrehearse_%s_%.39s", run_id, purpose);
    for (char *p = name; *p; p++)
        if (*p == '-' || *p == ' ')
            *p = '_';
    return name;
}

static bool set_comment(struct connection *c, const char *name, const char *kind,
                        const char *run_id, struct error *e)
{
    char *identifier = connection_identifier(c, name);
    char *comment = memory_format("COMMENT ON DATABASE %s IS '%s%s'", identifier, kind, run_id);
    bool good = connection_run(c, comment, e);
    free(comment);
    free(identifier);
    return good;
}

/*
 * How a database is cloned fastest (CREATE DATABASE, STRATEGY, since PostgreSQL 15): copying its
 * files costs a checkpoint, which is next to nothing where nothing is forced to disk and dear
 * elsewhere. benchmarks/clone measures it.
 */
static const char *clone_strategy(struct connection *c)
{
    struct error ignored = {0};
    if (!server_version_has(PQserverVersion(c->pg), SERVER_CLONE_STRATEGY))
        return "";
    char *fsync_setting = connection_value(c, "SHOW fsync", 0, NULL, &ignored);
    bool relaxed = fsync_setting && strcmp(fsync_setting, "off") == 0;
    free(fsync_setting);
    return relaxed ? "STRATEGY file_copy" : "STRATEGY wal_log";
}

/*
 * What a database is made from that is not a clone: template1, since what its owner has put there
 * is meant for every database; but always in UTF8, which data of every kind can be stored in.
 */
static char *first_template(struct connection *c)
{
    struct error ignored = {0};
    char *encoding = connection_value(c,
                                      "SELECT pg_encoding_to_char(encoding) FROM pg_database "
                                      "WHERE datname = 'template1'",
                                      0, NULL, &ignored);
    bool foreign = encoding && strcmp(encoding, "UTF8") != 0;
    free(encoding);
    if (!foreign)
        return memory_copy_of("template1");
    return memory_format("template0 ENCODING 'UTF8' LOCALE 'C'%s",
                         server_version_has(PQserverVersion(c->pg), SERVER_LOCALE_PROVIDER)
                             ? " LOCALE_PROVIDER libc"
                             : "");
}

/*
 * CREATE DATABASE copies what is in the template, but neither its settings (ALTER DATABASE … SET),
 * under which production's migrator would run, nor the rights granted on it. One that we may not
 * set was not ours in the template.
 */
static bool copy_settings(struct connection *c, const char *template, const char *name,
                          struct error *e)
{
    const char *const values[] = {template, name};
    PGresult *statements = connection_query(c, sql_database_settings, 2, values, e);
    if (!statements)
        return false;
    for (int i = 0; i < PQntuples(statements); i++) {
        struct error refused = {0};
        if (connection_run(c, PQgetvalue(statements, i, 0), &refused))
            continue;
        if (PQtransactionStatus(c->pg) != PQTRANS_IDLE)
            connection_run(c, "ROLLBACK", &refused);
        if (error_is_of_server(&refused))
            error_take(e, &refused);
    }
    PQclear(statements);
    return e->kind == ERROR_NONE;
}

/* A clone belongs to the role that its template belongs to, where that can be given away. */
static char *owner_of(struct connection *c, const char *template)
{
    struct error ignored = {0};
    char *owner = connection_value(
        c,
        "SELECT coalesce((SELECT format('OWNER %I', pg_get_userbyid(datdba)) FROM pg_database "
        "WHERE datname = $1 AND pg_has_role(datdba, 'MEMBER')), '')",
        1, &template, &ignored);
    return owner ? owner : memory_copy_of("");
}

static bool create(struct connection *c, const char *name, const char *from, const char *owner,
                   const char *run_id, struct error *e)
{
    char *identifier = connection_identifier(c, name);
    char *statement = memory_format("CREATE DATABASE %s TEMPLATE %s CONNECTION LIMIT %s %s %s",
                                    identifier, from, NEWBORN_LIMIT, owner, clone_strategy(c));
    bool good = connection_run(c, statement, e) && set_comment(c, name, mark, run_id, e);
    free(statement);
    free(identifier);
    return good;
}

static const char trouble[] = "cannot create a throwaway database";

bool throwaway_create(struct connection *c, const char *name, const char *template,
                      const char *run_id, struct error *e)
{
    char *from = template ? connection_identifier(c, template) : first_template(c);
    char *owner = template ? owner_of(c, template) : memory_copy_of("");
    bool good = create(c, name, from, owner, run_id, e) &&
                (!template || copy_settings(c, template, name, e));
    free(owner);
    free(from);
    return good || error_prefix(e, trouble);
}

bool throwaway_create_in(struct connection *c, const char *name, const struct database_form *form,
                         const char *run_id, struct error *e)
{
    char *from = database_form_clause(form, c);
    bool good = from ? create(c, name, from, "", run_id, e) || error_prefix(e, trouble)
                     : throwaway_create(c, name, NULL, run_id, e);
    free(from);
    return good;
}

bool throwaway_mark(struct connection *c, const char *name, const char *run_id, struct error *e)
{
    return set_comment(c, name, mark, run_id, e);
}

bool throwaway_unmark(struct connection *c, const char *name, struct error *e)
{
    char *identifier = connection_identifier(c, name);
    char *comment = memory_format("COMMENT ON DATABASE %s IS NULL", identifier);
    bool good = connection_run(c, comment, e);
    free(comment);
    free(identifier);
    return good;
}

bool throwaway_has(struct connection *c, const char *name, const char *run_id, bool *is_there,
                   struct error *e)
{
    char *comment = memory_format("%s%s", mark, run_id);
    const char *const values[] = {name, comment};
    char *count = connection_value(c,
                                   "SELECT count(*) FROM pg_database WHERE datname = $1 AND "
                                   "shobj_description(oid, 'pg_database') = $2",
                                   2, values, e);
    *is_there = count && strcmp(count, "1") == 0;
    bool good = count != NULL;
    free(count);
    free(comment);
    return good;
}

bool throwaway_pass_on(struct connection *c, const char *name, const char *new_name,
                       const char *new_run_id, struct error *e)
{
    char *old = connection_identifier(c, name), *new = connection_identifier(c, new_name);
    char *both = memory_format("BEGIN; ALTER DATABASE %s RENAME TO %s; "
                               "COMMENT ON DATABASE %s IS '%s%s'; COMMIT",
                               old, new, new, mark, new_run_id);
    bool good = connection_run(c, both, e);
    struct error ignored = {0}; /* a transaction that failed is over */
    if (!good)
        connection_run(c, "ROLLBACK", &ignored);
    free(both);
    free(new);
    free(old);
    return good;
}

/* Whether `name` is among the databases that carry our mark. */
static bool carries_mark(struct connection *c, const char *name, struct error *e)
{
    const char *const values[] = {mark};
    PGresult *list = connection_query(c, list_query, 1, values, e);
    if (!list)
        return false;
    bool found = false;
    for (int i = 0; i < PQntuples(list); i++)
        found = found || strcmp(PQgetvalue(list, i, 0), name) == 0;
    PQclear(list);
    return found || error_set(e, ERROR_UNAVAILABLE,
                              "database %s does not carry our mark: it is left alone", name);
}

/* What keeps a database from being dropped and no FORCE ends; each can be ended only inside of it.
 */
static const char holders_query[] =
    "SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts "
    "WHERE database = current_database() UNION ALL "
    "SELECT format('ALTER SUBSCRIPTION %1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = "
    "NONE); "
    "DROP SUBSCRIPTION %1$I', subname) FROM pg_subscription WHERE subdbid = (SELECT oid FROM "
    "pg_database WHERE datname = current_database())";

static bool end_holders(struct connection *c, const char *name, struct error *e)
{
    struct connection inside = {0};
    PGresult *ends = connection_open_beside(&inside, c, name, e)
                         ? connection_query(&inside, holders_query, 0, NULL, e)
                         : NULL;
    bool good = ends != NULL;
    for (int i = 0; good && i < PQntuples(ends); i++)
        good = connection_run(&inside, PQgetvalue(ends, i, 0), e);
    PQclear(ends);
    connection_close(&inside);
    return good;
}

static bool drop_marked(struct connection *c, const char *name, struct error *e)
{
    static const char in_use[] = "55006", is_template[] = "42809";
    char *identifier = connection_identifier(c, name);
    char *drop = memory_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", identifier);
    char *plain = memory_format("ALTER DATABASE %s IS_TEMPLATE false", identifier);
    struct error refused = {0};
    bool good = connection_run(c, drop, &refused);
    if (!good && strcmp(refused.sqlstate, in_use) == 0)
        good = end_holders(c, name, e) && connection_run(c, drop, e);
    else if (!good && strcmp(refused.sqlstate, is_template) == 0)
        good = connection_run(c, plain, e) && connection_run(c, drop, e);
    else if (!good)
        error_take(e, &refused);
    free(plain);
    free(drop);
    free(identifier);
    return good;
}

bool throwaway_drop(struct connection *c, const char *name, struct error *e)
{
    return carries_mark(c, name, e) && drop_marked(c, name, e);
}

bool throwaway_keep(struct connection *c, const char *name, const char *run_id, struct error *e)
{
    return carries_mark(c, name, e) && set_comment(c, name, kept_mark, run_id, e);
}

/*
 * A CREATE DATABASE whose client is dead or has been cancelled may still be on its way, and cannot
 * be seen in pg_database until it has ended: waits for those that are running now.
 */
static void wait_for_creations(struct connection *c)
{
    static const char running[] =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query ~ "
        "'^CREATE DATABASE \"pgrehearse_[0-9a-f]{12}_' AND pid <> pg_backend_pid() AND "
        "query_start <= $1::timestamptz";
    struct error e = {0};
    char *now = connection_value(c, "SELECT clock_timestamp()", 0, NULL, &e);
    double deadline = clock_seconds() + creation_limit;
    bool any = now != NULL, waited = false;
    while (any && clock_seconds() < deadline) {
        const char *const values[] = {now};
        char *count = connection_value(c, running, 1, values, &e);
        any = count && strcmp(count, "0") != 0;
        waited = waited || any;
        free(count);
        if (any)
            usleep(10000);
    }
    if (waited)
        usleep(50000); /* for the server to find that the client has gone, lease and all */
    free(now);
}

/* A database of another account's run is that account's matter. */
static bool is_anothers(const struct error *e)
{
    return strcmp(e->sqlstate, "42501") == 0;
}

/* A run that takes the lease in this moment waits, and finds the database gone. */
static bool is_dead(struct connection *c, const char *run_id)
{
    struct error taken = {0};
    return !lease_is_held(c, run_id) && lease_take(c, run_id, &taken);
}

/* Drops those of run `only`, or with NULL those of every dead run. */
static size_t drop_listed(struct connection *c, const char *only, struct error *e)
{
    const char *const values[] = {mark};
    size_t dropped = 0;
    wait_for_creations(c);
    PGresult *list = connection_query(c, list_query, 1, values, e);
    for (int i = 0; i < (list ? PQntuples(list) : 0); i++) {
        const char *name = PQgetvalue(list, i, 0), *id = PQgetvalue(list, i, 1);
        struct error failed = {0};
        if (only ? strcmp(id, only) != 0 : !is_dead(c, id))
            continue;
        if (drop_marked(c, name, &failed)) {
            dropped++;
        } else if (only || !is_anothers(&failed)) {
            error_prefix(&failed, "database %s cannot be dropped", name);
            error_take(e, &failed);
        }
        struct error ignored = {0}; /* the session's end releases it, too */
        if (!only)
            lease_release(c, id, &ignored);
    }
    PQclear(list);
    return dropped;
}

size_t throwaway_sweep(struct connection *c, struct error *e)
{
    return drop_listed(c, NULL, e);
}

bool throwaway_drop_all(struct connection *c, const char *run_id, struct error *e)
{
    drop_listed(c, run_id, e);
    return e->kind == ERROR_NONE;
}
