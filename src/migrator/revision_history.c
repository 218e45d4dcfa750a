#include "migrator/revision_history.h"

#include "base/memory.h"

static const char arrow[] = " -> ";

static void add_link(struct revision_history *h, const char *parent, size_t parent_length,
                     const char *child, size_t child_length)
{
    struct revision_link *link = memory_append(&h->links, &h->count, sizeof *h->links);
    link->parent = memory_format("%.*s", (int)parent_length, parent);
    link->child = memory_format("%.*s", (int)child_length, child);
}

/* "a, b -> c (head), message" */
static void read_line(struct revision_history *h, const char *line, size_t length)
{
    char *copy = memory_format("%.*s", (int)length, line);
    char *end = strstr(copy, arrow), *parent = copy + strspn(copy, " \t");
    const char *child = end ? end + strlen(arrow) : "";
    size_t child_length = strcspn(child, " ,(\r");
    if (end && child_length && parent < end) {
        *(char **)memory_append(&h->lines, &h->line_count, sizeof *h->lines) = memory_copy_of(copy);
        *end = '\0';
        while (*parent) {
            size_t parent_length = strcspn(parent, ", ");
            if (parent_length)
                add_link(h, parent, parent_length, child, child_length);
            parent += parent_length;
            parent += strspn(parent, ", ");
        }
    }
    free(copy);
}

void revision_history_read(struct revision_history *h, const char *output)
{
    while (*output) {
        size_t length = strcspn(output, "\n");
        read_line(h, output, length);
        output += length + (output[length] == '\n');
    }
}

static bool is(const char *revision, const char *word, size_t length)
{
    return strlen(revision) == length && memcmp(revision, word, length) == 0;
}

bool revision_history_knows(const struct revision_history *h, const char *revision, size_t length)
{
    for (size_t i = 0; i < h->count; i++)
        if (is(h->links[i].child, revision, length) ||
            (h->links[i].parent[0] != '<' && is(h->links[i].parent, revision, length)))
            return true;
    return false;
}

/* Every link is walked once, so a circle, which no migrator should tell of, comes to an end. */
bool revision_history_leads(const struct revision_history *h, const char *from, const char *to)
{
    bool *walked = memory_zeroed(h->count, sizeof *walked);
    const char **pending = memory_zeroed(h->count + 1, sizeof *pending);
    size_t count = 0;
    bool found = false;
    pending[count++] = from;
    while (count && !found) {
        const char *at = pending[--count];
        found = strcmp(at, to) == 0;
        for (size_t i = 0; i < h->count; i++)
            if (!walked[i] && strcmp(h->links[i].parent, at) == 0) {
                walked[i] = true;
                pending[count++] = h->links[i].child;
            }
    }
    free(pending);
    free(walked);
    return found;
}

static void add_once(char ***list, size_t *count, const char *word, size_t length)
{
    for (size_t i = 0; i < *count; i++)
        if (is((*list)[i], word, length))
            return;
    *(char **)memory_append(list, count, sizeof **list) = memory_format("%.*s", (int)length, word);
}

char **revision_history_current(const struct revision_history *h, const char *output, size_t *count)
{
    char **list = NULL;
    const char *last = NULL;
    *count = 0;
    for (const char *line = output; *line; line += *line == '\n') {
        line += strspn(line, " \t\r");
        size_t length = strcspn(line, " \t\r,\n");
        if (length)
            last = line;
        if (length && revision_history_knows(h, line, length))
            add_once(&list, count, line, length);
        line += strcspn(line, "\n");
    }
    if (*count == 0 && last)
        add_once(&list, count, last, strcspn(last, " \t\r,\n"));
    return list;
}

void revision_list_free(char **revisions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(revisions[i]);
    free(revisions);
}

void revision_history_release(struct revision_history *h)
{
    for (size_t i = 0; i < h->count; i++) {
        free(h->links[i].parent);
        free(h->links[i].child);
    }
    free(h->links);
    revision_list_free(h->lines, h->line_count);
    *h = (struct revision_history){0};
}
