#include "migrate/file_place.h"

#include "base/memory.h"
#include "migrate/folder.h"

void file_place_release(struct file_place *p)
{
    free(p->path);
    free(p->version);
    free(p->key);
    free(p->name);
}

/* Gives what the groups of the pattern took to the parts of the place. */
static void take_groups(struct file_place *p, const regmatch_t *groups)
{
    for (unsigned i = 0; i < p->file->groups_count; i++) {
        char **field = NULL;
        if (p->file->groups[i] == LAYOUT_VERSION)
            field = &p->version;
        else if (p->file->groups[i] == LAYOUT_KEY)
            field = &p->key;
        else if (p->file->groups[i] == LAYOUT_NAME)
            field = &p->name;
        if (field && !*field)
            *field = pattern_part(p->script, &groups[i]);
    }
}

static void find_key(const struct layout *l, const struct revision_journal *journal,
                     struct file_place *p)
{
    if (!p->version || p->key)
        return;
    if (!l->rules->journal) {
        p->key = version_key(l->rules->versions, p->version);
        return;
    }
    const struct revision_journal_entry *entry = revision_journal_find(journal, p->version);
    if (entry)
        p->key = memory_copy_of(entry->key);
    else
        p->file = NULL; /* the journal decides what is a revision */
}

struct file_place file_place_look(const struct layout *l, const struct revision_journal *journal,
                                  const char *directory, const char *script)
{
    const struct layout_rules *r = l->rules;
    struct file_place p = {.script = script, .path = folder_path(directory, script)};
    regmatch_t parts[LAYOUT_GROUPS + 1];
    for (unsigned i = 0; i < r->files_count; i++) {
        if (!pattern_find(&l->files[i], script, parts, LAYOUT_GROUPS + 1))
            continue;
        p.file = &r->files[i];
        take_groups(&p, &parts[1]);
        find_key(l, journal, &p);
        break;
    }
    return p;
}
