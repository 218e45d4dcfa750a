#include "production/certificates/certificate_json.h"

#include <jansson.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/valid_text.h"
#include "production/certificates/json_schema.h"
#include "production/sql.h"
#include "schema/fact.h"

/* Where in the file we are; the first thing that is wrong ends the reading. */
struct reader {
    const char *name; /* of the file */
    struct error *error;
};

enum { MOST_ITEMS = 1000000 };

static bool wrong(const struct reader *r, const char *member, const char *expected)
{
    return error_set(r->error, ERROR_USAGE, "%s is not a certificate: %s: expected %s", r->name,
                     member, expected);
}

/* The member of an object of the type; NULL, with an error, if it is missing or another. */
static json_t *member(const struct reader *r, const json_t *object, const char *path,
                      const char *key, json_type type, const char *expected)
{
    json_t *value = json_object_get(object, key);
    if (value && json_typeof(value) == type)
        return value;
    char *full = memory_format("%s%s", path, key);
    wrong(r, full, expected);
    free(full);
    return NULL;
}

static json_t *object_at(const struct reader *r, const json_t *object, const char *path,
                         const char *key)
{
    return member(r, object, path, key, JSON_OBJECT, "an object");
}

static json_t *array_at(const struct reader *r, const json_t *object, const char *path,
                        const char *key)
{
    json_t *array = member(r, object, path, key, JSON_ARRAY, "a list");
    if (array && json_array_size(array) > MOST_ITEMS) {
        wrong(r, key, "a shorter list");
        return NULL;
    }
    return array;
}

/* A string that says something into `*out`, to be freed; with `optional`, null gives NULL. */
static bool read_text(const struct reader *r, const json_t *object, const char *path,
                      const char *key, bool optional, char **out)
{
    if (optional && json_is_null(json_object_get(object, key)))
        return true;
    const json_t *value = member(r, object, path, key, JSON_STRING, "a text");
    if (!value)
        return false;
    *out = memory_copy_of(json_string_value(value));
    return true;
}

static bool is_hexadecimal(const char *text, size_t length)
{
    return strlen(text) == length && text[strspn(text, "0123456789abcdef")] == '\0';
}

/* `length` hexadecimal digits into `out`; with `optional`, null gives "". */
static bool read_digest(const struct reader *r, const json_t *object, const char *path,
                        const char *key, bool optional, char *out, size_t length)
{
    char *value = NULL;
    if (!read_text(r, object, path, key, optional, &value))
        return false;
    bool good = !value || is_hexadecimal(value, length);
    if (!good) {
        char *full = memory_format("%s%s", path, key);
        char *expected = memory_format("%zu hexadecimal digits", length);
        wrong(r, full, expected);
        free(expected);
        free(full);
    } else if (value) {
        memcpy(out, value, length + 1);
    }
    free(value);
    return good;
}

/* "2025-10-11T09:30:00Z" */
static bool read_date(const struct reader *r, const json_t *object, const char *path,
                      const char *key, bool optional, char out[24])
{
    static const char shape[] = "0000-00-00T00:00:00Z";
    char *value = NULL;
    if (!read_text(r, object, path, key, optional, &value))
        return false;
    bool good = !value || strlen(value) == strlen(shape);
    for (size_t i = 0; good && value && shape[i]; i++)
        good = shape[i] == '0' ? value[i] >= '0' && value[i] <= '9' : value[i] == shape[i];
    if (good && value)
        memcpy(out, value, sizeof shape);
    free(value);
    char *full = memory_format("%s%s", path, key);
    if (!good)
        wrong(r, full, "a date like 2025-10-11T09:30:00Z");
    free(full);
    return good;
}

/* A number of 0 or more; with `optional`, null gives 0. */
static bool read_number(const struct reader *r, const json_t *object, const char *path,
                        const char *key, bool optional, double *out)
{
    const json_t *value = json_object_get(object, key);
    *out = value && json_is_number(value) ? json_number_value(value) : -1;
    if (optional && json_is_null(value))
        *out = 0;
    if (*out >= 0)
        return true;
    char *full = memory_format("%s%s", path, key);
    wrong(r, full, "a number of 0 or more");
    free(full);
    return false;
}

static bool read_count(const struct reader *r, const json_t *object, const char *path,
                       const char *key, bool optional, uint64_t *out)
{
    const json_t *value = json_object_get(object, key);
    if (optional && json_is_null(value))
        return true;
    value = member(r, object, path, key, JSON_INTEGER, "a whole number");
    if (!value)
        return false;
    if (json_integer_value(value) < 0)
        return wrong(r, key, "a whole number of 0 or more");
    *out = (uint64_t)json_integer_value(value);
    return true;
}

static bool read_named_values(const struct reader *r, const json_t *object, const char *key,
                              const char *value_name, struct circumstance **list, size_t *count)
{
    const json_t *array = array_at(r, object, "source.", key);
    char *path = memory_format("source.%s.", key);
    bool good = array != NULL;
    for (size_t i = 0; good && i < json_array_size(array); i++) {
        struct circumstance *c = memory_append(list, count, sizeof **list);
        good = read_text(r, json_array_get(array, i), path, "name", false, &c->name) &&
               read_text(r, json_array_get(array, i), path, value_name, false, &c->value);
    }
    free(path);
    return good;
}

/* Each of them a text. */
static bool read_lines(const struct reader *r, const json_t *array, const char *what, char ***lines,
                       size_t *count)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *line = json_string_value(json_array_get(array, i));
        if (!line)
            return wrong(r, what, "texts only");
        *(char **)memory_append(lines, count, sizeof **lines) = memory_copy_of(line);
    }
    return true;
}

static bool read_files(const struct reader *r, const json_t *array, struct certificate_ground *g)
{
    static const char path[] = "migrator.files.";
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct digest_entry *file = memory_append(&g->files, &g->file_count, sizeof *file);
        const json_t *object = json_array_get(array, i);
        if (!read_text(r, object, path, "path", false, &file->path) ||
            !read_digest(r, object, path, "sha256", false, file->sha256, DIGEST_LENGTH))
            return false;
        if (i && strcmp(g->files[i - 1].path, file->path) >= 0)
            return wrong(r, "migrator.files", "each path once, in order");
    }
    return true;
}

static bool read_migrator(const struct reader *r, const json_t *root, struct certificate *c)
{
    static const char path[] = "migrator.";
    const json_t *m = object_at(r, root, "", "migrator");
    const json_t *chain = m ? array_at(r, m, path, "history") : NULL;
    const json_t *files = chain ? array_at(r, m, path, "files") : NULL;
    if (!files)
        return false;
    const json_t *replaced = json_object_get(m, "replaced");
    if (!json_is_boolean(replaced))
        return wrong(r, "migrator.replaced", "true or false");
    c->replaced = json_is_true(replaced);
    return read_text(r, m, path, "name", false, &c->ground.migrator) &&
           read_text(r, m, path, "version", true, &c->ground.migrator_version) &&
           read_text(r, m, path, "baseline", false, &c->ground.baseline) &&
           read_text(r, m, path, "target", false, &c->ground.target) &&
           read_lines(r, chain, "migrator.history", &c->chain, &c->chain_count) &&
           read_files(r, files, &c->ground);
}

static unsigned bit_of(const char *name)
{
    const char *entry;
    unsigned bit;
    for (size_t i = 0; name && copy_terms_entry(i, &entry, &bit); i++)
        if (strcmp(name, entry) == 0)
            return bit;
    return 0;
}

/* Both are missing in certificates of before they came. */
static bool read_terms(const struct reader *r, const json_t *s, struct copy_terms *terms)
{
    if (!json_object_get(s, "schema_without"))
        return true;
    const json_t *without = array_at(r, s, "source.", "schema_without");
    for (size_t i = 0; i < json_array_size(without); i++) {
        unsigned bit = bit_of(json_string_value(json_array_get(without, i)));
        if (!bit)
            return wrong(r, "source.schema_without", "what this pgrehearse knows to be left out");
        terms->without |= bit;
    }
    return without && read_text(r, s, "source.", "schema_owner", true, &terms->owner);
}

/* The lines have to be those of the digest beside them. */
static bool read_schema(const struct reader *r, const json_t *s, struct certificate_ground *g)
{
    const json_t *lines = array_at(r, s, "source.", "schema");
    if (!lines ||
        !read_digest(r, s, "source.", "schema_sha256", true, g->schema_digest, DIGEST_LENGTH) ||
        !read_lines(r, lines, "source.schema", &g->schema.lines, &g->schema.count))
        return false;
    if (g->schema.count == 0)
        return true;
    struct fact fact;
    for (size_t i = 0; i < g->schema.count; i++) {
        if (!fact_parse(&fact, g->schema.lines[i]))
            return wrong(r, "source.schema", "lines of a snapshot");
        if (i && strcmp(g->schema.lines[i - 1], g->schema.lines[i]) > 0)
            return wrong(r, "source.schema", "lines in order");
    }
    char digest[DIGEST_LENGTH + 1];
    certificate_schema_digest(&g->schema, digest);
    return strcmp(digest, g->schema_digest) == 0 ||
           wrong(r, "source.schema", "the lines of schema_sha256");
}

static bool read_source(const struct reader *r, const json_t *root, struct certificate *c)
{
    static const char path[] = "source.";
    const json_t *s = object_at(r, root, "", "source");
    struct certificate_ground *g = &c->ground;
    if (!s)
        return false;
    const json_t *dump = json_object_get(s, "dump");
    if (!json_is_boolean(dump))
        return wrong(r, "source.dump", "true or false");
    c->source.is_dump = json_is_true(dump);
    g->with_database = true;
    const json_t *notes = NULL;
    return read_text(r, s, path, "display", true, &c->source.display) &&
           read_date(r, s, path, "taken_at", true, c->source.taken_at) &&
           read_count(r, s, path, "bytes", true, &c->source.bytes) &&
           read_text(r, s, path, "rehearsed_on", true, &c->source.rehearsed) &&
           read_text(r, s, path, "database", true, &g->database) &&
           read_text(r, s, path, "system_identifier", true, &g->system_identifier) &&
           read_text(r, s, path, "server_version", true, &g->server_version) &&
           read_text(r, s, path, "revision", true, &g->revision) &&
           read_named_values(r, s, "extensions", "version", &g->extensions, &g->extension_count) &&
           read_named_values(r, s, "settings", "value", &c->source.settings,
                             &c->source.setting_count) &&
           (notes = array_at(r, s, path, "notes")) &&
           read_lines(r, notes, "source.notes", &c->source.notes, &c->source.note_count) &&
           read_terms(r, s, &g->terms) && read_schema(r, s, g);
}

static bool read_tables(const struct reader *r, const json_t *root, struct certificate *c)
{
    static const char path[] = "tables.";
    const json_t *array = array_at(r, root, "", "tables");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *object = json_array_get(array, i);
        struct certificate_table *t = memory_append(&c->tables, &c->table_count, sizeof *t);
        if (!read_text(r, object, path, "name", false, &t->name) ||
            !read_count(r, object, path, "rows", false, &t->rows) ||
            !read_digest(r, object, path, "before", true, t->before, sizeof t->before - 1) ||
            !read_digest(r, object, path, "after", true, t->after, sizeof t->after - 1))
            return false;
        struct certificate_rows *rows =
            memory_append(&c->ground.tables, &c->ground.table_count, sizeof *rows);
        *rows = (struct certificate_rows){memory_copy_of(t->name), t->rows};
    }
    return array != NULL;
}

static bool read_state(const struct reader *r, const json_t *object, enum checklist_state *state)
{
    const char *name = json_string_value(json_object_get(object, "state"));
    for (int i = CHECKLIST_DONE; name && i <= CHECKLIST_PERSON; i++)
        if (strcmp(name, checklist_state_name((enum checklist_state)i)) == 0) {
            *state = (enum checklist_state)i;
            return true;
        }
    return wrong(r, "checklist.state", "done, rehearsed, failed or person");
}

static bool read_checklist(const struct reader *r, const json_t *root, struct certificate *c)
{
    static const char path[] = "checklist.";
    const json_t *array = array_at(r, root, "", "checklist");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *object = json_array_get(array, i);
        struct checklist_line *line =
            memory_append(&c->checklist, &c->checklist_count, sizeof *line);
        if (!read_text(r, object, path, "part", true, &line->part) ||
            !read_text(r, object, path, "text", false, &line->text) ||
            !read_text(r, object, path, "note", true, &line->note) ||
            !read_state(r, object, &line->state))
            return false;
    }
    return array != NULL;
}

/* The record is for people and their programs; it must only not say something else. */
static bool read_verdict(const struct reader *r, const json_t *root, struct certificate *c)
{
    const json_t *run = object_at(r, root, "", "run");
    char *of_run = NULL;
    bool good = run && read_text(r, root, "", "verdict", false, &c->verdict) &&
                read_text(r, run, "run.", "verdict", false, &of_run);
    if (good && strcmp(c->verdict, "passed") != 0 && strcmp(c->verdict, "findings") != 0 &&
        strcmp(c->verdict, "could not check") != 0)
        good = wrong(r, "verdict", "passed, findings or could not check");
    if (good && strcmp(c->verdict, of_run) != 0)
        good = wrong(r, "run.verdict", "the same as verdict");
    free(of_run);
    return good;
}

static bool read_root(const struct reader *r, const json_t *root, struct certificate *c)
{
    char *schema = NULL;
    if (!json_is_object(root))
        return wrong(r, "the file", "an object");
    bool good = read_text(r, root, "", "$schema", false, &schema);
    if (good && strcmp(schema, "urn:pgrehearse:certificate:1") != 0)
        good = wrong(r, "$schema", "urn:pgrehearse:certificate:1");
    free(schema);
    if (!good)
        return false;
    const json_t *version = json_object_get(root, "format_version");
    if (json_integer_value(version) != CERTIFICATE_FORMAT)
        return wrong(r, "format_version", "1; a later version needs a newer pgrehearse");
    const json_t *suite = object_at(r, root, "", "suite");
    return suite && read_text(r, root, "", "id", true, &c->id) &&
           read_text(r, root, "", "pgrehearse", true, &c->version) &&
           read_date(r, root, "", "made_at", false, c->made_at) &&
           read_text(r, root, "", "made_by", false, &c->made_by) && read_verdict(r, root, c) &&
           read_number(r, root, "", "seconds", false, &c->seconds) &&
           read_number(r, root, "", "upgrade_seconds", true, &c->upgrade_seconds) &&
           read_text(r, suite, "suite.", "name", false, &c->ground.suite) &&
           read_digest(r, suite, "suite.", "sha256", false, c->ground.suite_digest,
                       DIGEST_LENGTH) &&
           read_migrator(r, root, c) && read_source(r, root, c) && read_tables(r, root, c) &&
           read_checklist(r, root, c);
}

/* What the reading above does not look at: members too much, and those that nobody reads. */
static bool has_shape(const struct reader *r, const json_t *root)
{
    struct text path = {0}, expected = {0};
    json_t *schema = json_loads(schema_certificate, 0, NULL);
    bool good = schema && json_schema_fits(schema, root, &path, &expected);
    if (!good) {
        char *place = valid_line(text_string(&path));
        wrong(r, *place ? place : "the file", text_string(&expected));
        free(place);
    }
    json_decref(schema);
    text_release(&path);
    text_release(&expected);
    return good;
}

static bool has_table(const struct certificate *c, const struct fact *f)
{
    for (size_t i = 0; i < c->table_count; i++)
        if (strlen(c->tables[i].name) == f->name_length &&
            memcmp(c->tables[i].name, f->name, f->name_length) == 0)
            return true;
    return false;
}

/* Every table of the schema, except for partitions, which are read with what they are a part of. */
static bool has_all_tables(const struct reader *r, const struct certificate *c)
{
    const struct snapshot *s = &c->ground.schema;
    struct fact f;
    for (size_t i = 0; i < s->count; i++)
        if (fact_parse(&f, s->lines[i]) && fact_has_kind(&f, "table") &&
            !strstr(f.attributes, "partition-of=") && !has_table(c, &f)) {
            char *expected =
                memory_format("%.*s, which source.schema has", (int)f.name_length, f.name);
            wrong(r, "tables", expected);
            free(expected);
            return false;
        }
    return c->table_count > 0 || s->count > 0 || strcmp(c->verdict, "passed") != 0 ||
           wrong(r, "tables", "those of the source");
}

bool certificate_json_read(const char *bytes, size_t length, const char *name,
                           struct certificate *c, struct error *e)
{
    *c = (struct certificate){0};
    struct reader r = {name, e};
    json_error_t problem;
    json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &problem);
    if (!root) {
        char *line = valid_line(problem.text);
        error_set(e, ERROR_USAGE, "%s is not a certificate: line %d: %s", name, problem.line, line);
        free(line);
        return false;
    }
    bool good = read_root(&r, root, c) && has_shape(&r, root) && has_all_tables(&r, c);
    json_decref(root);
    return good;
}
