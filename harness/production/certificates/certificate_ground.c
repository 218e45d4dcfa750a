#include "production/certificates/certificate_ground.h"

#include "base/memory.h"
#include "base/valid_text.h"
#include "postgres/reading.h"

static const double command_limit = 60; /* seconds for a command that only tells something */

/* As a certificate has it: in valid text, so that every name can be written, read and shown. */
static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct digest_entry *)a)->path, ((const struct digest_entry *)b)->path);
}

static bool read_files(struct certificate_ground *g, const char *folder, struct error *e)
{
    if (!digest_folder(folder, &g->files, &g->file_count, e))
        return false;
    for (size_t i = 0; i < g->file_count; i++) {
        char *valid = valid_line(g->files[i].path);
        free(g->files[i].path);
        g->files[i].path = valid;
    }
    if (g->file_count)
        qsort(g->files, g->file_count, sizeof *g->files, by_path);
    return true;
}

struct digest_collection {
    const struct suite *suite;
    struct digest_entry *entries;
    size_t count;
};

static bool add_file(struct digest_collection *d, const char *relative, struct error *e)
{
    if (!relative)
        return true;
    char *path = suite_path(d->suite, relative);
    struct digest_entry *entry = memory_append(&d->entries, &d->count, sizeof *entry);
    entry->path = memory_copy_of(relative);
    bool good = digest_file(path, entry->sha256, e);
    free(path);
    return good;
}

/* As one entry: the digest of its list. */
static bool add_folder(struct digest_collection *d, const char *relative, struct error *e)
{
    char *path = suite_path(d->suite, relative);
    struct digest_entry *files = NULL;
    size_t count = 0;
    bool good = digest_folder(path, &files, &count, e);
    struct digest_entry *entry = memory_append(&d->entries, &d->count, sizeof *entry);
    entry->path = memory_copy_of(relative);
    digest_list(files, count, entry->sha256);
    digest_list_free(files, count);
    free(path);
    return good;
}

static bool read_suite(struct certificate_ground *g, const struct suite *s, struct error *e)
{
    struct digest_collection d = {.suite = s};
    bool good = add_file(&d, "suite.yaml", e) && add_file(&d, s->requirements_file, e) &&
                add_file(&d, s->delta, e);
    for (unsigned i = 0; good && i < s->validation_count; i++)
        good = add_folder(&d, s->validations[i].folder, e);
    for (unsigned i = 0; good && i < s->fixture_count; i++)
        good = add_file(&d, s->fixtures[i].sql, e) && add_file(&d, s->fixtures[i].recipe, e);
    digest_list(d.entries, d.count, g->suite_digest);
    digest_list_free(d.entries, d.count);
    return good;
}

/* What an action that only tells something printed last on standard output, to be freed. */
static char *ask_migrator(const struct migrator *m, enum migrator_action action, const char *what,
                          const char *url, bool first_word, struct error *e)
{
    struct migrator asked = *m;
    struct migrator_result result = {0};
    char *told = NULL;
    asked.read_only = true;
    if (!migrator_run(&asked, action, NULL, url, command_limit, &result, e)) {
        error_prefix(e, "the migrator's %s cannot be asked", what);
    } else if (!process_succeeded(&result.process)) {
        char *ending = process_ending_text(&result.process);
        error_set(e, ERROR_UNAVAILABLE, "the migrator cannot report its %s: it %s: %s", what,
                  ending, migrator_last_line(&result));
        free(ending);
    } else {
        const char *output = text_string(&result.process.output);
        output += strspn(output, " \t\r\n");
        size_t length = strcspn(output, first_word ? " \t\r\n" : "\r\n");
        struct text line = {0};
        text_append_bytes(&line, output, length);
        told = valid_line(text_string(&line));
        text_release(&line);
    }
    migrator_result_release(&result);
    return told;
}

bool certificate_ground_read(struct certificate_ground *g, const struct suite *suite,
                             const struct migrator *m, struct error *e)
{
    *g = (struct certificate_ground){.suite = memory_copy_of(suite->name),
                                     .baseline = memory_copy_of(suite->baseline),
                                     .target = memory_copy_of(suite->target),
                                     .migrator = memory_copy_of(m->definition->name)};
    if (!read_suite(g, suite, e) || !read_files(g, m->directory, e))
        return false;
    if (m->definition->version)
        g->migrator_version =
            ask_migrator(m, MIGRATOR_VERSION, "version", "postgresql:///", false, e);
    return e->kind == ERROR_NONE;
}

bool certificate_ground_read_revision(struct certificate_ground *g, const struct migrator *m,
                                      const char *url, struct error *e)
{
    free(g->revision);
    g->revision = ask_migrator(m, MIGRATOR_CURRENT, "revision", url, true, e);
    return g->revision != NULL;
}

static bool read_identity(struct certificate_ground *g, struct connection *c, struct error *e)
{
    struct error unheeded = {0}; /* a role may lack the right to ask this */
    g->database = connection_value(c, "SELECT current_database()", 0, NULL, e);
    g->server_version = connection_value(
        c, "SELECT split_part(current_setting('server_version'), ' ', 1)", 0, NULL, e);
    PGresult *extensions = connection_query(
        c, "SELECT extname, extversion FROM pg_extension ORDER BY extname COLLATE \"C\"", 0, NULL,
        e);
    for (int i = 0; extensions && i < PQntuples(extensions); i++) {
        struct circumstance *x =
            memory_append(&g->extensions, &g->extension_count, sizeof *g->extensions);
        x->name = memory_copy_of(PQgetvalue(extensions, i, 0));
        x->value = memory_copy_of(PQgetvalue(extensions, i, 1));
    }
    PQclear(extensions);
    if (e->kind != ERROR_NONE || !connection_run(c, "SAVEPOINT identity", e))
        return false;
    g->system_identifier = connection_value(
        c, "SELECT system_identifier::text FROM pg_control_system()", 0, NULL, &unheeded);
    return connection_run(c, "ROLLBACK TO SAVEPOINT identity", e);
}

/* The name as a regclass would read it is the certificate's; what is not a table is left out. */
static bool count_rows(struct certificate_ground *g, struct connection *c, const char *table,
                       struct error *e)
{
    static const char find[] = "SELECT coalesce((SELECT format('%I.%I', n.nspname, c.relname) "
                               "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                               "WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p')), '')";
    char *quoted = connection_value(c, find, 1, &table, e);
    if (quoted && *quoted) {
        char *count = memory_format("SELECT count(*)::text FROM %s", quoted);
        char *rows = connection_value(c, count, 0, NULL, e);
        if (rows) {
            struct certificate_rows *r =
                memory_append(&g->tables, &g->table_count, sizeof *g->tables);
            *r = (struct certificate_rows){memory_copy_of(table), strtoull(rows, NULL, 10)};
        }
        free(rows);
        free(count);
    }
    bool good = quoted != NULL && e->kind == ERROR_NONE;
    free(quoted);
    return good;
}

static bool read_schema(struct certificate_ground *g, struct connection *c, struct error *e)
{
    struct snapshot all;
    if (!snapshot_take_as(c, g->terms.owner, &all, e))
        return false;
    certificate_ground_take_schema(g, &all);
    snapshot_release(&all);
    return true;
}

bool certificate_ground_read_database(struct certificate_ground *g,
                                      const struct certificate_ground *was, struct connection *c,
                                      struct error *e)
{
    struct reading reading;
    g->with_database = true;
    g->terms = (struct copy_terms){was->terms.without, memory_copy_of(was->terms.owner)};
    if (!reading_begin(&reading, c, e))
        return error_prefix(e, "cannot read the database");
    bool good = read_identity(g, c, e) && read_schema(g, c, e);
    for (size_t i = 0; good && i < was->table_count; i++)
        good = count_rows(g, c, was->tables[i].table, e);
    return reading_end(&reading, c, good, e);
}

void certificate_ground_take_schema(struct certificate_ground *g, const struct snapshot *s)
{
    copied_schema(s, g->terms.without, NULL, &g->schema);
    certificate_schema_digest(&g->schema, g->schema_digest);
}

void certificate_schema_digest(const struct snapshot *s, char digest[DIGEST_LENGTH + 1])
{
    struct text lines = {0};
    for (size_t i = 0; i < s->count; i++)
        text_append_format(&lines, "%s\n", s->lines[i]);
    digest_bytes(text_string(&lines), lines.length, digest);
    text_release(&lines);
}

void certificate_ground_release(struct certificate_ground *g)
{
    char *strings[] = {
        g->suite,          g->migrator, g->migrator_version, g->database, g->system_identifier,
        g->server_version, g->revision, g->terms.owner,      g->baseline, g->target};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    for (size_t i = 0; i < g->extension_count; i++) {
        free(g->extensions[i].name);
        free(g->extensions[i].value);
    }
    for (size_t i = 0; i < g->table_count; i++)
        free(g->tables[i].table);
    free(g->extensions);
    free(g->tables);
    digest_list_free(g->files, g->file_count);
    snapshot_release(&g->schema);
    *g = (struct certificate_ground){0};
}
