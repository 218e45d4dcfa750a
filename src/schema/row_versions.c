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

static void add_versions(struct row_versions *v, const PGresult *result)
{
    size_t more = (size_t)PQntuples(result);
    v->items = memory_resized(v->items, v->count + more + 1, sizeof *v->items);
    for (size_t i = 0; i < more; i++) {
        int row = (int)i;
        v->items[v->count++] = (struct row_version){
            .name = memory_copy_of(PQgetvalue(result, row, 0)),
            .is_sequence = PQgetvalue(result, row, 1)[0] == 's',
            .rows = strtoull(PQgetvalue(result, row, 2), NULL, 10),
            .newer = strtoull(PQgetvalue(result, row, 3), NULL, 10),
            .file = memory_copy_of(PQgetvalue(result, row, 4)),
            .digest = memory_copy_of(PQgetvalue(result, row, 5)),
        };
    }
}

/* Each query in a spell of its own, whose locks go with it. */
static bool take_part(struct connection *c, const char *sql, const char *transaction,
                      struct row_versions *v, struct error *e)
{
    struct reading reading;
    const char *values[] = {transaction};
    /* a part of sequences alone has no place for the parameter */
    size_t count = strstr(sql, "$1") ? 1 : 0;
    if (!reading_begin(&reading, c, e))
        return false;
    PGresult *result = connection_query(c, sql, count, values, e);
    if (result)
        add_versions(v, result);
    bool good = result != NULL;
    PQclear(result);
    return reading_end(&reading, c, good, e);
}

/* The queries, and from which transaction on row versions will count as new. */
static PGresult *ask_parts(struct connection *c, struct row_versions *v, struct error *e)
{
    struct reading reading;
    if (!reading_begin(&reading, c, e))
        return NULL;
    v->transaction = connection_value(c, next_transaction, 0, NULL, e);
    PGresult *parts = v->transaction ? connection_query(c, sql_row_versions, 0, NULL, e) : NULL;
    if (reading_end(&reading, c, parts != NULL, e))
        return parts;
    PQclear(parts);
    return NULL;
}

bool row_versions_take(struct connection *c, const struct row_versions *since,
                       struct row_versions *v, struct error *e)
{
    *v = (struct row_versions){0};
    PGresult *parts = ask_parts(c, v, e);
    bool good = parts != NULL;
    const char *from = since && since->transaction ? since->transaction : v->transaction;
    for (int i = 0; good && i < PQntuples(parts); i++)
        good = take_part(c, PQgetvalue(parts, i, 0), from, v, e);
    PQclear(parts);
    if (v->count > 1)
        qsort(v->items, v->count, sizeof *v->items, compare_names);
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
