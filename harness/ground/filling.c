#include "ground/filling.h"

#include <string.h>

#include "base/memory.h"
#include "ground/shape_rows.h"
#include "ground/tables.h"

static bool generate(const struct ground *g, const struct filling_request *request,
                     struct connection *c, struct generator_counts *counts, struct error *e)
{
    const struct suite_migrator *m = g->migrator.definition;
    struct shape_rows shaped = {0};
    if (g->shape && g->scale > 0)
        shape_rows_make(&shaped, g->shape, g->scale, 0);
    const struct generator_fill fill = {.seed = g->seed,
                                        .rows = request->rows,
                                        .wishes = shaped.wishes,
                                        .wish_count = shaped.wish_count,
                                        .hints = shaped.hints,
                                        .hint_count = shaped.hint_count,
                                        .excluded = (const char *const *)m->tables,
                                        .excluded_count = m->table_count};
    bool good = generator_fill_all(c, &fill, counts, e);
    shape_rows_release(&shaped);
    return good;
}

/* Why the generator left the table empty; "" if it said nothing. */
static const char *reason_for(const struct generator_counts *counts, const char *table)
{
    const char *name = strrchr(table, '.') ? strrchr(table, '.') + 1 : table;
    for (size_t i = 0; i < counts->count; i++)
        if ((strcmp(counts->tables[i].table, table) == 0 ||
             strcmp(counts->tables[i].table, name) == 0) &&
            counts->tables[i].reason)
            return counts->tables[i].reason;
    return "";
}

static bool count_rows(struct connection *c, const char *table, uint64_t *rows, struct error *e)
{
    char *query = memory_format("SELECT count(*) FROM %s", table);
    char *count = connection_value(c, query, 0, NULL, e);
    *rows = count ? strtoull(count, NULL, 10) : 0;
    free(count);
    free(query);
    return e->kind == ERROR_NONE;
}

static bool take_stock(const struct ground *g, struct connection *c,
                       const struct generator_counts *counts, struct filling *f)
{
    struct table_list tables;
    bool good = ground_list_tables(g, c, &tables, &f->error);
    f->tables = tables.count;
    for (size_t i = 0; good && i < tables.count; i++) {
        uint64_t rows;
        good = count_rows(c, tables.names[i], &rows, &f->error);
        f->rows += rows;
        if (good && rows == 0) {
            struct unfilled *u = memory_append(&f->empty, &f->empty_count, sizeof *f->empty);
            u->table = memory_copy_of(tables.names[i]);
            u->reason = memory_copy_of(reason_for(counts, tables.names[i]));
        }
    }
    table_list_release(&tables);
    return good;
}

static bool is_known_empty(const struct filling *f, const char *table)
{
    for (size_t i = 0; i < f->empty_count; i++)
        if (strcmp(f->empty[i].table, table) == 0)
            return true;
    return false;
}

bool filling_recount(const struct ground *g, struct connection *c, struct filling *f,
                     const char *reason)
{
    struct table_list tables;
    bool good = ground_list_tables(g, c, &tables, &f->error);
    f->rows = 0;
    for (size_t i = 0; good && i < tables.count; i++) {
        uint64_t rows;
        good = count_rows(c, tables.names[i], &rows, &f->error);
        f->rows += rows;
        if (good && rows == 0 && !is_known_empty(f, tables.names[i])) {
            struct unfilled *u = memory_append(&f->empty, &f->empty_count, sizeof *f->empty);
            u->table = memory_copy_of(tables.names[i]);
            u->reason = memory_copy_of(reason);
        }
    }
    table_list_release(&tables);
    return good;
}

void filling_make(const struct ground *g, const struct filling_request *request, struct filling *f)
{
    struct clone clone = {0};
    struct connection c = {0};
    struct generator_counts counts = {0};
    *f = (struct filling){0};
    bool good = ground_clone(g, &g->server->lease, request->purpose, request->template, &clone,
                             &f->error) &&
                connection_open(&c, clone.url, g->cancel, &f->error) &&
                (!request->generate || generate(g, request, &c, &counts, &f->error));
    if (good)
        take_stock(g, &c, &counts, f);
    connection_close(&c);
    f->database = memory_copy_of(clone.database);
    generator_counts_release(&counts);
    clone_release(&clone);
}

void filling_release(struct filling *f)
{
    free(f->replaced);
    for (size_t i = 0; i < f->empty_count; i++) {
        free(f->empty[i].table);
        free(f->empty[i].reason);
    }
    free(f->empty);
    free(f->database);
    *f = (struct filling){0};
}
