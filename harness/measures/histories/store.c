#include "measures/histories/store.h"

#include <strings.h>

#include "base/memory.h"
#include "ground/installation.h"
#include "measures/histories/store_kinds.h"
#include "postgres/url.h"

static bool is_url(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

bool store_check_place(const char *where, struct error *e)
{
    if (!where[0])
        return error_set(e, ERROR_USAGE, "expected a file or a PostgreSQL URL");
    if (!is_url(where)) {
        /* a mistyped URL would become a file whose name holds a password */
        if (strstr(where, "://"))
            return error_set(e, ERROR_USAGE,
                             "expected a file or a URL that begins with postgresql://");
        return true;
    }
    struct url u;
    bool good = url_parse(&u, where, e);
    url_release(&u);
    return good;
}

bool store_judge_revision(const struct chain *chain, const char *revision, enum store_mode mode,
                          bool *migrate, struct error *e)
{
    size_t place = revision ? chain_find(chain, revision) : 0;
    *migrate = place < chain->count;
    if (revision && place == 0)
        return error_set(e, ERROR_UNAVAILABLE,
                         "it stands at revision %s, which a newer pgrehearse has made: use that "
                         "one, or another place",
                         revision);
    if (*migrate && mode == STORE_READ)
        return error_set(e, ERROR_UNAVAILABLE, "%s; the next run --history brings it up to date",
                         revision ? "an older pgrehearse has made it" : "it holds no history yet");
    return true;
}

bool store_open(struct store *s, const char *where, enum store_mode mode,
                const struct cancel *cancel, struct error *e)
{
    *s = (struct store){.cancel = cancel};
    struct chain chain = {0};
    if (!store_check_place(where, e))
        return false;
    char *folder = installation_history_migrations();
    s->display = is_url(where) ? url_for_display(where) : memory_copy_of(where);
    struct layout layout;
    bool good = layout_load(&layout, LAYOUT_OWN, e) && chain_load(&chain, &layout, folder, e);
    layout_release(&layout);
    if (!good)
        e->kind = ERROR_UNAVAILABLE; /* of our own files, not of the command line */
    if (good && is_url(where))
        good = store_postgres_open(s, where, mode, &chain, folder, e);
    else if (good)
        good = store_sqlite_open(s, where, mode, &chain, e);
    if (!good)
        error_prefix(e, "the history %s", s->display);
    chain_release(&chain);
    free(folder);
    return good;
}

bool store_run(struct store *s, const char *sql, size_t count, const char *const *values,
               store_row_fn *row, void *context, struct error *e)
{
    bool good = s->file ? store_sqlite_run(s, sql, count, values, row, context, e)
                        : store_postgres_run(s, sql, count, values, row, context, e);
    return good || error_prefix(e, "the history %s", s->display);
}

bool store_begin(struct store *s, struct error *e)
{
    return store_run(s, s->file ? "BEGIN IMMEDIATE" : "BEGIN", 0, NULL, NULL, NULL, e);
}

bool store_end(struct store *s, bool keep, struct error *e)
{
    if (keep && store_run(s, "COMMIT", 0, NULL, NULL, NULL, e))
        return true;
    struct error ignored = {0}; /* closing rolls back too */
    store_run(s, "ROLLBACK", 0, NULL, NULL, NULL, &ignored);
    return !keep;
}

void store_close(struct store *s)
{
    connection_close(&s->pg);
    sqlite3_close(s->file);
    free(s->display);
    *s = (struct store){0};
}
