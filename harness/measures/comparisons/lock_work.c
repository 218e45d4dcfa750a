#include "measures/comparisons/lock_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "measures/comparisons/blame.h"
#include "measures/comparisons/growth.h"
#include "measures/comparisons/lock_rules.h"

static const double least_pages = 64;

/* PostgreSQL manual, table 13.2: from SHARE on writers wait, for ACCESS EXCLUSIVE readers do. */
static const struct level {
    int strength;
    const char *others;
} levels[] = {{8, "readers"}, {5, "writers"}};
enum { LEVELS = sizeof levels / sizeof *levels };

struct work {
    double pages, seconds; /* read meanwhile; the longest that it was held */
    size_t since;          /* the statement whose lock most of it was read under; 0: none */
};

/* A statement that locked the object, and what was read until the end of its transaction. */
struct holder {
    const struct statement_cost *by;
    double pages;
};

struct holders {
    struct holder *items;
    size_t count;
};

static double pages_of(const struct cost_counters *c)
{
    return c->buffers_hit < 0 || c->buffers_read < 0 ? NAN
                                                     : (double)(c->buffers_hit + c->buffers_read);
}

/* Adds it unless an earlier one of its transaction holds the lock already. */
static void add_holder(struct holders *h, const struct statement_cost *by)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct statement_cost *other = h->items[i].by;
        if (other != by && (!by->transaction || other->transaction != by->transaction))
            continue;
        if (by->number < other->number)
            h->items[i].by = by;
        return;
    }
    *(struct holder *)memory_append(&h->items, &h->count, sizeof *h->items) =
        (struct holder){by, 0};
}

static void add_pages(struct holders *h, const struct statement_cost *s)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct statement_cost *by = h->items[i].by;
        if (s == by ||
            (by->transaction && by->transaction == s->transaction && by->number < s->number)) {
            h->items[i].pages += pages_of(&s->counters);
            return;
        }
    }
}

static struct work work_of(const struct cost_record *r, const char *object,
                           const struct level *level)
{
    struct work work = {0};
    struct holders holders = {0};
    double most = 0;
    for (size_t i = 0; i < r->lock_count; i++) {
        const struct lock_cost *lock = &r->locks[i];
        const struct statement_cost *by = blame_find(r, lock->statement);
        if (!by || lock_strength(lock->mode) < level->strength || strcmp(lock->object, object) != 0)
            continue;
        add_holder(&holders, by);
        work.seconds = fmax(work.seconds, lock->held);
    }
    for (size_t i = 0; i < r->statement_count; i++)
        if (!*r->statements[i].sqlstate) /* of one that failed nothing is counted */
            add_pages(&holders, &r->statements[i]);
    for (size_t i = 0; i < holders.count; i++) {
        work.pages += holders.items[i].pages;
        if (holders.items[i].pages > most) {
            most = holders.items[i].pages;
            work.since = holders.items[i].by->number;
        }
    }
    free(holders.items);
    return work;
}

struct side {
    struct growth_values pages, seconds, total;
    size_t since; /* of the first run */
};

static void look_at(const struct ledgers *l, const char *object, const struct level *level,
                    struct side *side)
{
    *side =
        (struct side){.pages.count = l->count, .seconds.count = l->count, .total.count = l->count};
    for (size_t i = 0; i < l->count; i++) {
        struct work work = work_of(l->items[i], object, level);
        side->pages.items[i] = work.pages;
        side->seconds.items[i] = work.seconds;
        side->total.items[i] = pages_of(&l->items[i]->totals);
        side->since = i ? side->since : work.since;
    }
    growth_end(&side->pages);
    growth_end(&side->seconds);
    growth_end(&side->total);
}

/* Whether the object's locks were told to be worse already, by their modes. */
static bool is_told(const struct differences *d, const char *object)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].kind == DIFFERENCE_WORSE && strcmp(d->items[i].check, "locks") == 0 &&
            strncmp(d->items[i].message, object, strlen(object)) == 0 &&
            d->items[i].message[strlen(object)] == ' ')
            return true;
    return false;
}

static bool compare_object(const struct ledgers *base, const struct ledgers *candidate,
                           const char *object, const struct level *level, double threshold,
                           struct differences *out)
{
    struct side b, c;
    look_at(base, object, level, &b);
    look_at(candidate, object, level, &c);
    if (!growth_is_seen(&b.pages, &c.pages, threshold, least_pages) || b.pages.least <= 0)
        return false;
    double due_to_all = fmax(c.total.middle - b.total.middle, 0);
    double own = c.pages.middle - b.pages.middle - due_to_all;
    const struct statement_cost *by = blame_find(candidate->items[0], c.since);
    if (own <= fmax(threshold * b.pages.middle, least_pages) || !by)
        return false;
    char *blame = blame_statement(base->items[0], by);
    differences_add(out, DIFFERENCE_WORSE, "locks",
                    "%s is locked against %s during more of the work: %.0f buffers are read "
                    "meanwhile instead of %.0f, for %.0f ms instead of %.0f ms; since %s",
                    object, level->others, c.pages.middle, b.pages.middle, 1000 * c.seconds.middle,
                    1000 * b.seconds.middle, blame);
    differences_blame(out, by);
    free(blame);
    return true;
}

void work_under_locks_compare(const struct ledgers *base, const struct ledgers *candidate,
                              double threshold, struct differences *out)
{
    const struct cost_record *first = candidate->items[0];
    for (size_t t = 0; t < first->table_count; t++) {
        if (first->tables[t].before < 0) /* nobody waits for what the upgrade makes itself */
            continue;
        char *object = memory_format("table %s", first->tables[t].table);
        bool told = is_told(out, object);
        for (size_t l = 0; l < LEVELS && !told; l++)
            told = compare_object(base, candidate, object, &levels[l], threshold, out);
        free(object);
    }
}

/* The first statement that gives it a value other than 0, which would mean: none. */
static const struct statement_cost *find_setting(const struct cost_record *r,
                                                 const struct pattern *setting)
{
    for (size_t i = 0; i < r->statement_count; i++)
        if (pattern_matches(setting, r->statements[i].sql))
            return &r->statements[i];
    return NULL;
}

void timeouts_compare(const struct ledgers *base, const struct ledgers *candidate,
                      struct differences *out)
{
    static const char *const names[] = {"lock_timeout", "statement_timeout"};
    const struct cost_record *before = base->items[0], *after = candidate->items[0];
    for (size_t i = 0; i < sizeof names / sizeof *names && after->statement_count; i++) {
        char *pattern = memory_format("(?i)%s'?[[:space:]]*(=|to|,)[[:space:]]*'?[1-9]", names[i]);
        struct pattern setting;
        pattern_compile_checked(&setting, pattern);
        const struct statement_cost *by = find_setting(before, &setting);
        if (by && !find_setting(after, &setting))
            differences_add(out, DIFFERENCE_WORSE, "locks",
                            "no statement sets %s; statement %zu of the base does", names[i],
                            by->number);
        pattern_release(&setting);
        free(pattern);
    }
}
