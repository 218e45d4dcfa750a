/* What of a copy is compared beside schema and tables: sequences, materialized views, large
 * objects.
 */
#include "production/sources/source_states.h"

#include <stdlib.h>

#include "base/memory.h"
#include "production/sql.h"

/* Fields of the answers to source_sequences.sql and source_views.sql. */
enum { SEQUENCE_NAME, SEQUENCE_START, SEQUENCE_INCREMENT, SEQUENCE_CYCLE };
enum { VIEW_NAME, VIEW_POPULATED, VIEW_READABLE };

struct source_sequence {
    char *name;
    long long start, increment;
    bool cycles;
    long long last; /* its last_value */
    bool called;    /* whether that was given out already */
};

struct source_view {
    char *name;
    bool populated;
    char digest[FINGERPRINT_DIGEST_LENGTH + 1]; /* "": not read */
};

static bool read_position(struct connection *c, struct source_sequence *s, struct error *e)
{
    char *query = memory_format("SELECT last_value, is_called FROM %s", s->name);
    PGresult *r = connection_query(c, query, 0, NULL, e);
    free(query);
    if (r) {
        s->last = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
        s->called = PQgetvalue(r, 0, 1)[0] == 't';
    }
    PQclear(r);
    return r != NULL;
}

static bool read_sequences(struct connection *c, struct source_sequences *list, struct error *e)
{
    PGresult *r = connection_query(c, sql_source_sequences, 0, NULL, e);
    bool good = r != NULL;
    for (int i = 0; good && i < PQntuples(r); i++) {
        struct source_sequence *s = memory_append(&list->items, &list->count, sizeof *s);
        s->name = memory_copy_of(PQgetvalue(r, i, SEQUENCE_NAME));
        s->start = strtoll(PQgetvalue(r, i, SEQUENCE_START), NULL, 10);
        s->increment = strtoll(PQgetvalue(r, i, SEQUENCE_INCREMENT), NULL, 10);
        s->cycles = PQgetvalue(r, i, SEQUENCE_CYCLE)[0] == 't';
        good = read_position(c, s, e);
    }
    PQclear(r);
    return good;
}

static void release_sequences(struct source_sequences *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].name);
    free(list->items);
    *list = (struct source_sequences){0};
}

static const struct source_sequence *find(const struct source_sequences *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    return NULL;
}

/* Whether `a` comes no later than `b`, which is the same sequence at another time. */
static bool comes_first(const struct source_sequence *a, const struct source_sequence *b)
{
    if (a->last != b->last)
        return (a->last < b->last) == (a->increment > 0);
    return !a->called || b->called;
}

/*
 * A sequence knows no transaction: it goes on while the others write. Where it stood before and
 * after the dump, the copy's has to lie between.
 */
static bool is_between(const struct source_sequence *before, const struct source_sequence *copy,
                       const struct source_sequence *after)
{
    bool moved = before->last != after->last || before->called != after->called;
    if (moved && before->cycles)
        return true;
    return comes_first(before, after) ? comes_first(before, copy) && comes_first(copy, after)
                                      : comes_first(after, copy) && comes_first(copy, before);
}

static bool compare_sequence(struct source_making *m, const struct source_sequence *before,
                             const struct source_sequence *copy, struct error *e)
{
    const struct source_sequence *after = find(&m->after, before->name);
    if (!copy || !after) /* the schema has reported that; or it is gone from the source meanwhile */
        return true;
    if (is_between(before, copy, after))
        return true;
    if (m->source->request.excluded_count && copy->last == copy->start && !copy->called) {
        source_note(m, "the position of the sequence %s stays behind", copy->name);
        return true;
    }
    return error_set(
        e, ERROR_UNAVAILABLE,
        "the sequence %s of the copy is not where its source's is (%lld, and %lld there)",
        copy->name, copy->last, after->last);
}

static bool compare_sequences(struct source_making *m, struct error *e)
{
    struct source_sequences copies = {0};
    bool good = read_sequences(&m->copy, &copies, e);
    for (size_t i = 0; good && i < m->before.count; i++)
        good = compare_sequence(m, &m->before.items[i], find(&copies, m->before.items[i].name), e);
    release_sequences(&copies);
    return good;
}

/*
 * Its rows, if they can be had: a view that is being refilled or may not be read keeps nobody
 * from copying the rest.
 */
static bool read_rows(struct connection *c, struct source_view *v, char **why, struct error *e)
{
    struct error denied = {0};
    struct fingerprint f = {0};
    if (!connection_run(c, "SAVEPOINT view", e))
        return false;
    if (fingerprint_take_sums(c, v->name, &f, &denied))
        fingerprint_digest(&f, v->digest);
    fingerprint_release(&f);
    if (denied.kind == ERROR_NONE)
        return connection_run(c, "RELEASE SAVEPOINT view", e);
    if (!denied.sqlstate[0] || denied.kind == ERROR_INTERRUPTED)
        return error_take(e, &denied);
    *why = memory_copy_of(denied.message);
    return connection_run(c, "ROLLBACK TO SAVEPOINT view", e);
}

static bool read_views(struct source_making *m, struct connection *c, struct source_views *list,
                       struct error *e)
{
    PGresult *r = connection_query(c, sql_source_views, 0, NULL, e);
    bool good = r != NULL;
    for (int i = 0; good && i < PQntuples(r); i++) {
        struct source_view *v = memory_append(&list->items, &list->count, sizeof *v);
        char *why = NULL;
        v->name = memory_copy_of(PQgetvalue(r, i, VIEW_NAME));
        v->populated = PQgetvalue(r, i, VIEW_POPULATED)[0] == 't';
        if (!v->populated)
            continue;
        if (PQgetvalue(r, i, VIEW_READABLE)[0] == 't')
            good = read_rows(c, v, &why, e);
        else
            why = memory_copy_of("the role may not read it");
        if (good && why)
            source_note(m, "the rows of the materialized view %s are not compared: %s", v->name,
                        why);
        free(why);
    }
    PQclear(r);
    return good;
}

static void release_views(struct source_views *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].name);
    free(list->items);
    *list = (struct source_views){0};
}

/*
 * A restore refreshes a view, while the source's holds what it was filled with: other rows are
 * worth knowing, and no fault of the copy.
 */
static bool compare_view(struct source_making *m, const struct source_view *was,
                         const struct source_view *is, struct error *e)
{
    if (was->populated != is->populated)
        return error_set(e, ERROR_UNAVAILABLE,
                         "the materialized view %s of the copy is %spopulated, and that of its "
                         "source is %s",
                         is->name, is->populated ? "" : "not ", was->populated ? "so" : "not");
    if (*was->digest && *is->digest && strcmp(was->digest, is->digest) != 0)
        source_note(
            m,
            "the materialized view %s has other rows in the copy, where it was refreshed: the "
            "source's is older than its tables, or its query gives other rows each time",
            is->name);
    return true;
}

static bool compare_views(struct source_making *m, struct error *e)
{
    struct source_views copies = {0};
    bool good = connection_run(&m->copy, "BEGIN", e) && read_views(m, &m->copy, &copies, e) &&
                connection_run(&m->copy, "COMMIT", e);
    for (size_t i = 0; good && i < copies.count; i++)
        for (size_t j = 0; good && j < m->views.count; j++)
            if (strcmp(copies.items[i].name, m->views.items[j].name) == 0)
                good = compare_view(m, &m->views.items[j], &copies.items[i], e);
    release_views(&copies);
    return good;
}

static bool compare_large_objects(struct source_making *m, struct error *e)
{
    char *copied = connection_value(&m->copy, sql_source_large_objects, 0, NULL, e);
    bool good = copied && strcmp(copied, m->large_objects) == 0;
    size_t digits = copied ? strspn(copied, "0123456789") + 1 : 0;
    if (copied && !good && strncmp(copied, m->large_objects, digits) != 0)
        error_set(e, ERROR_UNAVAILABLE,
                  "the large objects of the copy differ from its source's: %.*s, and %.*s there",
                  (int)digits - 1, copied, (int)strcspn(m->large_objects, " "), m->large_objects);
    else if (copied && !good)
        error_set(e, ERROR_UNAVAILABLE,
                  "the large objects of the copy differ from its source's, in numbers or bytes");
    free(copied);
    return good;
}

bool source_states_begin(struct source_making *m, struct error *e)
{
    return read_sequences(&m->source->connection, &m->before, e);
}

bool source_states_read(struct source_making *m, struct error *e)
{
    struct connection *c = &m->source->connection;
    if (!read_sequences(c, &m->after, e) || !read_views(m, c, &m->views, e))
        return false;
    m->large_objects = connection_value(c, sql_source_large_objects, 0, NULL, e);
    return m->large_objects != NULL;
}

bool source_states_compare(struct source_making *m, struct error *e)
{
    return compare_sequences(m, e) && compare_views(m, e) && compare_large_objects(m, e);
}

void source_states_release(struct source_making *m)
{
    release_sequences(&m->before);
    release_sequences(&m->after);
    release_views(&m->views);
    free(m->large_objects);
    m->large_objects = NULL;
}
