#include "migrate/chain.h"

#include "base/memory.h"
#include "base/text.h"

static bool refuse(struct error *e, const char *what)
{
    return error_set(e, ERROR_USAGE, "%s", what);
}

void chain_release(struct chain *c)
{
    for (size_t i = 0; i < c->count; i++)
        revision_release(&c->revisions[i]);
    for (size_t i = 0; i < c->repeatable_count; i++)
        revision_release(&c->repeatables[i]);
    free(c->revisions);
    free(c->repeatables);
    *c = (struct chain){0};
}

static int by_id(const void *a, const void *b)
{
    const struct revision *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : strcmp(x->path, y->path);
}

static int id_against(const void *id, const void *revision)
{
    return strcmp(id, ((const struct revision *)revision)->id);
}

/* What the links between the revisions look like; indices into revisions sorted by id. */
struct links {
    size_t *parent; /* `none` for a base */
    size_t *child;  /* `none` for a head; the first found, if there are several */
};

static const size_t none = (size_t)-1;

static bool check_duplicates(const struct chain *c, struct error *e)
{
    for (size_t i = 1; i < c->count; i++) {
        const struct revision *a = &c->revisions[i - 1], *b = &c->revisions[i];
        if (strcmp(a->id, b->id) == 0)
            return error_set(e, ERROR_USAGE, "duplicate revision %s: in %s and in %s", a->id,
                             a->path, b->path);
    }
    return true;
}

static bool link_parents(const struct chain *c, struct links *links, struct error *e)
{
    for (size_t i = 0; i < c->count; i++)
        links->parent[i] = links->child[i] = none;
    for (size_t i = 0; i < c->count; i++) {
        const struct revision *r = &c->revisions[i];
        if (!r->parent)
            continue;
        const struct revision *parent =
            bsearch(r->parent, c->revisions, c->count, sizeof *c->revisions, id_against);
        if (!parent)
            return error_set(e, ERROR_USAGE, "revision %s (%s): its parent %s is missing", r->id,
                             r->path, r->parent);
        size_t p = (size_t)(parent - c->revisions);
        links->parent[i] = p;
        if (links->child[p] == none)
            links->child[p] = i;
    }
    return true;
}

/* Some revision from which no base is reached; `none` if every one reaches a base. */
static size_t find_endless(const struct chain *c, const struct links *links)
{
    for (size_t i = 0; i < c->count; i++) {
        size_t at = i;
        for (size_t steps = 0; at != none && steps < c->count; steps++)
            at = links->parent[at];
        if (at != none)
            return at; /* after `count` steps one is within the cycle, not before it */
    }
    return none;
}

static bool check_cycle(const struct chain *c, const struct links *links, struct error *e)
{
    size_t start = find_endless(c, links);
    if (start == none)
        return true;
    struct text cycle = {0};
    text_append(&cycle, c->revisions[start].id);
    for (size_t at = links->parent[start];; at = links->parent[at]) {
        text_append_format(&cycle, " -> %s", c->revisions[at].id);
        if (at == start)
            break;
    }
    error_set(e, ERROR_USAGE, "the revisions form a cycle, each the child of the next: %s",
              text_string(&cycle));
    text_release(&cycle);
    return false;
}

/* Exactly one revision may have no `next` one. */
static bool check_one_end(const struct chain *c, const size_t *next, const char *what,
                          const char *remedy, struct error *e)
{
    const struct revision *first = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct revision *r = &c->revisions[i];
        if (next[i] != none)
            continue;
        if (first)
            return error_set(e, ERROR_USAGE, "the revisions have two %s: %s (%s) and %s (%s); %s",
                             what, first->id, first->path, r->id, r->path, remedy);
        first = r;
    }
    return true;
}

static void sort_from_base(struct chain *c, const struct links *links)
{
    struct revision *ordered = memory_zeroed(c->count, sizeof *ordered);
    size_t at = 0;
    while (links->parent[at] != none)
        at = links->parent[at];
    for (size_t i = 0; i < c->count; i++, at = links->child[at])
        ordered[i] = c->revisions[at];
    free(c->revisions);
    c->revisions = ordered;
}

bool chain_order(struct chain *c, struct error *e)
{
    if (c->count == 0)
        return refuse(e, "no revisions found");
    qsort(c->revisions, c->count, sizeof *c->revisions, by_id);
    struct links links = {.parent = memory_zeroed(c->count, sizeof(size_t)),
                          .child = memory_zeroed(c->count, sizeof(size_t))};
    bool good =
        check_duplicates(c, e) && link_parents(c, &links, e) && check_cycle(c, &links, e) &&
        check_one_end(c, links.parent, "bases", "give one of them the other as its parent", e) &&
        check_one_end(c, links.child, "heads", "give one of them the other's end as its parent", e);
    if (good)
        sort_from_base(c, &links);
    free(links.parent);
    free(links.child);
    return good;
}

size_t chain_find(const struct chain *c, const char *id)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->revisions[i].id, id) == 0)
            return i + 1;
    return 0;
}

const char *chain_name(const struct chain *c, size_t place)
{
    return place == 0 ? "base" : c->revisions[place - 1].id;
}
