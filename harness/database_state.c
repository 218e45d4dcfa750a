#include "database_state.h"

#include "delta.h"
#include "memory.h"

static const size_t most_told = 5;

/* Partitions are read with their parent. */
static const char tables_query[] =
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
    "ORDER BY 1";

static bool take_tables(struct connection *c, struct database_state *s, struct error *e)
{
    PGresult *names = connection_query(c, tables_query, 0, NULL, e);
    if (!names)
        return false;
    bool good = true;
    for (int i = 0; i < PQntuples(names) && good; i++) {
        struct table_state *t = memory_append(&s->tables, &s->table_count, sizeof *s->tables);
        good = fingerprint_take(c, PQgetvalue(names, i, 0), NULL, 0, &t->rows, e);
    }
    PQclear(names);
    return good;
}

bool database_state_take(struct connection *c, struct database_state *s, struct error *e)
{
    *s = (struct database_state){0};
    return snapshot_take(c, &s->schema, e) && take_tables(c, s, e) &&
           row_versions_take(c, NULL, &s->versions, e);
}

/* Keeps to the columns whose values are the same in both. */
static bool settle_table(struct table_state *t, const struct fingerprint *other,
                         struct connection *c, struct error *e)
{
    if (fingerprint_equal(&t->rows, other))
        return true;
    const char **stable = memory_zeroed(t->rows.column_count, sizeof *stable);
    size_t count = 0;
    bool comparable = other->state == FINGERPRINT_TAKEN && t->rows.rows == other->rows &&
                      t->rows.column_count == other->column_count;
    for (size_t i = 0; comparable && i < t->rows.column_count; i++)
        if (t->rows.column_sums[i] == other->column_sums[i])
            stable[count++] = t->rows.columns[i];
    bool good = true;
    struct fingerprint again = {0};
    t->counted = count == 0;
    if (count && (good = fingerprint_take(c, t->rows.table, stable, count, &again, e))) {
        fingerprint_release(&t->rows);
        t->rows = again;
    }
    free(stable);
    return good;
}

bool database_state_settle(struct database_state *s, struct connection *c, struct error *e)
{
    bool good = true;
    for (size_t i = 0; i < s->table_count && good; i++) {
        struct fingerprint other = {0};
        good = fingerprint_take_again(c, &s->tables[i].rows, &other, e) &&
               settle_table(&s->tables[i], &other, c, e);
        fingerprint_release(&other);
    }
    return good;
}

struct told {
    struct text *text;
    size_t count;
};

static void tell(struct told *t, const char *difference)
{
    if (t->count++ < most_told)
        text_append_format(t->text, "%s%s", t->text->length ? "; " : "", difference);
}

static bool compare_schema(const struct database_state *s, struct connection *c, struct told *told,
                           struct error *e)
{
    struct snapshot now = {0};
    struct delta delta = {0};
    struct delta_differences differences = {0};
    if (!snapshot_take(c, &now, e))
        return false;
    if (!snapshot_equal(&s->schema, &now)) {
        delta_compute(&s->schema, &now, &delta);
        delta_compare(&delta, NULL, &differences);
        for (size_t i = 0; i < differences.count; i++)
            tell(told, differences.items[i].message);
    }
    delta_differences_release(&differences);
    delta_release(&delta);
    snapshot_release(&now);
    return true;
}

static bool compare_table(const struct table_state *t, struct connection *c, struct told *told,
                          struct error *e)
{
    struct fingerprint now = {0};
    struct fingerprint_difference difference = {0};
    if (!fingerprint_take_again(c, &t->rows, &now, e))
        return false;
    fingerprint_compare(&t->rows, &now, &difference);
    bool differs = t->counted && now.state == FINGERPRINT_TAKEN ? now.rows != t->rows.rows
                                                                : difference.differs;
    if (differs && now.state == FINGERPRINT_TAKEN) { /* else the schema has told it */
        char *message = fingerprint_difference_text(&t->rows, &now, &difference);
        tell(told, message);
        free(message);
    }
    fingerprint_difference_release(&difference);
    fingerprint_release(&now);
    return true;
}

/*
 * Whether every row version is the very same one: quicker than reading the rows, and enough
 * where nothing was written.
 */
static bool is_untouched(const struct database_state *s, struct connection *c, bool *untouched,
                         struct error *e)
{
    struct row_versions now = {0};
    if (!row_versions_take(c, &s->versions, &now, e))
        return false;
    size_t at = 0;
    *untouched = true;
    for (size_t i = 0; i < s->versions.count && *untouched; i++) {
        const struct row_version *v = &s->versions.items[i];
        while (at < now.count && strcmp(now.items[at].name, v->name) < 0)
            at++;
        *untouched = at < now.count && strcmp(now.items[at].name, v->name) == 0 &&
                     (v->is_sequence || (strcmp(v->file, now.items[at].file) == 0 &&
                                         strcmp(v->digest, now.items[at].digest) == 0));
    }
    row_versions_release(&now);
    return true;
}

bool database_state_compare(const struct database_state *s, struct connection *c,
                            struct text *differences, struct error *e)
{
    struct told told = {.text = differences};
    bool untouched = false;
    if (!compare_schema(s, c, &told, e) || !is_untouched(s, c, &untouched, e))
        return false;
    for (size_t i = 0; i < s->table_count && !untouched; i++)
        if (!compare_table(&s->tables[i], c, &told, e))
            return false;
    if (told.count > most_told)
        text_append_format(differences, "; and %zu more", told.count - most_told);
    return true;
}

bool database_state_equal(const struct database_state *a, const struct database_state *b)
{
    bool equal = snapshot_equal(&a->schema, &b->schema) && a->table_count == b->table_count;
    for (size_t i = 0; equal && i < a->table_count; i++)
        equal = fingerprint_equal(&a->tables[i].rows, &b->tables[i].rows);
    return equal;
}

void database_state_release(struct database_state *s)
{
    for (size_t i = 0; i < s->table_count; i++)
        fingerprint_release(&s->tables[i].rows);
    free(s->tables);
    snapshot_release(&s->schema);
    row_versions_release(&s->versions);
    *s = (struct database_state){0};
}
