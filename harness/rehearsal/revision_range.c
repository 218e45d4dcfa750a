#include "rehearsal/revision_range.h"

#include <stdint.h>
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

static bool is_one_of(const struct project_revision *r, char *const *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (r->file_count && strcmp(r->files[0], files[i]) == 0)
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
    while (good && place < range->end && !is_one_of(&list->items[place], files.paths, files.count))
        place++;
    if (good && place == range->end)
        error_set(e, ERROR_USAGE, "--since %s: no revision in %s has been added since", commit,
                  folder);
    range->first = place;
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
    *range = (struct revision_range){list->count - 1, list->count};
    if (!check_options(request, e))
        return false;
    if (request->to) {
        size_t last;
        if (!find(list, "--to", request->to, &last, e))
            return false;
        *range = (struct revision_range){last, last + 1};
    }
    return find_beginning(range, list, folder, base, request, cancel, e);
}
