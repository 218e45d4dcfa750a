#include "schema/moved_values.h"

#include "base/memory.h"
#include "postgres/reading.h"
#include "schema/sql.h"
#include "schema/table_reading.h"

struct hunt {
    const struct moved_search *search;
    const struct data_column *column;
    bool *found;
    struct error *e;
};

static bool goes_on(const struct hunt *h)
{
    return !*h->found && h->e->kind == ERROR_NONE;
}

/* 0 also where the server refuses an expression. */
static uint64_t count_different(struct connection *c, const struct data_table *table,
                                const struct data_column *column, struct error *e)
{
    struct error refusal = {0};
    char *what = column->read ? memory_format("count(DISTINCT %s::text)", column->read)
                              : memory_format("count(DISTINCT t.%s::text)", column->name);
    uint64_t number = data_table_count(c, table, what, &refusal);
    if (refusal.kind != ERROR_NONE && (!refusal.sqlstate[0] || error_is_of_server(&refusal)))
        error_take(e, &refusal);
    free(what);
    return number;
}

/* Whether a value of the one type can be one of the other, without the server's being asked. */
static bool may_hold(const struct data_column *was, const struct data_column *is)
{
    return was->category == is->category || was->category == 'S' || is->category == 'S' ||
           (was->category == 'N' && is->category == 'D') ||
           (was->category == 'D' && is->category == 'N');
}

static void try_value(const struct hunt *h, const struct data_column *value)
{
    const struct moved_search *s = h->search;
    if (goes_on(h) && may_hold(h->column, value) &&
        count_different(s->after, s->now, value, h->e) > 1)
        table_reading_finds(s->before, s->then, h->column, s->after, s->now, value,
                            s->all_now->zone, h->found, h->e);
}

/* The value of this name in a document. */
static void try_document(const struct hunt *h, const struct data_column *document)
{
    static char text[] = "text";
    const char *const name = h->column->name;
    char *key = connection_value(h->search->after, "SELECT quote_literal((parse_ident($1))[1])", 1,
                                 &name, h->e);
    struct data_column value = {
        .name = document->name,
        .read = memory_format("(t.%s ->> %s)", document->name, key ? key : "NULL"),
        .type = text,
        .base = text,
        .category = 'S'};
    try_value(h, &value);
    free(value.read);
    free(key);
}

static bool was_there(const struct moved_search *s, const struct data_column *now)
{
    for (size_t i = 0; i < s->then->column_count; i++)
        if (data_column_now(s->then, &s->then->columns[i], s->now) == now)
            return true;
    return false;
}

/* New columns first: an old one may have been filled. */
static void try_same_row(const struct hunt *h)
{
    const struct data_table *now = h->search->now;
    for (int old = 0; old < 2; old++)
        for (size_t i = 0; i < now->column_count && goes_on(h); i++)
            if (was_there(h->search, &now->columns[i]) == (bool)old && !now->columns[i].key) {
                try_value(h, &now->columns[i]);
                if (now->columns[i].json)
                    try_document(h, &now->columns[i]);
            }
}

static void try_neighbour(const struct hunt *h, const struct data_table *neighbour,
                          const char *belongs)
{
    for (size_t i = 0; neighbour && i < neighbour->column_count && goes_on(h); i++) {
        struct data_column value = neighbour->columns[i];
        value.read =
            memory_format("(SELECT o.%s FROM %s o WHERE %s)", value.name, neighbour->name, belongs);
        try_value(h, &value);
        free(value.read);
    }
}

static void try_linked(const struct hunt *h)
{
    const struct moved_search *s = h->search;
    const char *oid = s->now->oid;
    PGresult *r = goes_on(h) ? connection_query(s->after, sql_row_neighbours, 1, &oid, h->e) : NULL;
    for (int i = 0; r && i < PQntuples(r) && goes_on(h); i++)
        try_neighbour(h, data_tables_of_name(s->all_now, PQgetvalue(r, i, 0)), PQgetvalue(r, i, 1));
    PQclear(r);
}

static const struct data_column *only_key(const struct data_table *t)
{
    const struct data_column *key = NULL;
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].key && key)
            return NULL;
        if (t->columns[i].key)
            key = &t->columns[i];
    }
    return key;
}

/* A new table that says nothing of its foreign key. */
static void try_new_tables(const struct hunt *h)
{
    const struct moved_search *s = h->search;
    const struct data_column *key = only_key(s->now);
    for (size_t i = 0; key && i < s->all_now->count && goes_on(h); i++) {
        const struct data_table *t = &s->all_now->items[i];
        for (size_t j = 0; moved_search_is_new(s, t) && j < t->column_count && goes_on(h); j++) {
            if (strcmp(t->columns[j].base, key->base) != 0)
                continue;
            char *belongs = memory_format("o.%s = t.%s", t->columns[j].name, key->name);
            try_neighbour(h, t, belongs);
            free(belongs);
        }
    }
}

bool moved_values_find(const struct moved_search *s, const struct data_column *column, bool *found,
                       struct error *e)
{
    struct hunt h = {.search = s, .column = column, .found = found, .e = e};
    *found = false;
    if (count_different(s->before, s->then, column, e) > 1) {
        try_same_row(&h);
        try_linked(&h);
        try_new_tables(&h);
    }
    return e->kind == ERROR_NONE;
}
