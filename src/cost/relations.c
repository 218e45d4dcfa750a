#include "cost/relations.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cost/sql.h"

const char relations_query[] = "relations";

static uint32_t number(const PGresult *rows, int row, int column)
{
    return (uint32_t)strtoul(PQgetvalue(rows, row, column), NULL, 10);
}

bool relations_prepare(struct connection *c, struct error *e)
{
    return connection_prepare(c, relations_query, sql_cost_relations, e);
}

static int compare_oids(const void *a, const void *b)
{
    const struct relation *x = a, *y = b;
    return (x->oid > y->oid) - (x->oid < y->oid);
}

/* Among the first `count`. */
static struct relation *find(const struct relations *r, size_t count, uint32_t oid)
{
    const struct relation wanted = {.oid = oid};
    return count ? bsearch(&wanted, r->items, count, sizeof *r->items, compare_oids) : NULL;
}

static void note_one(struct relations *r, size_t known, const PGresult *rows, int row,
                     enum relations_look look, relations_blame_fn *blame, void *context)
{
    uint32_t oid = number(rows, row, 0), file = number(rows, row, 3);
    int64_t size = PQgetisnull(rows, row, 4) ? -1 : strtoll(PQgetvalue(rows, row, 4), NULL, 10);
    struct relation *one = find(r, known, oid);
    if (!one) {
        one = memory_append(&r->items, &r->count, sizeof *r->items);
        *one = (struct relation){.oid = oid, .file = file, .before = -1, .after = -1};
        one->kind = *PQgetvalue(rows, row, 1);
        one->is_user = *PQgetvalue(rows, row, 5) == 't';
    }
    free(one->name);
    one->name = memory_copy_of(PQgetvalue(rows, row, 2));
    one->there = true;
    if (one->file != file) {
        one->file = file;
        one->rewritten = true;
        one->statement = blame ? blame(context, one) : 0;
    }
    if (look == LOOK_FIRST)
        one->before = size;
    else if (look == LOOK_LAST)
        one->after = size;
}

void relations_note(struct relations *r, const PGresult *rows, enum relations_look look,
                    relations_blame_fn *blame, void *context)
{
    size_t known = r->count;
    for (size_t i = 0; i < known; i++)
        r->items[i].there = false;
    for (int i = 0; i < PQntuples(rows); i++)
        note_one(r, known, rows, i, look, blame, context);
    if (r->count > known)
        qsort(r->items, r->count, sizeof *r->items, compare_oids);
}

static bool look_at_objects(struct relations *r, struct connection *c, struct error *e)
{
    PGresult *rows = connection_query(c, sql_cost_objects, 0, NULL, e);
    for (int i = 0; rows && i < PQntuples(rows); i++) {
        struct named_object *o = memory_append(&r->objects, &r->object_count, sizeof *r->objects);
        *o = (struct named_object){number(rows, i, 0), number(rows, i, 1),
                                   memory_copy_of(PQgetvalue(rows, i, 2))};
    }
    PQclear(rows);
    return rows != NULL;
}

bool relations_look(struct relations *r, struct connection *c, enum relations_look look,
                    relations_blame_fn *blame, void *context, struct error *e)
{
    const char *const with_sizes[] = {look == LOOK_BETWEEN ? "f" : "t"};
    if (!connection_ask(c, relations_query, 1, with_sizes, e))
        return false;
    PGresult *rows = connection_answer(c, e);
    if (rows)
        relations_note(r, rows, look, blame, context);
    PQclear(rows);
    return rows && (look == LOOK_BETWEEN || look_at_objects(r, c, e));
}

const struct relation *relations_find(const struct relations *r, uint32_t oid)
{
    return find(r, r->count, oid);
}

static const char *kind_name(char kind)
{
    switch (kind) {
    case 'r':
    case 'p':
        return "table";
    case 'i':
    case 'I':
        return "index";
    case 'S':
        return "sequence";
    case 't':
        return "TOAST table";
    case 'v':
        return "view";
    case 'm':
        return "materialized view";
    case 'c':
        return "composite type";
    case 'f':
        return "foreign table";
    default:
        return "relation";
    }
}

char *relations_describe(const struct relations *r, uint32_t oid)
{
    const struct relation *one = relations_find(r, oid);
    return one ? memory_format("%s %s", kind_name(one->kind), one->name)
               : memory_copy_of("relation, since dropped");
}

/* As it was called at first: by that name it is known to who reads the migration. */
char *relations_describe_object(const struct relations *r, uint32_t class, uint32_t oid)
{
    for (size_t i = 0; i < r->object_count; i++)
        if (r->objects[i].class == class && r->objects[i].oid == oid && *r->objects[i].name)
            return memory_copy_of(r->objects[i].name);
    const struct relation *catalog = relations_find(r, class);
    return memory_format("object in %s, since dropped", catalog ? catalog->name : "a catalog");
}

void relations_release(struct relations *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->items[i].name);
    for (size_t i = 0; i < r->object_count; i++)
        free(r->objects[i].name);
    free(r->items);
    free(r->objects);
    *r = (struct relations){0};
}
