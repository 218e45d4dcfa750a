#include "migrate/version_table.h"

#include "base/memory.h"
#include "base/text.h"
#include "migrate/template.h"

/* $1 is the schema, null where the search_path decides; $2 the table. */
static const char find_table[] =
    "SELECT c.oid IS NOT NULL,"
    "       quote_ident(coalesce(n.nspname, $1, current_schema())) || '.' || quote_ident($2)"
    "  FROM (SELECT to_regclass(coalesce(quote_ident($1) || '.', '') || quote_ident($2)) AS oid) t"
    "  LEFT JOIN pg_class c ON c.oid = t.oid"
    "  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace";

static PGresult *query(const struct version_table *t, struct connection *c, const char *source,
                       const struct template_value *values, size_t count, struct error *e)
{
    struct template_query q;
    PGresult *result = NULL;
    if (template_fill(&q, source, t->name, values, count, e))
        result = connection_query(c, q.sql, q.count, q.values, e);
    template_release(&q);
    return result;
}

static bool read_rows(struct version_table *t, struct connection *c, struct error *e)
{
    PGresult *result = query(t, c, t->rules->applied, NULL, 0, e);
    if (!result)
        return error_prefix(e, "cannot read %s", t->name);
    for (int i = 0; i < PQntuples(result); i++) {
        struct version_row *row = memory_append(&t->rows, &t->row_count, sizeof *t->rows);
        row->key = memory_copy_of(PQgetvalue(result, i, 0));
        if (PQnfields(result) > 1 && !PQgetisnull(result, i, 1))
            row->checksum = memory_copy_of(PQgetvalue(result, i, 1));
    }
    PQclear(result);
    return true;
}

bool version_table_read(struct version_table *t, const struct layout_table *rules,
                        struct connection *c, struct error *e)
{
    *t = (struct version_table){.rules = rules};
    const char *const values[] = {rules->schema, rules->name};
    PGresult *result = connection_query(c, find_table, 2, values, e);
    if (!result)
        return false;
    t->exists = PQgetvalue(result, 0, 0)[0] == 't';
    if (!PQgetisnull(result, 0, 1))
        t->name = memory_copy_of(PQgetvalue(result, 0, 1));
    PQclear(result);
    if (!t->name)
        return error_set(e, ERROR_UNAVAILABLE, "no schema of the search_path can hold %s",
                         rules->name);
    return !t->exists || read_rows(t, c, e);
}

void version_table_release(struct version_table *t)
{
    for (size_t i = 0; i < t->row_count; i++) {
        free(t->rows[i].key);
        free(t->rows[i].checksum);
    }
    free(t->rows);
    free(t->name);
    *t = (struct version_table){0};
}

static bool refuse_several(const struct version_table *t, struct error *e)
{
    struct text rows = {0};
    for (size_t i = 0; i < t->row_count; i++)
        text_append_format(&rows, "%s%s", i ? ", " : "", t->rows[i].key);
    error_set(e, ERROR_USAGE,
              "%s lists %zu revisions (%s), but a chain has one: find out which one the database "
              "is at, then run 'pgrehearse-migrate stamp REVISION'",
              t->name, t->row_count, text_string(&rows));
    text_release(&rows);
    return false;
}

static bool refuse_unknown(const struct version_row *row, struct error *e)
{
    return error_set(e, ERROR_USAGE,
                     "the database is at revision %s, which is not in this folder: give the right "
                     "folder with --migrations or, if you are certain of the database's state, run "
                     "'pgrehearse-migrate stamp REVISION'",
                     row->key);
}

static size_t find_key(const struct chain *c, const char *key)
{
    for (size_t i = 0; i < c->count; i++)
        if (version_compare(c->versions, c->revisions[i].key, key) == 0)
            return i;
    return c->count;
}

static bool check_checksum(const struct revision *r, const struct version_row *row, struct error *e)
{
    const char *now = r->up.checksum;
    return !now || !row->checksum || strcmp(now, row->checksum) == 0 ||
           error_set(e, ERROR_USAGE,
                     "%s has changed since revision %s was applied (its checksum was %s and is now "
                     "%s): restore the file, or run 'pgrehearse-migrate stamp REVISION' if the "
                     "database is as it should be",
                     r->path, r->id, row->checksum, now);
}

static bool check_missing(const struct chain *c, const bool *applied, struct error *e)
{
    const struct revision *missing = NULL;
    for (size_t i = 0; i < c->count; i++) {
        if (applied[i] && missing)
            return error_set(e, ERROR_USAGE,
                             "revision %s (%s) was never applied, though %s after it was: give it "
                             "a later version, or stamp the database if it is as it should be",
                             missing->id, missing->path, c->revisions[i].id);
        if (!applied[i] && !missing)
            missing = &c->revisions[i];
    }
    return true;
}

static bool match_row(const struct version_table *t, const struct chain *c,
                      const struct version_row *row, bool *applied, struct error *e)
{
    size_t found = find_key(c, row->key);
    if (found == c->count)
        return t->rules->ignore_unknown || refuse_unknown(row, e);
    size_t first = t->rules->holds == HOLDS_NEWEST ? 0 : found;
    for (size_t i = first; i <= found; i++)
        applied[i] = true;
    return check_checksum(&c->revisions[found], row, e);
}

bool version_table_match(const struct version_table *t, const struct chain *c, bool *applied,
                         struct error *e)
{
    if (t->rules->holds == HOLDS_NEWEST && t->row_count > 1)
        return refuse_several(t, e);
    for (size_t i = 0; i < t->row_count; i++)
        if (!match_row(t, c, &t->rows[i], applied, e))
            return false;
    return t->rules->ignore_missing || check_missing(c, applied, e);
}

bool version_table_check(const struct version_table *t, struct connection *c, struct error *e)
{
    if (!t->rules->blocked || !t->exists)
        return true;
    PGresult *result = query(t, c, t->rules->blocked, NULL, 0, e);
    if (!result)
        return error_prefix(e, "cannot read %s", t->name);
    if (PQntuples(result) > 0)
        error_set(e, ERROR_USAGE,
                  "%s: repair the database, then run 'pgrehearse-migrate stamp REVISION'",
                  PQgetvalue(result, 0, 0));
    bool good = PQntuples(result) == 0;
    PQclear(result);
    return good;
}

/* Runs the templates and adds up the rows that they change; -1 on failure. */
static long run_templates(const struct version_table *t, struct connection *c, char **templates,
                          unsigned count, const struct template_value *values, size_t value_count,
                          struct error *e)
{
    long changed = 0;
    for (unsigned i = 0; i < count; i++) {
        PGresult *result = query(t, c, templates[i], values, value_count, e);
        if (!result)
            return -1;
        changed += strtol(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    return changed;
}

bool version_table_create(const struct version_table *t, struct connection *c, struct error *e)
{
    return t->exists ||
           run_templates(t, c, t->rules->create, t->rules->create_count, NULL, 0, e) >= 0 ||
           error_prefix(e, "cannot make %s", t->name);
}

struct templates {
    char **templates;
    unsigned count;
};

static struct templates up_templates(const struct layout_table *r, const struct version_move *move)
{
    if (!move->from && r->first_count)
        return (struct templates){r->first, r->first_count};
    return (struct templates){r->up, r->up_count};
}

static struct templates down_templates(const struct layout_table *r,
                                       const struct version_move *move)
{
    if (!move->to && r->last_count)
        return (struct templates){r->last, r->last_count};
    return (struct templates){r->down, r->down_count};
}

static struct templates templates_of(const struct layout_table *r, enum version_event event,
                                     const struct version_move *move)
{
    switch (event) {
    case EVENT_BEFORE:
        return (struct templates){r->before, r->before_count};
    case EVENT_UP:
        return up_templates(r, move);
    case EVENT_DOWN:
        return down_templates(r, move);
    case EVENT_AFTER:
        return (struct templates){r->after, r->after_count};
    case EVENT_FAILED:
        return (struct templates){r->failed, r->failed_count};
    case EVENT_CLEAR:
        return (struct templates){r->clear, r->clear_count};
    default:
        return r->stamp_count ? (struct templates){r->stamp, r->stamp_count}
                              : up_templates(r, move);
    }
}

static bool asks_for(const struct templates *t, const char *place)
{
    for (unsigned i = 0; i < t->count; i++)
        if (strstr(t->templates[i], place))
            return true;
    return false;
}

/* The part's statements as a value of type text[]; to be freed. */
static char *statements_of(const struct migration_part *part)
{
    const char **statements = memory_zeroed(part->step_count + 1, sizeof *statements);
    for (size_t i = 0; i < part->step_count; i++)
        statements[i] = part->steps[i].sql;
    char *array = connection_array(statements, part->step_count);
    free(statements);
    return array;
}

static bool check_changes(const struct version_table *t, enum version_event event, long changed,
                          const char *from, struct error *e)
{
    bool counted = t->rules->changes > 0 && (event == EVENT_UP || event == EVENT_DOWN);
    return !counted || changed == (long)t->rules->changes ||
           error_set(e, ERROR_USAGE,
                     "%s was changed during the migration: %ld rows could be moved from %s, where "
                     "%u was expected",
                     t->name, changed, from ? from : "base", t->rules->changes);
}

static long write_move(const struct version_table *t, struct connection *c,
                       const struct templates *templates, const struct version_move *move,
                       struct error *e)
{
    static const struct revision nothing = {0};
    static const struct migration_part no_part = {0};
    const struct revision *r = move->revision ? move->revision : &nothing;
    const struct migration_part *part = move->part ? move->part : &no_part;
    char *statements = asks_for(templates, "{statements}") ? statements_of(part) : NULL;
    char *milliseconds = memory_format("%.0f", move->seconds * 1e3);
    char *nanoseconds = memory_format("%.0f", move->seconds * 1e9);
    const struct template_value values[] = {
        {"version", move->repeatable ? NULL : r->key},
        {"id", r->id},
        {"name", r->message},
        {"script", part->script ? part->script : r->up.script},
        {"checksum", part->checksum ? part->checksum : r->up.checksum},
        {"from", move->from},
        {"to", move->to},
        {"milliseconds", milliseconds},
        {"nanoseconds", nanoseconds},
        {"statements", statements},
        {"message", move->message},
    };
    long changed = run_templates(t, c, templates->templates, templates->count, values,
                                 sizeof values / sizeof *values, e);
    free(statements);
    free(milliseconds);
    free(nanoseconds);
    return changed;
}

bool version_table_write(const struct version_table *t, struct connection *c,
                         enum version_event event, const struct version_move *move, struct error *e)
{
    struct templates templates = templates_of(t->rules, event, move);
    if (!version_table_create(t, c, e))
        return false;
    long changed = write_move(t, c, &templates, move, e);
    if (changed < 0)
        return error_prefix(e, "cannot write the revision to %s", t->name);
    return check_changes(t, event, changed, move->from, e);
}

bool version_table_wants(const struct version_table *t, struct connection *c,
                         const struct revision *repeatable, bool *wanted, struct error *e)
{
    *wanted = true;
    if (!t->rules->repeatable || !t->exists)
        return true;
    const struct template_value values[] = {{"name", repeatable->message}};
    PGresult *result = query(t, c, t->rules->repeatable, values, 1, e);
    if (!result)
        return error_prefix(e, "cannot read %s", t->name);
    if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0) && repeatable->up.checksum)
        *wanted = strcmp(PQgetvalue(result, 0, 0), repeatable->up.checksum) != 0;
    PQclear(result);
    return true;
}
