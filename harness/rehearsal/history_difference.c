#include "rehearsal/history_difference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { MOST_NAMED = 3 };

static const size_t longest_file = 64u << 20; /* bytes */

struct writer {
    struct history_difference *difference;
    struct text text;
    size_t count;
};

/* Names one more; the first of all says what to do. Takes the strings over. */
static void note(struct writer *w, const struct project_revision *revision, char *text,
                 char *remedy)
{
    if (w->count++ == 0) {
        bool has_file = revision && revision->file_count;
        w->difference->file = has_file ? memory_copy_of(revision->files[0]) : NULL;
        w->difference->remedy = remedy;
        remedy = NULL;
    }
    if (w->count <= MOST_NAMED)
        text_append_format(&w->text, "%s%s", w->count > 1 ? "; " : "", text);
    free(remedy);
    free(text);
}

static const struct project_revision *find(const struct revision_list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].id, id) == 0)
            return &list->items[i];
    return NULL;
}

static bool has_parent(const struct project_revision *r, const char *id)
{
    for (size_t i = 0; i < r->parent_count; i++)
        if (strcmp(r->parents[i], id) == 0)
            return true;
    return false;
}

/* The first that comes after the one at `place` and that the earlier history has, too. */
static const struct project_revision *find_overtaken(const struct revision_list *earlier,
                                                     const struct revision_list *now, size_t place)
{
    const struct project_revision *found = NULL;
    bool *after = memory_zeroed(now->count, sizeof *after);
    after[place] = true;
    for (size_t i = place + 1; i < now->count && !found; i++) {
        for (size_t j = place; j < i && !after[i]; j++)
            after[i] = after[j] && has_parent(&now->items[i], now->items[j].id);
        if (after[i])
            found = find(earlier, now->items[i].id);
    }
    free(after);
    return found;
}

static void note_overtaking(struct writer *w, const struct revision_list *earlier,
                            const struct revision_list *now, size_t place)
{
    const struct project_revision *r = &now->items[place];
    const struct project_revision *overtaken = find_overtaken(earlier, now, place);
    if (overtaken)
        note(w, r, memory_format("%s now comes before %s", r->id, overtaken->id),
             memory_format("give %s a place behind every existing one", r->id));
}

static bool are_alike(const char *a, const char *b)
{
    struct text x = {0}, y = {0};
    bool alike = text_read_file(&x, a, longest_file) && text_read_file(&y, b, longest_file) &&
                 strcmp(text_string(&x), text_string(&y)) == 0;
    text_release(&x);
    text_release(&y);
    return alike;
}

static bool was_changed(const struct project_revision *was, const struct project_revision *is)
{
    bool changed = was->file_count != is->file_count;
    for (size_t i = 0; i < is->file_count && !changed; i++)
        changed = !are_alike(was->files[i], is->files[i]);
    return changed;
}

void history_difference_find(struct history_difference *d, const struct revision_list *earlier,
                             const struct revision_list *now, const char *name)
{
    struct writer w = {.difference = d};
    *d = (struct history_difference){0};
    for (size_t i = 0; i < now->count; i++) {
        const struct project_revision *is = &now->items[i], *was = find(earlier, is->id);
        if (!was)
            note_overtaking(&w, earlier, now, i);
        else if (was_changed(was, is))
            note(&w, is, memory_format("%s was changed", is->id),
                 memory_format("restore %s as %s has it, and make the change in a new revision",
                               is->id, name));
    }
    for (size_t i = 0; i < earlier->count; i++)
        if (!find(now, earlier->items[i].id))
            note(&w, NULL, memory_format("%s is gone", earlier->items[i].id),
                 memory_format("restore %s as %s has it", earlier->items[i].id, name));
    if (w.count > MOST_NAMED)
        text_append_format(&w.text, "; and %zu more", w.count - MOST_NAMED);
    d->text = w.count ? text_detach(&w.text) : NULL;
}

void history_difference_release(struct history_difference *d)
{
    free(d->text);
    free(d->file);
    free(d->remedy);
    *d = (struct history_difference){0};
}
