#include "rehearsal/revision_range.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rehearsal/files_since.h"

static bool no_such_revision(const struct revision_list *list, const char *option, const char *id,
                             struct error *e)
{
    const struct project_revision *newest = &list->items[list->count - 1];
    return error_set(e, ERROR_USAGE, "%s %s: no such revision; there are %zu, the newest is %s",
                     option, id, list->count, newest->id);
}

static bool find(const struct revision_list *list, const char *option, const char *id,
                 size_t *place, struct error *e)
{
    *place = revision_list_place(list, id);
    return *place != SIZE_MAX || no_such_revision(list, option, id, e);
}

static bool is_one_of(const char *file, char *const *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(file, files[i]) == 0)
            return true;
    return false;
}

static bool is_added(const struct project_revision *r, const struct files_since *files)
{
    return r->file_count && is_one_of(r->files[0], files->paths, files->count);
}

static bool has_parent_in(const struct revision_list *list, size_t place, const bool *set)
{
    const struct project_revision *r = &list->items[place];
    for (size_t i = 0; i < place; i++)
        for (size_t j = 0; set[i] && j < r->parent_count; j++)
            if (strcmp(r->parents[j], list->items[i].id) == 0)
                return true;
    return false;
}

/* Whether one that was there before comes after one that is new. */
static bool is_any_put_before(const struct revision_list *list, const struct files_since *files)
{
    bool *later = memory_zeroed(list->count + 1, sizeof *later), found = false;
    for (size_t i = 0; i < list->count; i++) {
        bool added = is_added(&list->items[i], files), follows = has_parent_in(list, i, later);
        found = found || (follows && !added);
        later[i] = added || follows;
    }
    free(later);
    return found;
}

static bool is_any_changed(const struct revision_list *list, const struct files_since *files)
{
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < list->items[i].file_count; j++)
            if (is_one_of(list->items[i].files[j], files->changed, files->changed_count))
                return true;
    return false;
}

/* The first that the commit did not have; those after it come after it in the history, too. */
static bool find_since(struct revision_range *range, const struct revision_list *list,
                       const char *folder, const char *commit, const struct cancel *cancel,
                       struct error *e)
{
    struct files_since files;
    bool good = files_since_read(&files, folder, commit, cancel, e);
    size_t place = 0;
    while (good && place < range->end && !is_added(&list->items[place], &files))
        place++;
    if (good &&
        (files.has_removed || is_any_changed(list, &files) || is_any_put_before(list, &files))) {
        range->origin = files.base;
        files.base = NULL;
    }
    if (good && place == range->end && range->origin)
        place--; /* there is something to say of the branch */
    else if (good && place == range->end)
        error_set(e, ERROR_USAGE, "--since %s: no revision in %s has been added since", commit,
                  folder);
    range->first = place;
    range->since = commit;
    files_since_release(&files);
    return e->kind == ERROR_NONE;
}

static bool check_options(const struct range_request *q, struct error *e)
{
    int beginnings = (q->from != NULL) + (q->since != NULL) + (q->last > 0);
    return beginnings < 2 ||
           error_set(e, ERROR_USAGE,
                     "--from, --last and --since all say where the range begins: give only one");
}

static bool find_beginning(struct revision_range *range, const struct revision_list *list,
                           const char *folder, const char *base, const struct range_request *q,
                           const struct cancel *cancel, struct error *e)
{
    if (q->since)
        return find_since(range, list, folder, q->since, cancel, e);
    if (q->last)
        range->first = q->last < range->end ? range->end - (size_t)q->last : 0;
    else if (q->each && !q->from)
        range->first = 0;
    else if (q->from && strcmp(q->from, base) == 0)
        range->first = 0;
    else if (q->from && find(list, "--from", q->from, &range->first, e))
        range->first++;
    if (e->kind == ERROR_NONE && range->first >= range->end)
        error_set(e, ERROR_USAGE, "--from %s: no revision lies between it and %s", q->from,
                  list->items[range->end - 1].id);
    return e->kind == ERROR_NONE;
}

bool revision_range_choose(struct revision_range *range, const struct revision_list *list,
                           const char *folder, const char *base,
                           const struct range_request *request, const struct cancel *cancel,
                           struct error *e)
{
    if (list->count == 0)
        return error_set(e, ERROR_USAGE, "%s: there is no revision", folder);
    *range = (struct revision_range){.first = list->count - 1, .end = list->count};
    if (!check_options(request, e))
        return false;
    if (request->to) {
        size_t last;
        if (!find(list, "--to", request->to, &last, e))
            return false;
        *range = (struct revision_range){.first = last, .end = last + 1};
    }
    return find_beginning(range, list, folder, base, request, cancel, e);
}

void revision_range_release(struct revision_range *range)
{
    free(range->origin);
    range->origin = NULL;
}
