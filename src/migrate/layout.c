#include "migrate/layout.h"

#include <unistd.h>

#include "base/installed.h"
#include "base/memory.h"
#include "base/yaml_file.h"
#include "migrate/layout_schema.h"

static bool mistake(const struct layout *l, const char *key, const char *what, struct error *e)
{
    return error_set(e, ERROR_USAGE, "%s, key %s: %s", l->path, key, what);
}

static bool compile(struct pattern *p, const struct layout *l, const char *key, const char *source,
                    struct error *e)
{
    bool good = pattern_compile(p, source, e);
    if (good && source && p->regex.re_nsub > LAYOUT_GROUPS)
        good = error_set(e, ERROR_USAGE, "'%s' has more than %d groups", source, LAYOUT_GROUPS);
    return good || error_prefix(e, "%s, key %s", l->path, key);
}

static bool has_group(const struct layout_file *f, enum layout_group wanted)
{
    for (unsigned i = 0; i < f->groups_count; i++)
        if (f->groups[i] == wanted)
            return true;
    return false;
}

/* Every group has its meaning, and each file its revision. */
static bool check_file(const struct layout *l, const struct layout_file *f, size_t groups,
                       struct error *e)
{
    if (groups != f->groups_count)
        return error_set(e, ERROR_USAGE,
                         "%s, key files: '%s' has %zu groups, but %u are listed under groups",
                         l->path, f->pattern, groups, f->groups_count);
    enum layout_group wanted = f->part == LAYOUT_REPEATABLE ? LAYOUT_NAME : LAYOUT_VERSION;
    if (f->part != LAYOUT_DESCRIBED && !has_group(f, wanted))
        return error_set(e, ERROR_USAGE,
                         "%s, key files: '%s' does not capture the %s from the path", l->path,
                         f->pattern, wanted == LAYOUT_NAME ? "name" : "version");
    if (f->part == LAYOUT_BOTH && !l->rules->sections)
        return mistake(l, "files", "a part 'both' needs the key sections", e);
    return true;
}

static bool compile_files(struct layout *l, struct error *e)
{
    const struct layout_rules *r = l->rules;
    l->files = memory_zeroed(r->files_count, sizeof *l->files);
    for (unsigned i = 0; i < r->files_count; i++)
        if (!compile(&l->files[i], l, "files", r->files[i].pattern, e) ||
            !check_file(l, &r->files[i], l->files[i].regex.re_nsub, e))
            return false;
    return true;
}

static bool compile_options(struct layout *l, struct error *e)
{
    const struct layout_rules *r = l->rules;
    l->no_transaction = memory_zeroed(r->no_transaction_count, sizeof *l->no_transaction);
    for (unsigned i = 0; i < r->no_transaction_count; i++)
        if (!compile(&l->no_transaction[i], l, "no_transaction", r->no_transaction[i].pattern, e))
            return false;
    return true;
}

static bool compile_markers(struct layout *l, struct error *e)
{
    const struct layout_sections *s = l->rules->sections;
    const struct layout_statements *t = l->rules->statements;
    if (s && s->up_required && !s->up)
        return mistake(l, "sections.up_required", "the key sections.up is missing", e);
    if (t && t->split == SPLIT_MARKS && !t->mark)
        return mistake(l, "statements", "marks need the key statements.mark", e);
    if (t && !t->begin != !t->end)
        return mistake(l, "statements", "begin and end go together", e);
    if ((l->rules->checksum == CHECKSUM_LINE) != (l->rules->checksum_line != NULL))
        return mistake(l, "checksum", "'line' and the key checksum_line go together", e);
    return compile(&l->checksum_line, l, "checksum_line", l->rules->checksum_line, e) &&
           compile(&l->place, l, "places.pattern",
                   l->rules->places ? l->rules->places->pattern : NULL, e) &&
           compile(&l->up, l, "sections.up", s ? s->up : NULL, e) &&
           compile(&l->down, l, "sections.down", s ? s->down : NULL, e) &&
           compile(&l->begin, l, "statements.begin", t ? t->begin : NULL, e) &&
           compile(&l->end, l, "statements.end", t ? t->end : NULL, e);
}

bool layout_read(struct layout *l, const char *path, struct error *e)
{
    *l = (struct layout){.path = memory_copy_of(path)};
    return yaml_file_load(path, &layout_schema, (void **)&l->rules, e) && compile_files(l, e) &&
           compile_options(l, e) && compile_markers(l, e);
}

static char *shipped(const char *name)
{
    char *folder = installed_folder("layouts", "../fixtures/layouts");
    char *path = memory_format("%s/%s.yaml", folder, name);
    free(folder);
    return path;
}

/* "golang-migrate, goose, …" */
static char *shipped_names(void)
{
    char *folder = installed_folder("layouts", "../fixtures/layouts");
    char *names = installed_names(folder, ".yaml");
    free(folder);
    return names;
}

bool layout_load(struct layout *l, const char *name, struct error *e)
{
    size_t length = strlen(name);
    if (strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0))
        return layout_read(l, name, e);
    *l = (struct layout){0};
    char *path = shipped(name);
    bool good = access(path, F_OK) == 0;
    if (good) {
        good = layout_read(l, path, e);
    } else {
        char *names = shipped_names();
        error_set(e, ERROR_USAGE, "no layout '%s': give one of %s, or a YAML file", name, names);
        free(names);
    }
    free(path);
    return good;
}

void layout_release(struct layout *l)
{
    for (unsigned i = 0; l->files && i < l->rules->files_count; i++)
        pattern_release(&l->files[i]);
    for (unsigned i = 0; l->no_transaction && i < l->rules->no_transaction_count; i++)
        pattern_release(&l->no_transaction[i]);
    free(l->files);
    free(l->no_transaction);
    pattern_release(&l->up);
    pattern_release(&l->down);
    pattern_release(&l->begin);
    pattern_release(&l->end);
    pattern_release(&l->checksum_line);
    pattern_release(&l->place);
    yaml_file_free(&layout_schema, l->rules);
    free(l->path);
    *l = (struct layout){0};
}
