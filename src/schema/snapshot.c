#include "schema/snapshot.h"

#include <errno.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "postgres/array_cast.h"
#include "postgres/kept_query.h"
#include "postgres/reading.h"
#include "schema/fact.h"
#include "schema/sql.h"

static const size_t file_limit = 256u << 20; /* bytes; a schema of a million facts is far less */
static const char file_header[] = "# pgrehearse snapshot 1";

struct entry {
    char *line, *users;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return strcmp(x->line, y->line);
}

/* Takes over the strings of `entries`. */
static void fill(struct snapshot *s, struct entry *entries, size_t count)
{
    if (count > 1)
        qsort(entries, count, sizeof *entries, compare_entries);
    s->lines = memory_zeroed(count, sizeof *s->lines);
    s->users = memory_zeroed(count, sizeof *s->users);
    s->count = count;
    for (size_t i = 0; i < count; i++) {
        s->lines[i] = entries[i].line;
        s->users[i] = entries[i].users;
    }
}

void snapshot_sort(struct snapshot *s)
{
    struct entry *entries = memory_zeroed(s->count, sizeof *entries);
    for (size_t i = 0; i < s->count; i++)
        entries[i] = (struct entry){s->lines[i], s->users ? s->users[i] : NULL};
    free(s->lines);
    free(s->users);
    fill(s, entries, s->count);
    free(entries);
}

void snapshot_append(struct snapshot *s, const struct snapshot *more)
{
    size_t count = s->count + more->count;
    s->lines = memory_resized(s->lines, count + 1, sizeof *s->lines);
    s->users = memory_resized(s->users, count + 1, sizeof *s->users);
    for (size_t i = 0; i < more->count; i++) {
        s->lines[s->count + i] = memory_copy_of(more->lines[i]);
        s->users[s->count + i] = more->users ? memory_copy_of(more->users[i]) : NULL;
    }
    s->count = count;
    snapshot_sort(s);
}

bool snapshot_take(struct connection *c, struct snapshot *s, struct error *e)
{
    return snapshot_take_as(c, NULL, s, e);
}

bool snapshot_take_as(struct connection *c, const char *owner, struct snapshot *s, struct error *e)
{
    *s = (struct snapshot){0};
    struct reading reading;
    if (!reading_begin(&reading, c, e))
        return error_prefix(e, "cannot read the schema");
    PGresult *result = kept_query(c, sql_snapshot, 1, &owner, e);
    if (!reading_end(&reading, c, result != NULL, e)) {
        PQclear(result);
        return error_prefix(e, "cannot read the schema");
    }
    size_t count = (size_t)PQntuples(result);
    struct entry *entries = memory_zeroed(count, sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        entries[i].line = array_cast_spread(PQgetvalue(result, (int)i, 0));
        if (!entries[i].line)
            entries[i].line = memory_copy_of(PQgetvalue(result, (int)i, 0));
        if (!PQgetisnull(result, (int)i, 1))
            entries[i].users = memory_copy_of(PQgetvalue(result, (int)i, 1));
    }
    PQclear(result);
    fill(s, entries, count);
    free(entries);
    return true;
}

bool snapshot_write(const struct snapshot *s, FILE *out)
{
    fprintf(out, "%s\n", file_header);
    for (size_t i = 0; i < s->count; i++)
        fprintf(out, "%s\n", s->lines[i]);
    return fflush(out) == 0 && !ferror(out);
}

/* One line of a file; false if it is not a fact. */
static bool add_line(struct entry **entries, size_t *count, const char *line, size_t length)
{
    char *copy = memory_format("%.*s", (int)length, line);
    struct fact fact;
    if (strlen(copy) != length || !fact_parse(&fact, copy)) {
        free(copy);
        return false;
    }
    struct entry *entry = memory_append(entries, count, sizeof **entries);
    entry->line = copy;
    return true;
}

bool snapshot_read_file(struct snapshot *s, const char *path, struct error *e)
{
    *s = (struct snapshot){0};
    struct text text = {0};
    struct entry *entries = NULL;
    size_t count = 0, number = 0;
    bool good = false;
    if (!text_read_file(&text, path, file_limit)) {
        error_set(e, file_error_kind(errno), "cannot read the snapshot %s: %s", path,
                  file_reason(errno));
        goto done;
    }
    const char *p = text_string(&text), *end = p + text.length;
    while (p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t length = (size_t)((stop ? stop : end) - p);
        bool is_header = length == strlen(file_header) && memcmp(p, file_header, length) == 0;
        if (++number == 1 ? !is_header : !add_line(&entries, &count, p, length)) {
            error_set(e, ERROR_USAGE, "%s, line %zu: not a line of a snapshot", path, number);
            goto done;
        }
        p += length + 1;
    }
    good = number > 0 || error_set(e, ERROR_USAGE, "the snapshot %s is empty", path);
done:
    if (good) {
        fill(s, entries, count);
        free(s->users); /* no file tells of users */
        s->users = NULL;
    } else {
        for (size_t i = 0; i < count; i++)
            free(entries[i].line);
    }
    free(entries);
    text_release(&text);
    return good;
}

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->lines[i], b->lines[i]) != 0)
            return false;
    return true;
}

void snapshot_release(struct snapshot *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->lines[i]);
        if (s->users)
            free(s->users[i]);
    }
    free(s->lines);
    free(s->users);
    *s = (struct snapshot){0};
}
