#include "migrate/session.h"

#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

/* An advisory lock is of its database alone, so that one key serves for all: "pgrehear". */
static const char lock_key[] = "8099568234717864306";

static void log_notice(void *context, const PGresult *result)
{
    const struct migration_log *log = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *const fields[] = {PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY),
                                  PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
                                  PQresultErrorField(result, PG_DIAG_MESSAGE_HINT)};
    const char *const names[] = {severity ? severity : "NOTICE", "DETAIL", "HINT"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!fields[i])
            continue;
        char *line = text_one_line(fields[i]);
        migration_log_line(log, "%s: %s", names[i], line);
        free(line);
    }
}

bool session_open(struct session *s, const struct migrate_request *request,
                  const struct chain *chain, const struct layout *layout, struct error *e)
{
    *s = (struct session){.chain = chain,
                          .layout = layout->rules,
                          .log = request->log,
                          .database = request->database,
                          .applied = memory_zeroed(chain->count, sizeof *s->applied)};
    if (!request->database || request->database[0] == '\0')
        return error_set(e, ERROR_USAGE,
                         "no database: give --database URL or set DATABASE_URL in the environment");
    if (!connection_open_as_it_is(&s->connection, request->database, request->cancel, e))
        return false;
    PQsetNoticeReceiver(s->connection.pg, log_notice, (void *)(uintptr_t)request->log);
    /* revision files are UTF-8 whatever the environment's locale is */
    if (!connection_run(&s->connection, "SET client_encoding TO 'UTF8'", e))
        return false;
    migration_log_info(s->log, "alembic.runtime.migration", "Context impl PostgresqlImpl.");
    migration_log_info(s->log, "alembic.runtime.migration", "Will assume transactional DDL.");
    return true;
}

bool session_lock(struct session *s, struct error *e)
{
    const char *const key[] = {lock_key};
    char *got =
        connection_value(&s->connection, "SELECT pg_try_advisory_lock($1::bigint)", 1, key, e);
    if (!got)
        return false;
    bool locked = got[0] == 't';
    free(got);
    if (locked)
        return true;
    migration_log_info(s->log, "migration",
                       "Another migration of this database is running: waiting for it to end");
    PGresult *result =
        connection_query(&s->connection, "SELECT pg_advisory_lock($1::bigint)", 1, key, e);
    PQclear(result);
    return result != NULL;
}

bool session_read(struct session *s, struct error *e)
{
    if (!version_table_read(&s->versions, &s->layout->table, &s->connection, e) ||
        !version_table_match(&s->versions, s->chain, s->applied, e))
        return false;
    for (size_t i = 0; i < s->chain->count; i++)
        if (s->applied[i])
            s->place = i + 1;
    return true;
}

static bool make_table(struct session *s, struct error *e)
{
    bool good = connection_run(&s->connection, "BEGIN", e) &&
                version_table_create(&s->versions, &s->connection, e) &&
                connection_run(&s->connection, "COMMIT", e);
    s->versions.exists = good;
    return good;
}

bool session_prepare(struct session *s, struct error *e)
{
    bool make = s->layout->table.create_first && !s->versions.exists;
    return version_table_check(&s->versions, &s->connection, e) && (!make || make_table(s, e));
}

void session_close(struct session *s)
{
    version_table_release(&s->versions);
    connection_close(&s->connection);
    free(s->applied);
    s->applied = NULL;
}
