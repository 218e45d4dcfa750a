/* The proof of a copy: the same schema and the same rows as its source. */
#include "production/sources/source_compare.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"
#include "production/sources/source_states.h"
#include "production/sql.h"
#include "schema/fact.h"

/* Fields of the answer to source_tables.sql. */
enum { TABLE_OID, TABLE_NAME, TABLE_PARTS, TABLE_FOREIGN };

enum { MOST_TOLD = 3 }; /* differences in a message */

void source_note_schema(struct source_facts *facts, const struct snapshot *s)
{
    struct text lines = {0};
    for (size_t i = 0; i < s->count; i++)
        text_append_format(&lines, "%s\n", s->lines[i]);
    digest_bytes(text_string(&lines), lines.length, facts->schema_digest);
    text_release(&lines);
}

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

/* Whether the line tells of what a copy does not take over as it is. */
static bool is_left_out(const struct source_making *m, const char *line)
{
    struct fact f;
    if (!fact_parse(&f, line))
        return false;
    bool owner = fact_has_kind(&f, "owner");
    bool privilege = fact_has_kind(&f, "grant") || fact_has_kind(&f, "revoke") ||
                     fact_has_kind(&f, "default-grant") || fact_has_kind(&f, "default-revoke");
    /* an extension is made anew, by whoever restores, in the version that is there */
    bool extension =
        fact_has_kind(&f, "extension") || (owner && strncmp(f.attributes, "extension ", 10) == 0);
    return extension || (owner && (m->no_owner || m->owners_blurred)) ||
           (privilege && (m->no_privileges || m->owners_blurred)) ||
           (fact_has_kind(&f, "user-mapping") && m->mappings);
}

/* The line without its tablespace, since all of a copy lies in one; the caller frees it. */
static char *without_tablespace(const char *line)
{
    static const char word[] = " tablespace=";
    const char *place = strstr(line, word);
    bool there = place && (strncmp(line, "table ", 6) == 0 || strncmp(line, "index ", 6) == 0 ||
                           strncmp(line, "materialized-view ", 18) == 0);
    if (!there)
        return memory_copy_of(line);
    const char *end = place + strlen(word);
    end += strcspn(end, " ");
    return memory_format("%.*s%s", (int)(place - line), line, end);
}

/*
 * The line with the name of the source's owner as @owner, where a copy keeps the name: REASSIGN
 * OWNED leaves default privileges as they are. Takes over `line`.
 */
static char *with_owner(const struct source_making *m, char *line)
{
    bool keeps = strncmp(line, "default-", 8) == 0;
    if (!keeps || !m->reassigned)
        return line;
    struct text t = {0};
    size_t length = strlen(m->reassigned);
    const char *from = line;
    for (const char *p = line; *p;) {
        bool here = strncmp(p, m->reassigned, length) == 0 && p > line && strchr(" =,", p[-1]) &&
                    (!p[length] || strchr(" ,", p[length]));
        if (here) {
            text_append_bytes(&t, from, (size_t)(p - from));
            text_append(&t, "@owner");
            from = p + length;
        }
        p += here ? length : 1;
    }
    text_append(&t, from);
    free(line);
    return text_detach(&t);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What of a snapshot is compared. */
static char **compared(const struct source_making *m, const struct snapshot *s, size_t *count)
{
    char **lines = NULL;
    *count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!is_left_out(m, s->lines[i]))
            *(char **)memory_append(&lines, count, sizeof *lines) =
                with_owner(m, without_tablespace(s->lines[i]));
    if (*count > 1)
        qsort(lines, *count, sizeof *lines, by_bytes);
    return lines;
}

static void tell(struct text *told, size_t *differences, const char *how, const char *line)
{
    if ((*differences)++ < MOST_TOLD)
        text_append_format(told, "%s%s %.200s", told->length ? "; " : "", how, line);
}

static void free_lines(char **lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    free(lines);
}

/* Both lists are sorted. Returns how many lines differ. */
static size_t differ(const struct source_making *m, const struct snapshot *copy, struct text *told)
{
    size_t had, has, differences = 0;
    char **before = compared(m, &m->schema, &had), **after = compared(m, copy, &has);
    for (size_t i = 0, j = 0; i < had || j < has;) {
        int order = i == had ? 1 : j == has ? -1 : strcmp(before[i], after[j]);
        if (order < 0)
            tell(told, &differences, "missing", before[i]);
        else if (order > 0)
            tell(told, &differences, "too much", after[j]);
        i += order <= 0;
        j += order >= 0;
    }
    if (differences > MOST_TOLD)
        text_append_format(told, "; and %zu more", differences - MOST_TOLD);
    free_lines(before, had);
    free_lines(after, has);
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
        source_note(m, "the schema is worded otherwise by PostgreSQL %d than by %s: %s",
                    m->server->version / 10000, m->source->facts.server_version,
                    text_string(&told));
    else if (!same && tolerated)
        source_note(m, "the copy cannot be wholly as its source: %s", text_string(&told));
    else if (!same)
        error_set(e, ERROR_UNAVAILABLE, "the schema of the copy is not that of its source: %s",
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

static bool compare_schema(struct source_making *m, struct error *e)
{
    struct snapshot copy;
    if (!snapshot_take(&m->copy, &copy, e))
        return false;
    bool good = true;
    if (m->source->facts.is_dump) {
        source_note_schema(&m->source->facts, &copy);
    } else {
        good = judge_schema(m, &copy, e);
        note_versions(m, e);
    }
    snapshot_release(&copy);
    return good && e->kind == ERROR_NONE;
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
            return error_set(e, ERROR_UNAVAILABLE,
                             "the rows of %s in the copy are not those of its source (%llu, and "
                             "%llu there)",
                             copy.name, (unsigned long long)copy.rows,
                             (unsigned long long)f->tables[i].rows);
    }
    return true;
}

bool source_compare(struct source_making *m, struct error *e)
{
    if (!compare_schema(m, e))
        return false;
    if (m->source->facts.is_dump)
        return source_read_tables(m, &m->copy, NULL, e);
    return compare_rows(m, e) && source_states_compare(m, e);
}
