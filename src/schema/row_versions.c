#include "schema/row_versions.h"

#include "base/memory.h"
#include "base/text.h"
#include "postgres/reading.h"
#include "schema/sql.h"

static const char next_transaction[] =
    "SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::text";

static int compare_names(const void *a, const void *b)
{
    const struct row_version *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static bool take(struct connection *c, const struct row_versions *since, struct row_versions *v,
                 struct error *e)
{
    v->transaction = connection_value(c, next_transaction, 0, NULL, e);
    char *sql = v->transaction ? connection_value(c, sql_row_versions, 0, NULL, e) : NULL;
    if (!sql || !*sql) { /* no table, nothing to ask */
        bool good = sql != NULL;
        free(sql);
        return good;
    }
    const char *values[] = {since && since->transaction ? since->transaction : v->transaction};
    /* a database of sequences alone has no place for the parameter */
    size_t count = strstr(sql, "$1") ? 1 : 0;
    PGresult *result = connection_query(c, sql, count, values, e);
    free(sql);
    if (!result)
        return false;
    v->count = (size_t)PQntuples(result);
    v->items = memory_zeroed(v->count, sizeof *v->items);
    for (size_t i = 0; i < v->count; i++) {
        int row = (int)i;
        v->items[i] = (struct row_version){
            .name = memory_copy_of(PQgetvalue(result, row, 0)),
            .is_sequence = PQgetvalue(result, row, 1)[0] == 's',
            .rows = strtoull(PQgetvalue(result, row, 2), NULL, 10),
            .newer = strtoull(PQgetvalue(result, row, 3), NULL, 10),
            .file = memory_copy_of(PQgetvalue(result, row, 4)),
            .digest = memory_copy_of(PQgetvalue(result, row, 5)),
        };
    }
    PQclear(result);
    if (v->count > 1)
        qsort(v->items, v->count, sizeof *v->items, compare_names);
    return true;
}

bool row_versions_take(struct connection *c, const struct row_versions *since,
                       struct row_versions *v, struct error *e)
{
    *v = (struct row_versions){0};
    struct reading reading;
    bool good = reading_begin(&reading, c, e);
    if (good)
        good = reading_end(&reading, c, take(c, since, v, e), e);
    if (good)
        return true;
    row_versions_release(v);
    return error_prefix(e, "cannot read the row versions");
}

void row_versions_release(struct row_versions *v)
{
    for (size_t i = 0; i < v->count; i++) {
        free(v->items[i].name);
        free(v->items[i].file);
        free(v->items[i].digest);
    }
    free(v->items);
    free(v->transaction);
    *v = (struct row_versions){0};
}

static void add(struct row_version_changes *changes, char *line)
{
    char **added = memory_append(&changes->lines, &changes->count, sizeof *added);
    *added = line;
}

static void compare_pair(const struct row_version *before, const struct row_version *after,
                         struct row_version_changes *changes)
{
    bool same_file = strcmp(before->file, after->file) == 0;
    if (same_file && strcmp(before->digest, after->digest) == 0 && before->rows == after->rows)
        return;
    if (after->is_sequence) {
        add(changes, memory_format("%s: was at %s, is now at %s%s", after->name, before->digest,
                                   after->digest, same_file ? "" : ", and was rewritten"));
        return;
    }
    if (!same_file) {
        add(changes, memory_format("%s: rewritten; had %ju rows, has %ju", after->name,
                                   (uintmax_t)before->rows, (uintmax_t)after->rows));
        return;
    }
    /* what is not newer was there before */
    uint64_t kept = after->rows - after->newer;
    uint64_t gone = before->rows > kept ? before->rows - kept : 0;
    if (after->newer == 0 && gone == 0)
        add(changes,
            memory_format("%s: row versions changed by a transaction that was already running",
                          after->name));
    else
        add(changes,
            memory_format("%s: %ju new row version%s, %ju gone", after->name,
                          (uintmax_t)after->newer, after->newer == 1 ? "" : "s", (uintmax_t)gone));
}

void row_versions_compare(const struct row_versions *before, const struct row_versions *after,
                          struct row_version_changes *changes)
{
    *changes = (struct row_version_changes){0};
    for (size_t i = 0, j = 0; i < before->count || j < after->count;) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : strcmp(before->items[i].name, after->items[j].name);
        if (order < 0)
            add(changes, memory_format("%s: is gone", before->items[i++].name));
        else if (order > 0)
            add(changes, memory_format("%s: is new", after->items[j++].name));
        else
            compare_pair(&before->items[i++], &after->items[j++], changes);
    }
}

void row_version_changes_release(struct row_version_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free(changes->lines[i]);
    free(changes->lines);
    *changes = (struct row_version_changes){0};
}
