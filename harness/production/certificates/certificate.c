#include "production/certificates/certificate.h"

#include <pwd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "record/verdict.h"

static const char extension_prefix[] = "extension.", setting_prefix[] = "setting.";

static void copy_circumstance(struct circumstance **list, size_t *count, const char *name,
                              const char *value)
{
    struct circumstance *c = memory_append(list, count, sizeof **list);
    *c = (struct circumstance){memory_copy_of(name), memory_copy_of(value)};
}

/* The account that runs it, by its system name. */
static char *account_name(void)
{
    const struct passwd *account = getpwuid(getuid());
    return account ? memory_copy_of(account->pw_name)
                   : memory_format("account %ld", (long)getuid());
}

static void copy_files(struct certificate_ground *g, const struct certificate_ground *start)
{
    g->suite = memory_copy_of(start->suite);
    g->migrator = memory_copy_of(start->migrator);
    g->migrator_version = memory_copy_of(start->migrator_version);
    g->baseline = memory_copy_of(start->baseline);
    g->target = memory_copy_of(start->target);
    memcpy(g->suite_digest, start->suite_digest, sizeof g->suite_digest);
    for (size_t i = 0; i < start->file_count; i++) {
        struct digest_entry *file = memory_append(&g->files, &g->file_count, sizeof *g->files);
        *file = start->files[i];
        file->path = memory_copy_of(start->files[i].path);
    }
}

/* "15.20" of "15.20 (Debian 15.20-1)"; NULL of NULL. */
static char *first_word(const char *text)
{
    return text ? memory_format("%.*s", (int)strcspn(text, " "), text) : NULL;
}

static void copy_database(struct certificate *c, const struct source_facts *f,
                          const struct snapshot *schema)
{
    struct certificate_ground *g = &c->ground;
    g->with_database = true;
    g->database = memory_copy_of(f->database);
    g->system_identifier = memory_copy_of(f->system_identifier);
    g->server_version = first_word(f->server_version);
    g->revision = memory_copy_of(f->revision);
    g->terms = (struct copy_terms){f->terms.without, memory_copy_of(f->terms.owner)};
    if (schema)
        certificate_ground_take_schema(g, schema);
    for (size_t i = 0; i < f->circumstance_count; i++) {
        const struct circumstance *x = &f->circumstances[i];
        if (strncmp(x->name, extension_prefix, strlen(extension_prefix)) == 0)
            copy_circumstance(&g->extensions, &g->extension_count,
                              x->name + strlen(extension_prefix), x->value);
        else if (strncmp(x->name, setting_prefix, strlen(setting_prefix)) == 0)
            copy_circumstance(&c->source.settings, &c->source.setting_count,
                              x->name + strlen(setting_prefix), x->value);
    }
    for (size_t i = 0; i < f->table_count; i++) {
        struct certificate_rows *rows = memory_append(&g->tables, &g->table_count, sizeof *rows);
        *rows = (struct certificate_rows){memory_copy_of(f->tables[i].name), f->tables[i].rows};
    }
}

static void copy_source(struct certificate *c, const struct source_facts *f,
                        const struct run_record *record)
{
    c->source.is_dump = f->is_dump;
    c->source.display = memory_copy_of(f->display);
    c->source.bytes = f->bytes;
    memcpy(c->source.taken_at, f->taken_at, sizeof c->source.taken_at);
    for (size_t i = 0; i < record->circumstance_count; i++)
        if (strcmp(record->circumstances[i].name, "server_version") == 0 && !c->source.rehearsed)
            c->source.rehearsed = memory_copy_of(record->circumstances[i].value);
}

static void copy_tables(struct certificate *c, const struct certificate_request *q)
{
    const struct source_facts *f = q->source;
    for (size_t i = 0; i < (q->tables ? q->table_count : f->table_count); i++) {
        struct certificate_table *t = memory_append(&c->tables, &c->table_count, sizeof *t);
        if (q->tables)
            *t = q->tables[i];
        else
            snprintf(t->before, sizeof t->before, "%s", f->tables[i].digest);
        t->rows = q->tables ? q->tables[i].rows : f->tables[i].rows;
        t->name = memory_copy_of(q->tables ? q->tables[i].name : f->tables[i].name);
    }
}

/* The longest of the measurements called "upgrade …" in seconds. */
static double longest_upgrade(const struct run_record *r)
{
    const char *upgrade = measure_name(MEASURE_UPGRADE);
    double longest = 0;
    for (size_t i = 0; i < r->scenario_count; i++)
        for (size_t j = 0; j < r->scenarios[i].step_count; j++) {
            const struct step *s = &r->scenarios[i].steps[j];
            for (size_t k = 0; k < s->measurement_count; k++) {
                const struct measurement *m = &s->measurements[k];
                if (strncmp(m->name, upgrade, strlen(upgrade)) == 0 && strcmp(m->unit, "s") == 0 &&
                    m->value > longest)
                    longest = m->value;
            }
        }
    return longest;
}

/* What ran is what was there before and is there still. */
static bool check_unchanged(const struct certificate_request *q, struct error *e)
{
    struct certificate_ground now = {0};
    const struct certificate_ground *was = q->start;
    bool good = certificate_ground_read(&now, q->ground->suite, &q->ground->migrator, e);
    const char *other = NULL;
    for (size_t i = 0; good && !other && i < was->file_count; i++)
        if (i >= now.file_count || strcmp(was->files[i].path, now.files[i].path) != 0 ||
            strcmp(was->files[i].sha256, now.files[i].sha256) != 0)
            other = was->files[i].path;
    if (good && !other && now.file_count > was->file_count)
        other = now.files[was->file_count].path;
    if (good && !other && strcmp(was->suite_digest, now.suite_digest) != 0)
        other = "the suite";
    if (other)
        error_set(e, ERROR_UNAVAILABLE, "%s changed while it was being certified", other);
    certificate_ground_release(&now);
    return e->kind == ERROR_NONE;
}

bool certificate_make(struct certificate *c, const struct certificate_request *q, struct error *e)
{
    *c = (struct certificate){0};
    const struct run_record *record = q->record;
    const struct suite *suite = q->ground->suite;
    if (!check_unchanged(q, e))
        return false;
    c->record = record;
    c->id = memory_copy_of(record->id);
    c->version = memory_copy_of(record->version);
    clock_date(c->made_at, sizeof c->made_at);
    c->made_by = q->by ? memory_copy_of(q->by) : account_name();
    c->verdict = memory_copy_of(verdict_name(verdict_of_run(record)));
    c->replaced = q->ground->migrator.replaced;
    c->seconds = record->seconds;
    c->upgrade_seconds = longest_upgrade(record);
    for (size_t i = 0; i < q->chain_count; i++)
        *(char **)memory_append(&c->chain, &c->chain_count, sizeof *c->chain) =
            memory_copy_of(q->chain[i]);
    for (size_t i = 0; i < q->note_count; i++)
        *(char **)memory_append(&c->source.notes, &c->source.note_count, sizeof *q->notes) =
            memory_copy_of(q->notes[i]);
    copy_files(&c->ground, q->start);
    copy_database(c, q->source, q->schema);
    copy_source(c, q->source, record);
    copy_tables(c, q);
    for (unsigned i = 0; i < suite->checklist_count; i++) {
        struct checklist_line *line =
            memory_append(&c->checklist, &c->checklist_count, sizeof *c->checklist);
        *line = checklist_judge(&suite->checklist[i], record);
    }
    return true;
}

void certificate_release(struct certificate *c)
{
    char *strings[] = {c->id,      c->version,        c->made_by,
                       c->verdict, c->source.display, c->source.rehearsed};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    for (size_t i = 0; i < c->chain_count; i++)
        free(c->chain[i]);
    for (size_t i = 0; i < c->source.setting_count; i++) {
        free(c->source.settings[i].name);
        free(c->source.settings[i].value);
    }
    for (size_t i = 0; i < c->table_count; i++)
        free(c->tables[i].name);
    for (size_t i = 0; i < c->checklist_count; i++)
        checklist_line_release(&c->checklist[i]);
    free(c->chain);
    for (size_t i = 0; i < c->source.note_count; i++)
        free(c->source.notes[i]);
    free(c->source.notes);
    free(c->source.settings);
    free(c->tables);
    free(c->checklist);
    certificate_ground_release(&c->ground);
    *c = (struct certificate){0};
}
