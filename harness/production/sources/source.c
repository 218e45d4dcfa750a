#include "production/sources/source.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "postgres/url.h"
#include "production/sources/source_compare.h"
#include "production/sources/source_dump.h"
#include "production/sources/source_live.h"
#include "production/sources/source_making.h"
#include "production/sources/source_rights.h"
#include "production/sources/source_roles.h"
#include "production/sources/source_states.h"

/* SQLSTATEs: insufficient_privilege, external_routine_exception, out_of_memory */
static const char not_allowed[] = "42501", program_failed[] = "38000", no_memory[] = "53200";

bool source_open(struct source *s, const struct source_request *request,
                 const struct cancel *cancel, struct error *e)
{
    *s = (struct source){.request = *request, .cancel = cancel};
    s->scan = memory_zeroed(1, sizeof *s->scan);
    s->facts.is_dump = request->dump != NULL;
    clock_date(s->facts.taken_at, sizeof s->facts.taken_at);
    bool good = s->facts.is_dump ? source_dump_open(s, e) : source_live_open(s, e);
    if (!good)
        source_release(s);
    return good;
}

uint64_t source_bytes(const struct source *s)
{
    static const uint64_t room = 64u << 20; /* an empty database and its log */
    uint64_t growth = !s->facts.is_dump ? 2 : s->format == DUMP_ARCHIVE ? 10 : 12;
    return s->facts.bytes * growth + room;
}

static void note_circumstance(struct source_facts *facts, const char *name, const char *value)
{
    struct circumstance *c =
        memory_append(&facts->circumstances, &facts->circumstance_count, sizeof *c);
    *c = (struct circumstance){memory_copy_of(name), memory_copy_of(value)};
}

/* The extensions of whichever database `c` is connected to. */
static bool note_extensions(struct source_facts *facts, struct connection *c, struct error *e)
{
    PGresult *r = connection_query(
        c, "SELECT 'extension.' || extname, extversion FROM pg_extension ORDER BY 1", 0, NULL, e);
    for (int i = 0; r && i < PQntuples(r); i++)
        note_circumstance(facts, PQgetvalue(r, i, 0), PQgetvalue(r, i, 1));
    PQclear(r);
    return r != NULL;
}

static int major_of(const char *version)
{
    return version ? (int)strtol(version, NULL, 10) : 0;
}

/* What would fail in the middle of the restore is reported before it, in words. */
static bool check_server(struct source_making *m, const struct dump_scan *scan, struct error *e)
{
    int theirs = major_of(m->source->facts.server_version), ours = m->server->version / 10000;
    if (theirs > ours)
        return error_set(e, ERROR_UNAVAILABLE,
                         "the source runs PostgreSQL %d and %s runs %d: install the package "
                         "postgresql-%d, or give --server URL",
                         theirs, m->server->display, ours, theirs);
    for (size_t i = 0; i < scan->extension_count; i++) {
        const char *const values[] = {scan->extensions[i]};
        char *there = connection_value(
            &m->copy, "SELECT count(*) FROM pg_available_extensions WHERE name = $1", 1, values, e);
        bool good = there && strcmp(there, "0") != 0;
        free(there);
        if (!good)
            return error_set(
                e, ERROR_UNAVAILABLE,
                "the source has the extension %s, which %s lacks: install it there (Debian and "
                "Ubuntu: package postgresql-%d-%s or postgresql-contrib)",
                scan->extensions[i], m->server->display, ours,
                strcmp(scan->extensions[i], "vector") == 0 ? "pgvector" : scan->extensions[i]);
    }
    return true;
}

static bool restore_archive(struct source_making *m, struct error *e)
{
    const struct source *s = m->source;
    bool grants_apart = m->lower && s->scan->switches;
    struct backup_options options = {.jobs = s->request.jobs,
                                     .expected = s->facts.is_dump ? 0 : s->facts.bytes,
                                     .no_owner = m->no_owner,
                                     .no_privileges = m->no_privileges || grants_apart,
                                     .no_subscriptions = true,
                                     .no_tablespaces = true,
                                     .violations = &m->source->violations,
                                     .list = m->list,
                                     .cancel = s->cancel,
                                     .mark = s->request.mark,
                                     .progress = m->progress,
                                     .context = m->context};
    return backup_restore(m->dump, m->url, &options, e) &&
           (!grants_apart || source_dump_restore_grants(m, e));
}

/*
 * A dump can run programs as the server's account. Our own server is in a cage, where the kernel
 * has one; on a server of others, the rights of the role decide.
 */
static bool check_trust(struct source_making *m, struct error *e)
{
    static const char rights[] =
        "SELECT rolsuper OR pg_has_role(oid, 'pg_execute_server_program', 'MEMBER') FROM pg_roles "
        "WHERE rolname = current_user";
    if (m->source->request.trust_dump)
        return true;
    const char *shared = m->server->embedded.account.shared;
    if (m->server->is_embedded && shared)
        return error_set(
            e, ERROR_UNAVAILABLE,
            "a dump can reach what account %s may reach, since this user namespace has "
            "no account that owns nothing: pass --trust-dump for a dump that you trust",
            shared);
    if (m->server->is_embedded)
        return server_cage_is_there() ||
               error_set(e, ERROR_UNAVAILABLE,
                         "a dump can run programs, and this kernel has no Landlock to keep it from "
                         "that: pass --trust-dump for a dump that you trust");
    char *can = connection_value(&m->copy, rights, 0, NULL, e);
    bool good = can && strcmp(can, "t") != 0;
    if (can && !good)
        error_set(e, ERROR_UNAVAILABLE,
                  "a dump can run programs on %s with the rights of role %s: leave out --server, "
                  "connect as a role that is not a superuser, or pass --trust-dump for a dump that "
                  "you trust",
                  m->server->display, PQuser(m->copy.pg));
    free(can);
    return good;
}

static bool needs_superuser(struct error *e)
{
    char *said = memory_copy_of(e->message);
    error_reword(e,
                 "the copy cannot be made without a superuser's rights: %s (a dump is restored "
                 "without them: take that out of the dump, or pass --trust-dump for a dump that "
                 "you trust)",
                 said);
    free(said);
    return false;
}

/*
 * What the cage refuses is the dump's doing: a file that may not be touched, which is the only
 * thing for which a superuser lacks a right, or a program that cannot be started. glibc's popen(3)
 * calls the latter a want of memory; our server, which is started in the C locale, has words for
 * it.
 */
static bool is_refused(const struct source_making *m, long since, const struct error *e)
{
    const char *database = PQdb(m->copy.pg);
    return server_logged_state(m->server, database, since, not_allowed) ||
           server_logged_state(m->server, database, since, program_failed) ||
           (server_logged_state(m->server, database, since, no_memory) &&
            strstr(e->message, "could not execute command"));
}

static bool explain(const struct source_making *m, long since, struct error *e)
{
    char *said = memory_copy_of(e->message);
    if (is_refused(m, since, e))
        error_reword(e,
                     "%s (while a copy is restored, the server starts no program and writes no "
                     "file elsewhere: take that statement out of the dump)",
                     said);
    free(said);
    return error_prefix(e, "the copy cannot be made");
}

/* With statistics and visibility as a database has them that has been running for a while. */
static bool restore(struct source_making *m, struct error *e)
{
    m->lower = source_rights_are_lower(m);
    if (m->lower && !source_rights_lower(m, m->source->scan, e))
        return false;
    long since = server_log_offset(m->server);
    bool good =
        m->source->format == DUMP_PLAIN ? source_dump_restore_plain(m, e) : restore_archive(m, e);
    bool lacked =
        !good && m->lower && server_logged_state(m->server, PQdb(m->copy.pg), since, not_allowed);
    struct error raising = {0};
    if (m->lower && !source_rights_raise(m, &raising) && good)
        return error_take(e, &raising);
    if (!good)
        return lacked ? needs_superuser(e) : explain(m, since, e);
    return source_roles_settle(m, e) && connection_run(&m->copy, "VACUUM (ANALYZE)", e);
}

/* SET … FROM CURRENT takes over a value as it is, lists of names included. */
static bool settle_one(struct connection *c, const char *database,
                       const struct circumstance *setting, struct error *e)
{
    const char *const values[] = {setting->name, setting->value};
    char *name = connection_identifier(c, setting->name);
    char *alter = memory_format("ALTER DATABASE %s SET %s FROM CURRENT", database, name);
    PGresult *set = NULL;
    bool good = connection_run(c, "BEGIN", e) &&
                (set = connection_query(c, "SELECT set_config($1, $2, true)", 2, values, e)) &&
                connection_run(c, alter, e) && connection_run(c, "COMMIT", e);
    PQclear(set);
    free(alter);
    free(name);
    return good;
}

/*
 * The settings of ALTER DATABASE, which no dump of one database holds. One that the server refuses
 * is left out, and told in `notes`.
 */
static bool settle(const struct source *s, struct connection *c, struct text *notes,
                   struct error *e)
{
    char *database = connection_identifier(c, PQdb(c->pg));
    bool good = true;
    for (size_t i = 0; good && i < s->setting_count; i++) {
        struct error refused = {0}, ignored = {0};
        if (settle_one(c, database, &s->settings[i], &refused))
            continue;
        if (c->pg && PQtransactionStatus(c->pg) != PQTRANS_IDLE)
            connection_run(c, "ROLLBACK", &ignored);
        if (refused.kind == ERROR_INTERRUPTED || !refused.sqlstate[0] || !c->pg)
            good = error_take(e, &refused);
        else
            text_append_format(notes, "the setting %s of the source stays behind: %s\n",
                               s->settings[i].name, refused.message);
    }
    free(database);
    return good;
}

static bool make(struct source_making *m, const char *folder, struct error *e)
{
    struct source *s = m->source;
    const struct dump_scan *scan = s->facts.is_dump ? s->scan : &m->scan;
    m->dump = s->facts.is_dump ? memory_copy_of(s->request.dump)
                               : memory_format("%s/source.dump", folder);
    if (!s->facts.is_dump && !note_extensions(&s->facts, &s->connection, e))
        return error_prefix(e, "the source %s", s->facts.display);
    if (s->facts.is_dump && !check_trust(m, e))
        return false;
    if ((!s->facts.is_dump && !source_live_dump(m, folder, e)) || !check_server(m, scan, e) ||
        !source_roles_make(m, scan, e))
        return false;
    source_close(s);
    if (s->facts.is_dump && s->format == DUMP_ARCHIVE && !source_dump_list(m, folder, e))
        return false;
    bool good = restore(m, e) && source_compare(m, e);
    if (good && s->facts.is_dump)
        good = note_extensions(&s->facts, &m->copy, e);
    return good && settle(s, &m->copy, &m->notes, e);
}

bool source_copy(struct source *s, const struct server *server, const char *database,
                 const char *folder, backup_progress_fn *progress, void *context, char **notes,
                 struct error *e)
{
    struct source_making m = {
        .source = s, .server = server, .progress = progress, .context = context};
    *notes = NULL;
    /* what has no owner in a dump belongs to whoever restores it */
    m.url = url_with_database(server->migrator_url, database, e);
    bool good = m.url && connection_open(&m.copy, m.url, s->cancel, e) && make(&m, folder, e);
    connection_close(&m.copy);
    if (m.dump && !s->facts.is_dump)
        backup_remove(m.dump);
    if (m.list)
        unlink(m.list);
    if (good)
        *notes = text_detach(&m.notes);
    text_release(&m.notes);
    text_release(&m.dumped);
    source_states_release(&m);
    dump_scan_release(&m.scan);
    free(m.dump);
    free(m.list);
    free(m.renamed);
    free(m.url);
    return good;
}

void source_close(struct source *s)
{
    connection_close(&s->connection);
    free(s->snapshot);
    s->snapshot = NULL;
}

static void free_circumstances(struct circumstance *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].name);
        free(list[i].value);
    }
    free(list);
}

void source_release(struct source *s)
{
    struct source_facts *f = &s->facts;
    source_close(s);
    char *strings[] = {f->display,        f->database, f->system_identifier,
                       f->server_version, f->revision, f->acting_role,
                       s->owner,          s->url,      f->terms.owner};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    free_circumstances(f->circumstances, f->circumstance_count);
    free_circumstances(s->settings, s->setting_count);
    for (size_t i = 0; i < f->table_count; i++)
        free(f->tables[i].name);
    free(f->tables);
    if (s->scan)
        dump_scan_release(s->scan);
    free(s->scan);
    snapshot_release(&s->schema);
    backup_violations_release(&s->violations);
    *s = (struct source){0};
}
