#include "ground/shape_rows.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const double page = 8192;

/* "public.orders" of public."orders": as the catalogue has the names. It belongs to `rows`. */
static const char *plain_name(struct shape_rows *rows, const char *sql)
{
    struct text name = {0};
    bool quoted = false;
    for (const char *p = sql; *p; p++) {
        if (*p != '"')
            text_append_bytes(&name, p, 1);
        else if (quoted && p[1] == '"')
            text_append_bytes(&name, p++, 1);
        else
            quoted = !quoted;
    }
    char **kept = memory_append(&rows->names, &rows->name_count, sizeof *rows->names);
    return *kept = text_detach(&name);
}

static bool has_own_rows(const struct shape_table *t)
{
    return t->rows && *t->rows > 0 &&
           (!t->kind || strcmp(t->kind, "partitioned") == 0 || strcmp(t->kind, "unlogged") == 0);
}

static double number_of(const double *figure)
{
    return figure ? *figure : 0;
}

/* PostgreSQL manual, 53.28: less than 0, distinct is a share of the rows. */
static void add_hints(struct shape_rows *rows, const struct shape_table *t, const char *table,
                      double wanted)
{
    for (uint32_t i = 0; i < t->column_count; i++) {
        const struct shape_column *c = &t->columns[i];
        double distinct = number_of(c->distinct);
        if (!c->width)
            continue;
        struct generator_hint *hint = memory_append(&rows->hints, &rows->hint_count, sizeof *hint);
        *hint = (struct generator_hint){.table = table,
                                        .column = c->name,
                                        .nulls = number_of(c->nulls),
                                        .distinct = distinct < 0 ? -distinct * wanted : distinct,
                                        .width = *c->width};
    }
}

void shape_rows_make(struct shape_rows *rows, const struct shape *shape, double scale, double whole)
{
    *rows = (struct shape_rows){0};
    for (uint32_t i = 0; i < shape->table_count; i++) {
        const struct shape_table *t = &shape->tables[i];
        if (!has_own_rows(t))
            continue;
        double all = (double)*t->rows, wanted = all <= whole ? all : all * scale;
        if (wanted < 1)
            continue;
        const char *name = plain_name(rows, t->name);
        struct generator_wish *wish = memory_append(&rows->wishes, &rows->wish_count, sizeof *wish);
        *wish = (struct generator_wish){name, (uint64_t)wanted, true};
        add_hints(rows, t, name, wanted);
    }
}

double shape_rows_bytes(const struct shape *shape, double scale)
{
    double pages = 0;
    for (uint32_t i = 0; i < shape->table_count; i++) {
        const struct shape_table *t = &shape->tables[i];
        if (!has_own_rows(t))
            continue;
        pages +=
            (t->pages ? (double)*t->pages : 0) + (t->toast_pages ? (double)*t->toast_pages : 0);
        for (uint32_t j = 0; j < t->index_count; j++)
            pages += t->indexes[j].pages ? (double)*t->indexes[j].pages : 0;
    }
    return pages * page * scale;
}

void shape_rows_release(struct shape_rows *rows)
{
    for (size_t i = 0; i < rows->name_count; i++)
        free(rows->names[i]);
    free(rows->names);
    free(rows->wishes);
    free(rows->hints);
    *rows = (struct shape_rows){0};
}
