#include "production/shapes/shape_statements.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "production/shapes/json_lines.h"
#include "production/shapes/statement_text.h"

struct counted {
    char *sql;
    double calls, ms; /* how often, and in all how long */
};

struct counted_list {
    struct counted *items;
    size_t count, literal;
};

/* NULL, without an error, where it cannot be asked: then the notes say why. */
static PGresult *ask(struct connection *c, struct text *notes, struct error *e)
{
    char *schema =
        connection_value(c,
                         "SELECT coalesce((SELECT quote_ident(nspname) FROM pg_extension x JOIN "
                         "pg_namespace n ON n.oid = x.extnamespace WHERE extname = "
                         "'pg_stat_statements'), '')",
                         0, NULL, e);
    if (!schema)
        return NULL;
    struct error denied = {0};
    PGresult *rows = NULL;
    char *query = memory_format(
        "SELECT query, sum(calls), sum(total_exec_time) FROM %s.pg_stat_statements WHERE toplevel "
        "AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query IS "
        "NOT NULL AND query NOT LIKE '<%%' GROUP BY query",
        schema);
    if (!*schema)
        text_append(notes, "no statements: the database lacks the extension pg_stat_statements\n");
    else if (connection_run(c, "SAVEPOINT statements", e)) {
        rows = connection_query(c, query, 0, NULL, &denied);
        if (!rows && denied.kind == ERROR_INTERRUPTED)
            error_take(e, &denied);
        else if (!rows && connection_run(c, "ROLLBACK TO SAVEPOINT statements", e))
            text_append_format(notes, "no statements: %s\n", denied.message);
    }
    free(query);
    free(schema);
    return rows;
}

static void keep_fit(struct counted_list *list, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        struct text clean = {0};
        enum statement_kind kind = statement_text_clean(PQgetvalue(rows, i, 0), &clean);
        list->literal += kind == STATEMENT_LITERAL;
        if (kind == STATEMENT_FIT) {
            struct counted *s = memory_append(&list->items, &list->count, sizeof *s);
            *s = (struct counted){text_detach(&clean), strtod(PQgetvalue(rows, i, 1), NULL),
                                  strtod(PQgetvalue(rows, i, 2), NULL)};
        }
        text_release(&clean);
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct counted *)a)->sql, ((const struct counted *)b)->sql);
}

/* Statements that differ only in their comments are one. */
static void merge(struct counted_list *list)
{
    size_t kept = 0;
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare);
    for (size_t i = 0; i < list->count; i++) {
        struct counted *s = &list->items[i], *last = kept ? &list->items[kept - 1] : NULL;
        if (last && strcmp(last->sql, s->sql) == 0) {
            last->calls += s->calls;
            last->ms += s->ms;
            free(s->sql);
        } else {
            list->items[kept++] = *s;
        }
    }
    list->count = kept;
}

static void write(const struct counted_list *list, struct text *json)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct counted *s = &list->items[i];
        text_append(json, i ? ",\n    {\"sql\": " : "\n    {\"sql\": ");
        json_append_string(json, s->sql);
        text_append_format(json, ", \"calls\": %.0f, \"mean_ms\": %.3g}", s->calls,
                           s->calls > 0 ? s->ms / s->calls : 0);
    }
    text_append(json, list->count ? "\n  " : "");
}

bool shape_statements_add(struct connection *c, struct text *json, struct text *notes,
                          struct error *e)
{
    struct counted_list list = {0};
    PGresult *rows = ask(c, notes, e);
    if (rows)
        keep_fit(&list, rows);
    merge(&list);
    write(&list, json);
    if (list.literal)
        text_append_format(notes, "left out %zu statement%s in which a literal is left\n",
                           list.literal, list.literal == 1 ? "" : "s");
    for (size_t i = 0; i < list.count; i++)
        free(list.items[i].sql);
    free(list.items);
    PQclear(rows);
    return e->kind == ERROR_NONE;
}
