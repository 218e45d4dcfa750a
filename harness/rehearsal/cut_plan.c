#include "rehearsal/cut_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Whether its connection was in a transaction before the statement at `index`. */
static bool was_in_transaction(const struct ledger *l, size_t index)
{
    for (size_t i = index; i-- > 0;)
        if (l->statements[i].connection == l->statements[index].connection)
            return l->statements[i].transaction != 'I';
    return false;
}

static bool is_in_transaction(const struct ledger *l, size_t index)
{
    return l->statements[index].transaction && l->statements[index].transaction != 'I';
}

static bool ends_transaction(const struct ledger *l, size_t index)
{
    return index < l->count && was_in_transaction(l, index) &&
           (l->statements[index].ended || !is_in_transaction(l, index));
}

/* Whether the statement neither begins nor ends a transaction; one without an answer may do so. */
static bool keeps_transaction(const struct ledger *l, size_t index)
{
    return l->statements[index].transaction && !l->statements[index].ended &&
           was_in_transaction(l, index) == is_in_transaction(l, index);
}

static void add_boundary(struct cut_plan *p, struct cut_boundary boundary)
{
    *(struct cut_boundary *)memory_append(&p->boundaries, &p->boundary_count,
                                          sizeof *p->boundaries) = boundary;
}

/* The boundary after `done` statements: two where the next one is on another connection. */
static void add_boundaries(struct cut_plan *p, const struct ledger *l, size_t done)
{
    bool parts = done > 0 && done < l->count &&
                 l->statements[done - 1].connection != l->statements[done].connection;
    size_t next = done < l->count ? done + 1 : 0;
    bool ends = ends_transaction(l, done), keeps = done > 0 && keeps_transaction(l, done - 1);
    bool inside = done > 0 && is_in_transaction(l, done - 1);
    if (parts) {
        add_boundary(p, (struct cut_boundary){.after = done, .joins = keeps, .inside = inside});
        if (!p->slow)
            add_boundary(p, (struct cut_boundary){.before = next,
                                                  .inside = was_in_transaction(l, done),
                                                  .ends = ends});
    } else {
        add_boundary(p, (struct cut_boundary){done, next, keeps && !ends, inside, ends});
    }
}

static void add_cut(struct cut_plan *p, size_t boundary, enum cut_manner manner, bool after,
                    bool again)
{
    const struct cut_boundary *b = &p->boundaries[boundary];
    bool is_after = b->before == 0 || (after && b->after > 0);
    const struct cut_point point = {manner, is_after ? b->after : b->before, is_after};
    *(struct planned_cut *)memory_append(&p->cuts, &p->count, sizeof *p->cuts) =
        (struct planned_cut){point, boundary, again};
}

static void add_in_turn(struct cut_plan *p, size_t boundary, bool again)
{
    add_cut(p, boundary, (enum cut_manner)(p->count % CUT_MANNERS), true, again);
}

static void cut_at_each(struct cut_plan *p)
{
    for (size_t i = 0; i < p->boundary_count; i++)
        add_in_turn(p, i, i + CUT_MANNERS >= p->boundary_count || p->boundaries[i].ends);
}

/* After the last boundary of the transaction that the one at `from` is in. */
static size_t end_of_transaction(const struct cut_plan *p, size_t from)
{
    size_t i = from + 1;
    while (i < p->boundary_count && !p->boundaries[i - 1].ends &&
           (p->boundaries[i].joins || (p->boundaries[i].inside && p->boundaries[i].ends)))
        i++;
    return i;
}

/* Whatever is cut off in a transaction leaves what there was before it: three of them are enough.
 */
static void cut_at_few(struct cut_plan *p)
{
    for (size_t i = 0, end; i < p->boundary_count; i = end) {
        end = p->boundaries[i].inside ? end_of_transaction(p, i) : i + 1;
        add_in_turn(p, i, false);
        if (end - i > 2)
            add_in_turn(p, i + (end - i) / 2, false);
        if (end - i > 1)
            add_in_turn(p, end - 1, true);
    }
    for (size_t i = 0; i < p->count; i++)
        p->cuts[i].again |= i + CUT_MANNERS >= p->count;
}

void cut_plan_begin(struct cut_plan *p, const struct ledger *l, bool slow)
{
    *p = (struct cut_plan){.slow = slow};
    for (size_t i = 0; i <= l->count && l->count; i++)
        add_boundaries(p, l, i);
    if (slow)
        cut_at_few(p);
    else
        cut_at_each(p);
    p->first = p->count;
}

static size_t end_of_stretch(const struct cut_plan *p, char *const *marks, size_t from)
{
    size_t i = from + 1;
    while (i < p->boundary_count && p->boundaries[i].joins && marks[i] && marks[i - 1] &&
           strcmp(marks[i], marks[i - 1]) == 0)
        i++;
    return i;
}

static void complete_stretch(struct cut_plan *p, size_t from, size_t end)
{
    bool tried[CUT_MANNERS] = {false};
    size_t added = 0;
    for (size_t i = from; i < end; i++)
        tried[p->cuts[i].point.manner] = true;
    for (size_t manner = 0; manner < CUT_MANNERS; manner++)
        if (!tried[manner]) {
            size_t boundary = from + added++ % (end - from);
            /* what is cut off while it waits for the end may take it for done */
            add_cut(p, boundary, (enum cut_manner)manner, !p->boundaries[boundary].ends, true);
        }
}

void cut_plan_complete(struct cut_plan *p, char *const *marks)
{
    for (size_t i = 0, end; i < p->boundary_count && !p->slow; i = end) {
        end = end_of_stretch(p, marks, i);
        complete_stretch(p, i, end);
    }
}

size_t cut_plan_ways(const struct cut_plan *p)
{
    size_t sides = 0;
    for (size_t i = 0; i < p->boundary_count; i++)
        sides += (p->boundaries[i].after > 0) + (size_t)(p->boundaries[i].before > 0);
    return sides * CUT_MANNERS;
}

void cut_plan_release(struct cut_plan *p)
{
    free(p->boundaries);
    free(p->cuts);
    *p = (struct cut_plan){0};
}
