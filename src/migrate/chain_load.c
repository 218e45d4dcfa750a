#include <errno.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "migrate/chain.h"
#include "migrate/file_place.h"
#include "migrate/folder.h"
#include "migrate/lines.h"
#include "migrate/no_transaction.h"
#include "migrate/part_reader.h"
#include "migrate/places.h"
#include "migrate/revision_journal.h"

static const size_t longest_file = 16u << 20;

struct loader {
    struct chain *chain;
    const struct layout *layout;
    const char *directory;
    struct revision_journal journal;
    struct error *error;
};

static struct revision *find_revision(const struct loader *l, const struct file_place *p)
{
    struct chain *c = l->chain;
    for (size_t i = c->count; i > 0; i--)
        if (version_compare(c->versions, c->revisions[i - 1].key, p->key) == 0)
            return &c->revisions[i - 1];
    struct revision *r = memory_append(&c->revisions, &c->count, sizeof *c->revisions);
    r->key = memory_copy_of(p->key);
    r->id = memory_copy_of(p->version);
    return r;
}

static bool read_content(const struct loader *l, const struct file_place *p, struct text *content)
{
    if (!text_read_file(content, p->path, longest_file))
        return error_set(l->error, file_error_kind(errno), "%s: cannot be read: %s", p->path,
                         file_reason(errno));
    return strlen(text_string(content)) == content->length ||
           error_set(l->error, ERROR_USAGE, "%s: contains a NUL byte, so it is not SQL", p->path);
}

/* The file of the way up gives a revision its name, if there is one. */
static void name_revision(struct revision *r, const struct file_place *p)
{
    if (r->path && p->file->part == LAYOUT_DOWN)
        return;
    free(r->id);
    free(r->key);
    free(r->path);
    free(r->message);
    r->id = memory_copy_of(p->version ? p->version : p->name);
    r->key = memory_copy_of(p->version ? p->key : p->name);
    r->path = memory_copy_of(p->path);
    r->message = text_one_line(p->name && p->name[0] ? p->name : p->script);
}

/* What a line of the file says is its checksum; NULL if none does. */
static char *checksum_line_of(const struct layout *l, const char *content)
{
    struct line_reader lines;
    char *checksum = NULL;
    lines_begin(&lines, content);
    regmatch_t parts[2];
    while (!checksum && lines_next(&lines))
        if (pattern_find(&l->checksum_line, text_string(&lines.line), parts, 2))
            checksum = pattern_part(text_string(&lines.line), &parts[1]);
    lines_release(&lines);
    return checksum;
}

static bool is_twice(const struct loader *l, const struct revision *r,
                     const struct migration_part *part, const struct file_place *p)
{
    if (!part->present)
        return false;
    error_set(l->error, ERROR_USAGE, "duplicate revision %s: in %s and in %s", r->id, part->path,
              p->path);
    return true;
}

static bool take_program(const struct loader *l, struct revision *r, const struct file_place *p)
{
    struct migration_part *const parts[] = {&r->up, &r->down};
    if (r->up.present && p->file->otherwise)
        return true;
    if (is_twice(l, r, &r->up, p))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        parts[i]->present = parts[i]->program = true;
        parts[i]->path = memory_copy_of(p->path);
    }
    name_revision(r, p);
    return true;
}

static bool read_parts(const struct loader *l, struct revision *r, struct migration_part *part,
                       const struct file_place *p, const char *content)
{
    struct text filled = {0};
    bool good = places_fill(l->layout, p->path, content, &filled, l->error);
    if (good)
        good = p->file->part == LAYOUT_BOTH
                   ? part_read_both(l->layout, r, p->path, text_string(&filled), l->error)
                   : part_read_whole(l->layout, part, p->path, text_string(&filled), l->error);
    text_release(&filled);
    return good;
}

static bool read_revision(const struct loader *l, struct revision *r, const struct file_place *p,
                          const struct text *content)
{
    const char *string = text_string(content);
    if (p->file->part == LAYOUT_OPTIONS) {
        bool refused = refuses_transaction_in_options(l->layout, string);
        r->up.no_transaction = r->up.no_transaction || refused;
        r->down.no_transaction = r->down.no_transaction || refused;
        return true;
    }
    if (p->file->part == LAYOUT_PROGRAM)
        return take_program(l, r, p);
    struct migration_part *part = p->file->part == LAYOUT_DOWN ? &r->down : &r->up;
    if (part->present && p->file->otherwise)
        return true;
    if (is_twice(l, r, part, p))
        return false;
    part->no_transaction =
        part->no_transaction || refuses_transaction_by_path(l->layout, p->script);
    part->script = memory_copy_of(p->script);
    part->checksum = l->layout->rules->checksum == CHECKSUM_LINE
                         ? checksum_line_of(l->layout, string)
                         : checksum_of(l->layout->rules->checksum, string, content->length);
    name_revision(r, p);
    return read_parts(l, r, part, p, string);
}

/* Our own format says in the file what other layouts say in its path. */
static bool read_described(const struct loader *l, const struct file_place *p)
{
    struct chain *c = l->chain;
    struct revision *r = memory_append(&c->revisions, &c->count, sizeof *c->revisions);
    return revision_read(r, p->path, l->error);
}

static struct revision *new_repeatable(const struct loader *l)
{
    struct chain *c = l->chain;
    return memory_append(&c->repeatables, &c->repeatable_count, sizeof *c->repeatables);
}

/* What comes where there is nothing better is taken when the rest is known. */
static bool take_file(const struct loader *l, const char *script, bool otherwise)
{
    struct file_place p = file_place_look(l->layout, &l->journal, l->directory, script);
    struct text content = {0};
    bool good = true;
    if (p.file && p.file->otherwise != otherwise) {
        file_place_release(&p);
        return true;
    }
    if (p.file && p.file->part == LAYOUT_DESCRIBED) {
        good = read_described(l, &p);
    } else if (p.file && (good = read_content(l, &p, &content))) {
        struct revision *r =
            p.file->part == LAYOUT_REPEATABLE ? new_repeatable(l) : find_revision(l, &p);
        good = read_revision(l, r, &p, &content);
    }
    text_release(&content);
    file_place_release(&p);
    return good;
}

static bool load_journal(struct loader *l)
{
    const struct layout_journal *rules = l->layout->rules->journal;
    if (!rules)
        return true;
    char *path = folder_path(l->directory, rules->path);
    struct text content = {0};
    bool good = text_read_file(&content, path, longest_file) ||
                error_set(l->error, file_error_kind(errno), "%s: cannot be read: %s", path,
                          file_reason(errno));
    good = good && revision_journal_read(&l->journal, rules, path, text_string(&content), l->error);
    text_release(&content);
    free(path);
    return good;
}

/* The order of the journal; a revision that it lists must have its file. */
static bool order_by_journal(const struct loader *l)
{
    struct chain *c = l->chain;
    const struct revision_journal *j = &l->journal;
    for (size_t i = 0; i < j->count; i++) {
        size_t found = chain_find(c, j->entries[i].file);
        if (found <= i)
            return error_set(l->error, ERROR_USAGE, "%s in %s lists %s, %s",
                             l->layout->rules->journal->path, l->directory, j->entries[i].file,
                             found ? "twice" : "which has no file");
        struct revision moved = c->revisions[found - 1];
        c->revisions[found - 1] = c->revisions[i];
        c->revisions[i] = moved;
    }
    return true;
}

static int by_version(const void *a, const void *b, void *kind)
{
    const struct revision *x = a, *y = b;
    return version_compare(*(enum version_kind *)kind, x->key, y->key);
}

static void order_by_version(const struct loader *l)
{
    struct chain *c = l->chain;
    enum version_kind kind = c->versions;
    qsort_r(c->revisions, c->count, sizeof *c->revisions, by_version, &kind);
}

/* Drops the revisions that have only a way back, or gives them an empty way up, or refuses them. */
static bool judge_orphans(const struct loader *l)
{
    struct chain *c = l->chain;
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        struct revision *r = &c->revisions[i];
        if (!r->up.present && l->layout->rules->orphans == ORPHAN_REFUSED)
            return error_set(l->error, ERROR_USAGE, "revision %s has no upgrade%s%s", r->id,
                             r->path ? ", only a downgrade: " : "", r->path ? r->path : "");
        if (!r->up.present && l->layout->rules->orphans == ORPHAN_IGNORED) {
            revision_release(r);
            continue;
        }
        r->up.present = true;
        c->revisions[kept++] = *r;
        if (kept <= i)
            *r = (struct revision){0};
    }
    c->count = kept;
    return true;
}

static void link_revisions(struct chain *c)
{
    for (size_t i = 1; i < c->count; i++)
        c->revisions[i].parent = memory_copy_of(c->revisions[i - 1].id);
}

static bool is_described(const struct layout *layout)
{
    return layout->rules->files[0].part == LAYOUT_DESCRIBED;
}

static bool check_any(const struct loader *l)
{
    return l->chain->count > 0 ||
           error_set(l->error, ERROR_USAGE,
                     "no revision in the migrations folder %s: %s keeps them as %s; give the "
                     "folder with --migrations",
                     l->directory, l->layout->rules->title, l->layout->rules->example);
}

static bool order(const struct loader *l)
{
    if (is_described(l->layout))
        return check_any(l) && chain_order(l->chain, l->error);
    if (!judge_orphans(l) || !check_any(l))
        return false;
    if (l->layout->rules->journal && !order_by_journal(l))
        return false;
    if (!l->layout->rules->journal)
        order_by_version(l);
    link_revisions(l->chain);
    return true;
}

bool chain_load(struct chain *c, const struct layout *layout, const char *directory,
                struct error *e)
{
    *c = (struct chain){.versions = layout->rules->versions};
    struct loader l = {.chain = c, .layout = layout, .directory = directory, .error = e};
    struct folder folder;
    bool good = folder_list(&folder, directory, layout->rules->deep, e) && load_journal(&l);
    for (size_t i = 0; good && i < folder.count; i++)
        good = take_file(&l, folder.paths[i], false);
    for (size_t i = 0; good && i < folder.count; i++)
        good = take_file(&l, folder.paths[i], true);
    good = good && order(&l);
    folder_release(&folder);
    revision_journal_release(&l.journal);
    return good;
}
