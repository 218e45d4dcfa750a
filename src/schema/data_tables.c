#include "schema/data_tables.h"

#include "base/memory.h"
#include "postgres/reading.h"
#include "schema/sql.h"

/* Fields of the answer to data_tables.sql. */
enum {
    TABLE_OID,
    TABLE_NAME,
    TABLE_PARTITIONED,
    TABLE_PARTITION,
    COLUMN_NUMBER,
    COLUMN_NAME,
    COLUMN_TYPE,
    COLUMN_BASE,
    COLUMN_CATEGORY,
    COLUMN_JSON,
    COLUMN_AS_TEXT,
    COLUMN_KEY,
    COLUMN_SHORT,
    COLUMN_GENERATED
};

static bool is_true(const PGresult *r, int row, int field)
{
    return PQgetvalue(r, row, field)[0] == 't';
}

static char *copy_field(const PGresult *r, int row, int field)
{
    return memory_copy_of(PQgetvalue(r, row, field));
}

static void add_column(struct data_table *t, const PGresult *r, int row)
{
    struct data_column *c = memory_append(&t->columns, &t->column_count, sizeof *c);
    *c = (struct data_column){.number = (int)strtol(PQgetvalue(r, row, COLUMN_NUMBER), NULL, 10),
                              .name = copy_field(r, row, COLUMN_NAME),
                              .type = copy_field(r, row, COLUMN_TYPE),
                              .base = copy_field(r, row, COLUMN_BASE),
                              .category = PQgetvalue(r, row, COLUMN_CATEGORY)[0],
                              .json = is_true(r, row, COLUMN_JSON),
                              .as_text = is_true(r, row, COLUMN_AS_TEXT),
                              .is_short = is_true(r, row, COLUMN_SHORT),
                              .is_generated = is_true(r, row, COLUMN_GENERATED),
                              .key = (int)strtol(PQgetvalue(r, row, COLUMN_KEY), NULL, 10)};
}

static void add_rows(struct data_tables *t, const PGresult *r)
{
    for (int i = 0; i < PQntuples(r); i++) {
        const char *oid = PQgetvalue(r, i, TABLE_OID);
        if (!t->count || strcmp(t->items[t->count - 1].oid, oid) != 0) {
            struct data_table *table = memory_append(&t->items, &t->count, sizeof *table);
            *table = (struct data_table){.oid = memory_copy_of(oid),
                                         .name = copy_field(r, i, TABLE_NAME),
                                         .partitioned = is_true(r, i, TABLE_PARTITIONED),
                                         .is_partition = is_true(r, i, TABLE_PARTITION)};
        }
        if (!PQgetisnull(r, i, COLUMN_NAME))
            add_column(&t->items[t->count - 1], r, i);
    }
}

static bool read_columns(struct connection *c, const char *names, struct data_tables *t,
                         struct error *e)
{
    PGresult *r = connection_query(c, sql_data_tables, 1, &names, e);
    if (r)
        add_rows(t, r);
    PQclear(r);
    return r != NULL;
}

bool data_tables_read(struct connection *c, const char *const *left_out, size_t left_out_count,
                      struct data_tables *t, struct error *e)
{
    *t = (struct data_tables){0};
    struct reading reading;
    char *names = connection_array(left_out, left_out_count);
    t->zone = connection_value(c, "SELECT current_setting('TimeZone')", 0, NULL, e);
    bool good = t->zone && reading_begin(&reading, c, e) &&
                reading_end(&reading, c, read_columns(c, names, t, e), e);
    free(names);
    if (!good)
        data_tables_release(t);
    return good;
}

uint64_t data_table_count(struct connection *c, const struct data_table *t, const char *what,
                          struct error *e)
{
    char *sql =
        memory_format("SELECT %s FROM %s%s t", what, t->partitioned ? "" : "ONLY ", t->name);
    char *value = connection_value(c, sql, 0, NULL, e);
    uint64_t count = value ? strtoull(value, NULL, 10) : 0;
    free(value);
    free(sql);
    return count;
}

const struct data_table *data_tables_of_name(const struct data_tables *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->items[i].name, name) == 0)
            return &t->items[i];
    return NULL;
}

const struct data_table *data_tables_of_oid(const struct data_tables *t, const char *oid)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->items[i].oid, oid) == 0)
            return &t->items[i];
    return NULL;
}

static const struct data_column *of_name(const struct data_table *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

static const struct data_column *of_number(const struct data_table *before,
                                           const struct data_column *column,
                                           const struct data_table *after)
{
    for (size_t i = 0; strcmp(before->oid, after->oid) == 0 && i < after->column_count; i++)
        if (after->columns[i].number == column->number)
            return &after->columns[i];
    return NULL;
}

const struct data_column *data_column_now(const struct data_table *before,
                                          const struct data_column *column,
                                          const struct data_table *after)
{
    const struct data_column *named = of_name(after, column->name);
    const struct data_column *numbered = of_number(before, column, after);
    if (before->by_number)
        return numbered ? numbered : named;
    return named ? named : numbered;
}

bool data_table_swaps_names(const struct data_table *before, const struct data_table *after)
{
    for (size_t i = 0; i < before->column_count; i++) {
        const struct data_column *named = of_name(after, before->columns[i].name);
        const struct data_column *numbered = of_number(before, &before->columns[i], after);
        if (named && numbered && named != numbered)
            return true;
    }
    return false;
}

static void release_column(struct data_column *c)
{
    free(c->name);
    free(c->type);
    free(c->base);
}

static void forget_generated(struct data_table *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].is_generated)
            release_column(&t->columns[i]);
        else
            t->columns[kept++] = t->columns[i];
    t->column_count = kept;
}

void data_tables_forget_generated(struct data_tables *t)
{
    for (size_t i = 0; i < t->count; i++)
        forget_generated(&t->items[i]);
}

static void release_table(struct data_table *t)
{
    for (size_t i = 0; i < t->column_count; i++)
        release_column(&t->columns[i]);
    free(t->columns);
    free(t->oid);
    free(t->name);
}

void data_tables_release(struct data_tables *t)
{
    for (size_t i = 0; i < t->count; i++)
        release_table(&t->items[i]);
    free(t->items);
    free(t->zone);
    *t = (struct data_tables){0};
}
