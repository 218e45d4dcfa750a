#include "migrator/recognition.h"

#include <dirent.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/files_like.h"

enum { MOST_BELOW = 6, MOST_ABOVE = 6, USUAL_WEIGHT = 10, WEAK = 5 };

static const size_t longest_file = 1u << 20; /* bytes that are looked through for a sign */

struct search {
    struct candidate_list *list;
    const struct profile_set *set;
    const char *only;
};

/* One folder on the way, with the names in it. */
struct place {
    const char *folder;
    struct dirent **entries;
    int count;
};

static bool has_name_like(const struct place *place, const char *glob_pattern)
{
    char *first = memory_format("%.*s", (int)strcspn(glob_pattern, "/"), glob_pattern);
    bool found = strcmp(first, "..") == 0 || strcmp(first, ".") == 0;
    for (int i = 0; i < place->count && !found; i++)
        found = fnmatch(first, place->entries[i]->d_name, FNM_PERIOD) == 0;
    free(first);
    return found;
}

static bool file_contains(const char *path, const char *regex, struct expression_groups *groups)
{
    struct text content = {0};
    struct stat status;
    bool found = stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
                 text_read_file(&content, path, longest_file) &&
                 expression_match_line(regex, text_string(&content), groups);
    text_release(&content);
    return found;
}

static bool is_named_like(const char *path, const char *regex)
{
    const char *slash = strrchr(path, '/');
    return expression_match(regex, slash ? slash + 1 : path, NULL, NULL);
}

static bool holds_in(const struct suite_condition *c, const char *folder,
                     struct expression_groups *groups)
{
    glob_t found;
    bool holds = files_like(&found, folder, c->file);
    if (holds && c->contains) {
        holds = false;
        for (size_t i = 0; i < found.gl_pathc && !holds; i++)
            holds = file_contains(found.gl_pathv[i], c->contains, groups);
    }
    for (size_t i = 0; holds && c->each && i < found.gl_pathc; i++)
        holds = is_named_like(found.gl_pathv[i], c->each);
    globfree(&found);
    return holds;
}

static bool is_repository(const char *folder)
{
    char *path = memory_format("%s/.git", folder);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* In the folders above, as far as the repository goes. */
static bool holds_above(const struct suite_condition *c, const char *folder,
                        struct expression_groups *groups)
{
    char *at = memory_copy_of(folder);
    bool holds = holds_in(c, at, groups);
    for (int i = 0; i < MOST_ABOVE && !holds && !is_repository(at); i++) {
        char *slash = strrchr(at, '/');
        if (!slash || slash == at)
            break;
        *slash = '\0';
        holds = holds_in(c, at, groups);
    }
    free(at);
    return holds;
}

static bool has_groups(const struct expression_groups *groups)
{
    for (int i = 1; i < EXPRESSION_GROUPS; i++)
        if (groups->items[i])
            return true;
    return false;
}

/* `groups` takes those of the first condition that has any. */
static bool sign_holds(const struct suite_sign *sign, const struct place *place,
                       struct expression_groups *groups)
{
    bool holds = true;
    for (unsigned i = 0; i < sign->all_count && holds; i++) {
        const struct suite_condition *c = &sign->all[i];
        struct expression_groups own = {0};
        holds = c->above ? holds_above(c, place->folder, &own)
                         : has_name_like(place, c->file) && holds_in(c, place->folder, &own);
        if (holds && has_groups(&own) && !has_groups(groups)) {
            expression_groups_release(groups);
            *groups = own;
        } else {
            expression_groups_release(&own);
        }
    }
    return holds;
}

static char *resolve(const char *folder, const char *template,
                     const struct expression_groups *groups)
{
    char *relative = expression_fill(template, groups->items);
    char *path =
        relative[0] == '/' ? memory_copy_of(relative) : memory_format("%s/%s", folder, relative);
    char *resolved = realpath(path, NULL);
    struct stat status;
    if (resolved && (stat(resolved, &status) != 0 || !S_ISDIR(status.st_mode))) {
        free(resolved);
        resolved = NULL;
    }
    free(path);
    free(relative);
    return resolved;
}

static void release_candidate(struct candidate *c)
{
    free(c->directory);
    free(c->folder);
    expression_groups_release(&c->groups);
}

static struct half_sign half_sign(const struct place *place, const struct suite_migrator *profile,
                                  const struct suite_sign *sign,
                                  const struct expression_groups *groups)
{
    return (struct half_sign){.profile = profile,
                              .file = sign->all[0].file,
                              .folder = memory_copy_of(place->folder),
                              .missing = expression_fill(sign->folder, groups->items)};
}

static void try_sign(const struct search *s, const struct place *place,
                     const struct suite_migrator *profile, const struct suite_sign *sign)
{
    struct candidate c = {.profile = profile, .weight = sign->weight ? sign->weight : USUAL_WEIGHT};
    bool holds = sign_holds(sign, place, &c.groups);
    if (holds) {
        c.folder = resolve(place->folder, sign->folder, &c.groups);
        c.directory = resolve(place->folder, sign->directory ? sign->directory : ".", &c.groups);
    }
    if (holds && !c.folder && c.weight >= WEAK && !s->list->half.profile)
        s->list->half = half_sign(place, profile, sign, &c.groups);
    if (c.folder && c.directory)
        *(struct candidate *)memory_append(&s->list->items, &s->list->count,
                                           sizeof *s->list->items) = c;
    else
        release_candidate(&c);
}

static void look_at(const struct search *s, const struct place *place)
{
    for (size_t i = 0; i < s->set->count; i++) {
        const struct suite_migrator *profile = s->set->items[i];
        if (s->only && strcmp(s->only, profile->name) != 0)
            continue;
        for (unsigned j = 0; j < profile->detect_count; j++)
            try_sign(s, place, profile, &profile->detect[j]);
    }
}

static bool is_skipped(const struct search *s, const char *name)
{
    const struct surroundings *around = s->set->surroundings;
    for (unsigned i = 0; i < around->skip_count; i++)
        if (fnmatch(around->skip[i], name, 0) == 0)
            return true;
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Links are not followed: they may lead anywhere, and in circles. */
static bool is_folder(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void walk(const struct search *s, const char *folder, int depth)
{
    struct place place = {.folder = folder};
    place.count = scandir(folder, &place.entries, NULL, alphasort);
    if (place.count < 0)
        return;
    look_at(s, &place);
    for (int i = 0; i < place.count; i++) {
        char *path = memory_format("%s/%s", folder, place.entries[i]->d_name);
        if (depth < MOST_BELOW && !is_skipped(s, place.entries[i]->d_name) && is_folder(path))
            walk(s, path, depth + 1);
        free(path);
        free(place.entries[i]);
    }
    free(place.entries);
}

static bool is_within(const char *inner, const char *outer)
{
    size_t length = strlen(outer);
    return strncmp(inner, outer, length) == 0 && (inner[length] == '/' || inner[length] == '\0');
}

/* Of one migrator's signs, one inside the other, the heavier knows better where the folder is. */
static bool outdoes_own(const struct candidate *other, const struct candidate *c, bool earlier)
{
    bool nested = is_within(c->folder, other->folder) || is_within(other->folder, c->folder);
    return nested && (other->weight > c->weight || (other->weight == c->weight && earlier));
}

/* Of two migrators' signs for one folder; a weak sign also yields to one for a folder around. */
static bool outdoes_foreign(const struct candidate *other, const struct candidate *c)
{
    bool beside = strcmp(c->folder, other->folder) == 0;
    bool around = is_within(c->folder, other->folder) && c->weight < WEAK;
    return other->weight > c->weight && (beside || around);
}

/* Whether another candidate says more about the same revisions, or the same and was found first.
   Numbered files count only where there is no `strong` sign of a migrator. */
static bool is_outdone(const struct candidate_list *list, size_t i, bool strong)
{
    const struct candidate *c = &list->items[i];
    if (strong && c->weight < WEAK)
        return true;
    for (size_t j = 0; j < list->count; j++) {
        const struct candidate *other = &list->items[j];
        if (j != i && (c->profile == other->profile ? outdoes_own(other, c, j < i)
                                                    : outdoes_foreign(other, c)))
            return true;
    }
    return false;
}

static void keep_heaviest(struct candidate_list *list)
{
    bool *outdone = memory_zeroed(list->count + 1, sizeof *outdone);
    size_t kept = 0;
    bool strong = false;
    for (size_t i = 0; i < list->count; i++)
        strong |= list->items[i].weight >= WEAK;
    for (size_t i = 0; i < list->count; i++)
        outdone[i] = is_outdone(list, i, strong);
    for (size_t i = 0; i < list->count; i++)
        if (outdone[i])
            release_candidate(&list->items[i]);
        else
            list->items[kept++] = list->items[i];
    list->count = kept;
    free(outdone);
}

void recognition_find(struct candidate_list *list, const struct profile_set *set,
                      const char *folder, const char *only)
{
    struct search search = {list, set, only};
    *list = (struct candidate_list){0};
    walk(&search, folder, 0);
    keep_heaviest(list);
}

void candidate_list_release(struct candidate_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release_candidate(&list->items[i]);
    free(list->items);
    free(list->half.folder);
    free(list->half.missing);
    *list = (struct candidate_list){0};
}
