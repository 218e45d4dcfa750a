/*
 * The history in a file of SQLite (sqlite.org/c3ref, sqlite.org/wal.html). Its application_id tells
 * that it is ours, its table alembic_version at which revision it stands.
 */
#include "measures/histories/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "measures/histories/store_revision.h"
#include "measures/histories/store_statements.h"

enum { WAIT_MILLISECONDS = 10000 };
static const char our_mark[] = "1885827688"; /* "pgrh", as the four bytes of application_id */

struct sqlite_store {
    struct store_session session;
    sqlite3 *file;
};

static bool failed(struct sqlite_store *s, struct error *e)
{
    int code = sqlite3_errcode(s->file);
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return error_set(e, ERROR_UNAVAILABLE, "it is not a history, or it is damaged: %s",
                         sqlite3_errmsg(s->file));
    return error_set(e, ERROR_UNAVAILABLE, "%s", sqlite3_errmsg(s->file));
}

enum { MAXIMUM_COLUMNS = 16 };

static void hand_row(sqlite3_stmt *statement, store_row_fn *row, void *context)
{
    const char *values[MAXIMUM_COLUMNS] = {0};
    for (int i = 0; i < sqlite3_column_count(statement) && i < MAXIMUM_COLUMNS; i++)
        values[i] = (const char *)sqlite3_column_text(statement, i);
    row(context, values);
}

static bool run(void *state, const char *sql, size_t count, const char *const *values,
                store_row_fn *row, void *context, struct error *e)
{
    struct sqlite_store *s = state;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(s->file, sql, -1, &statement, NULL) != SQLITE_OK)
        return failed(s, e);
    int code = SQLITE_OK;
    for (size_t i = 0; i < count && code == SQLITE_OK; i++)
        code = sqlite3_bind_text(statement, (int)i + 1, values[i], -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            if (row)
                hand_row(statement, row, context);
    if (code != SQLITE_DONE)
        failed(s, e);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static void keep_value(void *context, const char *const *values)
{
    char **value = context;
    free(*value);
    *value = memory_copy_of(values[0]);
}

/* The first column of the last row into `*value`, to be freed; NULL: no row. */
static bool ask(struct sqlite_store *s, const char *sql, char **value, struct error *e)
{
    *value = NULL;
    if (run(s, sql, 0, NULL, keep_value, value, e))
        return true;
    free(*value);
    *value = NULL;
    return false;
}

/* A new file holds nothing and bears nobody's mark. */
static bool check_mark(struct sqlite_store *s, enum store_mode mode, struct error *e)
{
    char *mark = NULL, *anything = NULL;
    bool good = ask(s, "PRAGMA application_id", &mark, e) &&
                ask(s, "SELECT name FROM sqlite_master LIMIT 1", &anything, e);
    bool is_new = good && !anything && mark && strcmp(mark, "0") == 0;
    bool ours = mark && strcmp(mark, our_mark) == 0;
    if (good && is_new && mode == STORE_READ)
        good = error_set(e, ERROR_UNAVAILABLE, "it is empty; run --history fills it");
    if (good && !is_new && !ours)
        good = error_set(e, ERROR_UNAVAILABLE,
                         "it is an SQLite file, but not a history of ours; it is left alone");
    free(mark);
    free(anything);
    return good;
}

static bool read_revision(struct sqlite_store *s, char **revision, struct error *e)
{
    char *there = NULL;
    *revision = NULL;
    bool good = ask(s, "SELECT name FROM sqlite_master WHERE name = 'alembic_version'", &there, e);
    if (good && there)
        good = ask(s, "SELECT version_num FROM alembic_version", revision, e);
    free(there);
    return good;
}

static bool execute(struct sqlite_store *s, const char *sql, struct error *e)
{
    return sqlite3_exec(s->file, sql, NULL, NULL, NULL) == SQLITE_OK || failed(s, e);
}

static bool write_revision(struct sqlite_store *s, const char *revision, struct error *e)
{
    return execute(s,
                   "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL "
                   "PRIMARY KEY); DELETE FROM alembic_version",
                   e) &&
           run(s, "INSERT INTO alembic_version (version_num) VALUES ($1)", 1, &revision, NULL, NULL,
               e);
}

/* Every revision after the one that it is at, within the transaction. */
static bool migrate(struct sqlite_store *s, const struct chain *chain, const char *revision,
                    struct error *e)
{
    bool good = true;
    for (size_t i = revision ? chain_find(chain, revision) : 0; good && i < chain->count; i++) {
        const struct migration_part *up = &chain->revisions[i].up;
        for (size_t j = 0; good && j < up->step_count; j++)
            good = execute(s, up->steps[j].sql, e);
        good = good && write_revision(s, chain->revisions[i].id, e);
    }
    char *pragma = memory_format("PRAGMA application_id = %s", our_mark);
    good = good && execute(s, pragma, e);
    free(pragma);
    return good;
}

/* Under the lock of a writer, so that two who make the same file do not meet half-way. */
static bool prepare(struct sqlite_store *s, enum store_mode mode, const struct chain *chain,
                    struct error *e)
{
    char *revision = NULL;
    bool outdated = false;
    if (!execute(s, mode == STORE_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", e))
        return false;
    bool good = check_mark(s, mode, e) && read_revision(s, &revision, e) &&
                store_judge_revision(chain, revision, mode, &outdated, e) &&
                (!outdated || migrate(s, chain, revision, e)) && execute(s, "COMMIT", e);
    free(revision);
    if (!good)
        sqlite3_exec(s->file, "ROLLBACK", NULL, NULL, NULL);
    return good;
}

/* SQLite itself would open a folder or a device only to fail with few words. */
static bool check_kind(const char *path, enum store_mode mode, struct error *e)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return S_ISREG(status.st_mode) ||
               error_set(e, ERROR_UNAVAILABLE, "it is not a regular file");
    if (errno == ENOENT && mode == STORE_WRITE)
        return true;
    return error_set(e, ERROR_UNAVAILABLE, "%s%s", strerror(errno),
                     errno == ENOENT ? "; run --history creates it" : "");
}

static bool takes(const char *where)
{
    return !strstr(where, "://");
}

static bool check_place(const char *where, struct error *e)
{
    (void)where;
    (void)e;
    return true;
}

static bool open_file(struct sqlite_store *s, const char *path, enum store_mode mode,
                      struct error *e)
{
    if (!check_kind(path, mode, e))
        return false;
    /* a name like ":memory:" is one of a file */
    char *plain = memory_format("%s%s", path[0] == '/' ? "" : "./", path);
    if (mode == STORE_WRITE) { /* SQLite would let others read it */
        int fd = open(plain, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0)
            close(fd);
    }
    int flags = SQLITE_OPEN_READWRITE | (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(plain, &s->file, flags, NULL);
    free(plain);
    if (!s->file)
        return error_set(e, ERROR_UNAVAILABLE, "out of memory");
    if (code != SQLITE_OK)
        return failed(s, e);
    sqlite3_busy_timeout(s->file, WAIT_MILLISECONDS);
    return execute(s, "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON", e);
}

static bool open_store(struct store *store, const char *path, enum store_mode mode, struct error *e)
{
    struct chain chain = {0};
    char *folder = NULL;
    struct sqlite_store *s = memory_zeroed(1, sizeof *s);
    s->session = (struct store_session){"BEGIN IMMEDIATE", run};
    store->state = s;
    bool good = store_revisions_load(&chain, &folder, e) && open_file(s, path, mode, e) &&
                prepare(s, mode, &chain, e);
    if (good && mode == STORE_WRITE) /* readers and a writer side by side, where that can be */
        sqlite3_exec(s->file, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    chain_release(&chain);
    free(folder);
    return good;
}

static void close_store(struct store *store)
{
    struct sqlite_store *s = store->state;
    if (s)
        sqlite3_close(s->file);
    free(s);
}

const struct store_kind store_sqlite = {
    .takes = takes,
    .check_place = check_place,
    .display = memory_copy_of,
    .open = open_store,
    .write_run = statements_write_run,
    .list_runs = statements_list_runs,
    .read_series = statements_read_series,
    .read_values = statements_read_values,
    .read_facts = statements_read_facts,
    .close = close_store,
};
