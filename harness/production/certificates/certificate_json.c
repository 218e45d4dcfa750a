#include "production/certificates/certificate_json.h"

#include <jansson.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "base/whole_file.h"
#include "reports/evidence.h"
#include "reports/json.h"

/* NULL becomes null, and what is not text is shown as \xNN. */
static json_t *text(const char *value)
{
    char *valid = valid_text(value, EVIDENCE_LIMIT);
    json_t *made = value ? json_string(valid) : json_null();
    free(valid);
    return made;
}

static json_t *whole(uint64_t number)
{
    return json_integer((json_int_t)(number <= INT64_MAX ? number : INT64_MAX));
}

static json_t *seconds(double value)
{
    return json_real((double)(int64_t)(value * 1e6 + 0.5) / 1e6);
}

/* "" means that it is not known. */
static json_t *digest(const char *hexadecimal)
{
    return *hexadecimal ? json_string(hexadecimal) : json_null();
}

static json_t *named_values(const struct circumstance *list, size_t count, const char *value_name)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, json_pack("{s:o,s:o}", "name", text(list[i].name), value_name,
                                             text(list[i].value)));
    return all;
}

/* The lines that tell what has changed; left out where they are too long, or no text. */
static json_t *schema_lines(const struct snapshot *s)
{
    json_t *all = json_array();
    size_t length = 0;
    bool whole_text = true;
    for (size_t i = 0; i < s->count && whole_text; i++) {
        length += strlen(s->lines[i]) + 1;
        json_t *line = json_string(s->lines[i]);
        whole_text = line && length <= CERTIFICATE_SCHEMA_LIMIT;
        json_array_append_new(all, line);
    }
    if (!whole_text)
        json_array_clear(all);
    return all;
}

static json_t *lines(char *const *list, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, text(list[i]));
    return all;
}

static json_t *migrator_object(const struct certificate *c)
{
    json_t *files = json_array();
    for (size_t i = 0; i < c->ground.file_count; i++)
        json_array_append_new(files, json_pack("{s:o,s:s}", "path", text(c->ground.files[i].path),
                                               "sha256", c->ground.files[i].sha256));
    return json_pack("{s:o,s:o,s:b,s:o,s:o,s:o,s:o}", "name", text(c->ground.migrator), "version",
                     text(c->ground.migrator_version), "replaced", c->replaced, "baseline",
                     text(c->ground.baseline), "target", text(c->ground.target), "history",
                     lines(c->chain, c->chain_count), "files", files);
}

/* What the schema's lines do not tell, in the words of the one list. */
static json_t *left_out(unsigned without)
{
    json_t *all = json_array();
    const char *name;
    unsigned bit;
    for (size_t i = 0; copy_terms_entry(i, &name, &bit); i++)
        if (without & bit)
            json_array_append_new(all, json_string(name));
    return all;
}

static json_t *source_object(const struct certificate *c)
{
    const struct certificate_ground *g = &c->ground;
    const struct certificate_source *s = &c->source;
    return json_pack("{s:b,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "dump",
                     s->is_dump, "display", text(s->display), "taken_at", digest(s->taken_at),
                     "bytes", s->bytes ? whole(s->bytes) : json_null(), "rehearsed_on",
                     text(s->rehearsed), "database", text(g->database), "system_identifier",
                     text(g->system_identifier), "server_version", text(g->server_version),
                     "revision", text(g->revision), "extensions",
                     named_values(g->extensions, g->extension_count, "version"), "settings",
                     named_values(s->settings, s->setting_count, "value"), "notes",
                     lines(s->notes, s->note_count), "schema_without", left_out(g->terms.without),
                     "schema_owner", text(g->terms.owner), "schema_sha256",
                     digest(g->schema_digest), "schema", schema_lines(&g->schema));
}

static json_t *tables_array(const struct certificate *c)
{
    json_t *all = json_array();
    for (size_t i = 0; i < c->table_count; i++) {
        const struct certificate_table *t = &c->tables[i];
        json_array_append_new(all, json_pack("{s:o,s:o,s:o,s:o}", "name", text(t->name), "rows",
                                             whole(t->rows), "before", digest(t->before), "after",
                                             digest(t->after)));
    }
    return all;
}

static json_t *checklist_array(const struct certificate *c)
{
    json_t *all = json_array();
    for (size_t i = 0; i < c->checklist_count; i++) {
        const struct checklist_line *line = &c->checklist[i];
        json_array_append_new(
            all, json_pack("{s:o,s:o,s:s,s:o}", "part", text(line->part), "text", text(line->text),
                           "state", checklist_state_name(line->state), "note", text(line->note)));
    }
    return all;
}

static json_t *certificate_object(const struct certificate *c)
{
    json_t *suite =
        json_pack("{s:o,s:s}", "name", text(c->ground.suite), "sha256", c->ground.suite_digest);
    return json_pack(
        "{s:s,s:i,s:o,s:o,s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "$schema",
        "urn:pgrehearse:certificate:1", "format_version", CERTIFICATE_FORMAT, "id", text(c->id),
        "pgrehearse", text(c->version), "made_at", c->made_at, "made_by", text(c->made_by),
        "verdict", c->verdict, "seconds", seconds(c->seconds), "upgrade_seconds",
        c->upgrade_seconds > 0 ? seconds(c->upgrade_seconds) : json_null(), "suite", suite,
        "migrator", migrator_object(c), "source", source_object(c), "tables", tables_array(c),
        "checklist", checklist_array(c), "run", json_run_object(c->record));
}

bool certificate_json_write(const char *path, const struct certificate *c, struct error *e)
{
    json_t *object = certificate_object(c);
    char *string = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!string)
        return error_set(e, ERROR_UNAVAILABLE, "cannot write %s: out of memory", path);
    struct text t = {0};
    text_append_format(&t, "%s\n", string);
    free(string);
    bool good = whole_file_write(path, text_string(&t), t.length, e);
    text_release(&t);
    return good;
}
