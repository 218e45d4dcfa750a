/* The proof of a copy: the same schema and the same rows as its source. */
#include "production/sources/source_compare.h"

#include <stdlib.h>

#include "base/memory.h"
#include "production/sources/source_states.h"
#include "production/sql.h"

/* Fields of the answer to source_tables.sql. */
enum { TABLE_OID, TABLE_NAME, TABLE_PARTS, TABLE_FOREIGN };

enum { MOST_TOLD = 3 }; /* differences in a message */

/* Whether the rows of all its parts are in the dump. */
static bool is_dumped(const char *dumped, const char *parts)
{
    for (const char *p = parts; *p;) {
        int length = (int)strcspn(p, " ");
        char *oid = memory_format(" %.*s ", length, p);
        bool there = strstr(dumped, oid) != NULL;
        free(oid);
        if (!there)
            return false;
        p += length + (p[length] == ' ');
    }
    return true;
}

static bool read_rows(struct source_table *t, struct connection *c, struct error *e)
{
    struct fingerprint f;
    if (!fingerprint_take_sums(c, t->name, &f, e))
        return false;
    t->rows = f.rows;
    fingerprint_digest(&f, t->digest);
    fingerprint_release(&f);
    return true;
}

bool source_read_tables(struct source_making *m, struct connection *c, const char *dumped,
                        struct error *e)
{
    struct source_facts *facts = &m->source->facts;
    PGresult *r = connection_query(c, sql_source_tables, 0, NULL, e);
    bool good = r != NULL;
    for (int i = 0; good && i < PQntuples(r); i++) {
        struct source_table *t =
            memory_append(&facts->tables, &facts->table_count, sizeof *facts->tables);
        t->name = memory_copy_of(PQgetvalue(r, i, TABLE_NAME));
        bool foreign = strcmp(PQgetvalue(r, i, TABLE_FOREIGN), "t") == 0;
        if (foreign)
            source_note(m, "the rows of %s are not compared: some are in a foreign table", t->name);
        else if (dumped && !is_dumped(dumped, PQgetvalue(r, i, TABLE_PARTS)))
            source_note(m, "rows of %s stay behind", t->name);
        else
            good = read_rows(t, c, e);
    }
    PQclear(r);
    return good;
}

/* What of the schema stays behind or is another one in this copy. */
static unsigned left_behind(const struct source_making *m)
{
    unsigned all = COPY_MAPPING_OPTIONS | COPY_EXTENSIONS | COPY_TABLESPACES;
    if (m->mappings)
        all |= COPY_MAPPINGS;
    if (m->no_owner || m->owners_blurred)
        all |= COPY_OWNERS;
    if (m->no_privileges || m->owners_blurred)
        all |= COPY_GRANTS;
    return all;
}

static void tell(struct text *told, size_t *differences, const char *how, const char *line)
{
    if ((*differences)++ < MOST_TOLD)
        text_append_format(told, "%s%s %.200s", told->length ? "; " : "", how, line);
}

/* Returns how many lines differ. */
static size_t differ(const struct source_making *m, const struct snapshot *copy, struct text *told)
{
    struct snapshot before, after;
    size_t differences = 0;
    copied_schema(&m->source->schema, left_behind(m), NULL, &before);
    copied_schema(copy, left_behind(m), m->renamed, &after);
    for (size_t i = 0, j = 0; i < before.count || j < after.count;) {
        int order = i == before.count  ? 1
                    : j == after.count ? -1
                                       : strcmp(before.lines[i], after.lines[j]);
        if (order < 0)
            tell(told, &differences, "missing", before.lines[i]);
        else if (order > 0)
            tell(told, &differences, "too much", after.lines[j]);
        i += order <= 0;
        j += order >= 0;
    }
    if (differences > MOST_TOLD)
        text_append_format(told, "; and %zu more", differences - MOST_TOLD);
    snapshot_release(&before);
    snapshot_release(&after);
    return differences;
}

/*
 * Another major version may word the same definition in another way; what the source's rows violate
 * cannot be made over them.
 */
static bool judge_schema(struct source_making *m, const struct snapshot *copy, struct error *e)
{
    struct text told = {0};
    bool same = differ(m, copy, &told) == 0, tolerated = m->source->violations.count > 0;
    bool same_version =
        strtol(m->source->facts.server_version, NULL, 10) == m->server->version / 10000;
    if (!same && !same_version)
        source_note(m, "PostgreSQL %d words the schema differently from %s: %s",
                    m->server->version / 10000, m->source->facts.server_version,
                    text_string(&told));
    else if (!same && tolerated)
        source_note(m, "the copy cannot match its source completely: %s", text_string(&told));
    else if (!same)
        error_set(e, ERROR_UNAVAILABLE, "the schema of the copy differs from its source's: %s",
                  text_string(&told));
    text_release(&told);
    return same || !same_version || tolerated;
}

static void note_versions(struct source_making *m, struct error *e)
{
    const struct source_facts *f = &m->source->facts;
    for (size_t i = 0; i < f->circumstance_count; i++) {
        const char *name = f->circumstances[i].name;
        if (strncmp(name, "extension.", 10) != 0)
            continue;
        const char *const values[] = {name + 10};
        char *version = connection_value(
            &m->copy,
            "SELECT coalesce((SELECT extversion FROM pg_extension WHERE extname = $1), '')", 1,
            values, e);
        if (version && strcmp(version, f->circumstances[i].value) != 0)
            source_note(m, "extension %s is %s in the copy and %s in its source", name + 10,
                        *version ? version : "missing", f->circumstances[i].value);
        free(version);
    }
}

static void note_tablespaces(struct source_making *m)
{
    const struct snapshot *s = &m->source->schema;
    struct snapshot without;
    size_t other = 0;
    copied_schema(s, COPY_TABLESPACES, NULL, &without);
    for (size_t i = 0; i < s->count; i++)
        other += strlen(s->lines[i]) != strlen(without.lines[i]);
    if (other)
        source_note(m, "tablespaces stay behind: %zu table%s and indexes lie where the copy does",
                    other, other == 1 ? "" : "s");
    snapshot_release(&without);
}

static bool compare_schema(struct source_making *m, struct error *e)
{
    struct source *s = m->source;
    struct snapshot copy;
    if (!snapshot_take(&m->copy, &copy, e))
        return false;
    bool good = judge_schema(m, &copy, e);
    note_versions(m, e);
    note_tablespaces(m);
    s->facts.terms = (struct copy_terms){.without = COPY_MAPPING_OPTIONS};
    snapshot_release(&copy);
    return good && e->kind == ERROR_NONE;
}

/* Of a dump there is nothing but its copy: a database is to be read as that is. */
static bool keep_schema(struct source_making *m, struct error *e)
{
    struct source *s = m->source;
    char *owner = connection_value(&m->copy,
                                   "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname "
                                   "= current_database()",
                                   0, NULL, e);
    s->facts.terms = (struct copy_terms){left_behind(m), owner};
    return owner && snapshot_take(&m->copy, &s->schema, e);
}

static bool compare_rows(struct source_making *m, struct error *e)
{
    const struct source_facts *f = &m->source->facts;
    for (size_t i = 0; i < f->table_count; i++) {
        struct source_table copy = {.name = f->tables[i].name};
        if (!*f->tables[i].digest)
            continue;
        if (!read_rows(&copy, &m->copy, e))
            return false;
        if (strcmp(copy.digest, f->tables[i].digest) != 0)
            return error_set(
                e, ERROR_UNAVAILABLE,
                "the rows of %s in the copy differ from its source's (%llu, and %llu there)",
                copy.name, (unsigned long long)copy.rows, (unsigned long long)f->tables[i].rows);
    }
    return true;
}

bool source_compare(struct source_making *m, struct error *e)
{
    if (m->source->facts.is_dump)
        return keep_schema(m, e) && source_read_tables(m, &m->copy, NULL, e);
    return compare_schema(m, e) && compare_rows(m, e) && source_states_compare(m, e);
}
