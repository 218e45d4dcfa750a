#include <math.h>

#include "base/memory.h"
#include "record/lock_level.h"
#include "reports/plots.h"

enum { ROW = 20, NAMES = 290, NAME_COLUMNS = 35 };

struct row {
    size_t index;  /* of the statement; of the object's first lock */
    double weight; /* seconds; for an object: more for what bars more */
};

struct timeline {
    struct plot *plot;
    const struct cost_record *cost;
    double from, to;
    double least; /* a bar that is narrower could not be seen */
};

void timeline_range(const struct cost_record *c, double *from, double *to)
{
    *from = INFINITY;
    *to = 0;
    for (size_t i = 0; i < c->statement_count; i++) {
        const struct statement_cost *s = &c->statements[i];
        *from = fmin(*from, s->started);
        *to = fmax(*to, s->started + fmax(s->seconds, 0));
    }
    for (size_t i = 0; i < c->lock_count; i++) {
        const struct lock_cost *l = &c->locks[i];
        *from = fmin(*from, l->taken - l->waited);
        *to = fmax(*to, l->taken + l->held);
    }
    if (!isfinite(*from) || !(*to > *from)) {
        *from = isfinite(*from) ? *from : 0;
        *to = *from + 0.001;
    }
    double edge = (*to - *from) * 0.02;
    *from = fmax(0, *from - edge);
    *to += edge;
}

static int by_weight(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_index(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Keeps the `most` of the greatest weight, in their order; returns how many are left. */
static size_t keep_heaviest(struct row *rows, size_t count, size_t most)
{
    if (count > most) {
        qsort(rows, count, sizeof *rows, by_weight);
        count = most;
    }
    if (count)
        qsort(rows, count, sizeof *rows, by_index);
    return count;
}

/* The row's place: 0 is the uppermost. */
static void add_bar(const struct timeline *t, size_t row, double from, double to, double height)
{
    double middle = -(double)row - 0.5;
    plot_add_box(t->plot, from, middle - height / 2, fmax(to, from + t->least),
                 middle + height / 2);
}

static double statement_end(const struct timeline *t, const struct statement_cost *s)
{
    return s->seconds < 0 ? t->to : s->started + s->seconds;
}

static bool has_failed(const struct statement_cost *s)
{
    return s->sqlstate[0] || s->seconds < 0;
}

/* Bars on one row, those joined that could not be told apart. */
struct joined {
    double from, to;
    bool open;
};

static void end_joined(const struct timeline *t, size_t row, double height, struct joined *j)
{
    if (j->open)
        add_bar(t, row, j->from, j->to, height);
    j->open = false;
}

static void join(const struct timeline *t, size_t row, double height, struct joined *j, double from,
                 double to)
{
    if (j->open && from >= j->from && from <= j->to + t->least) {
        j->to = fmax(j->to, to);
        return;
    }
    end_joined(t, row, height, j);
    *j = (struct joined){from, to, true};
}

static bool any_such(const struct cost_record *c, bool failed)
{
    for (size_t i = 0; i < c->statement_count; i++)
        if (has_failed(&c->statements[i]) == failed)
            return true;
    return false;
}

/* The bars of one look; those without a row of their own come together on the one after them. */
static void add_statements(const struct timeline *t, const struct row *rows, size_t count,
                           bool failed)
{
    const double height = failed ? 0.8 : 0.6;
    const enum plot_ink ink = failed ? PLOT_BAD : PLOT_BLUE;
    struct joined rest = {0};
    if (!any_such(t->cost, failed))
        return;
    plot_begin(t->plot, PLOT_BOXES, ink, PLOT_SOLID);
    if (failed)
        plot_explain(t->plot, PLOT_BOXES, ink, PLOT_SOLID, "a statement that failed");
    for (size_t i = 0, row = 0; i < t->cost->statement_count; i++) {
        const struct statement_cost *s = &t->cost->statements[i];
        bool own = row < count && rows[row].index == i;
        if (has_failed(s) != failed)
            ;
        else if (own)
            add_bar(t, row, s->started, statement_end(t, s), height);
        else
            join(t, count, height, &rest, s->started, statement_end(t, s));
        row += own;
    }
    end_joined(t, count, height, &rest);
}

static void name_row(const struct timeline *t, size_t row, const char *text)
{
    plot_tick(t->plot, PLOT_Y, -(double)row - 0.5, text, NAME_COLUMNS);
}

static void name_statements(const struct timeline *t, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct statement_cost *s = &t->cost->statements[rows[i].index];
        char *name = memory_format("%zu %s", s->number, s->sql ? s->sql : "");
        name_row(t, i, name);
        free(name);
    }
    size_t rest = t->cost->statement_count - count;
    if (rest) {
        char *name = memory_format("%zu other statements", rest);
        name_row(t, count, name);
        free(name);
    }
}

static bool same_object(const struct lock_cost *a, const struct lock_cost *b)
{
    return a->object && b->object && strcmp(a->object, b->object) == 0;
}

/* One row an object, in the order in which they were locked first. */
static size_t find_objects(const struct cost_record *c, struct row **rows)
{
    size_t count = 0;
    for (size_t i = 0; i < c->lock_count; i++) {
        const struct lock_cost *l = &c->locks[i];
        double weight =
            l->held + l->waited + 1e9 * lock_level_of(l->mode) + 1e10 * lock_interest(l);
        size_t at = 0;
        while (at < count && !same_object(&c->locks[(*rows)[at].index], l))
            at++;
        if (at == count)
            *(struct row *)memory_append(rows, &count, sizeof **rows) = (struct row){i, weight};
        else
            (*rows)[at].weight = fmax((*rows)[at].weight, weight);
    }
    return count;
}

static const struct {
    enum plot_ink ink;
    enum plot_fill fill;
    double height; /* of the row */
} looks[LOCK_LEVELS] = {
    [LOCK_READS] = {PLOT_BLUE, PLOT_LIGHT, 0.2},
    [LOCK_WRITES] = {PLOT_VIOLET, PLOT_LIGHT, 0.4},
    [LOCK_BARS_WRITE] = {PLOT_DOUBT, PLOT_DOTTED, 0.6},
    [LOCK_BARS_ALL] = {PLOT_BAD, PLOT_SOLID, 0.8},
};

/* The locks of a level; or, if `waits`, how long any was waited for. */
static void add_locks(const struct timeline *t, const struct row *rows, size_t count, size_t first,
                      enum lock_level level, bool waits)
{
    bool begun = false;
    for (size_t i = 0; i < t->cost->lock_count; i++) {
        const struct lock_cost *l = &t->cost->locks[i];
        size_t row = 0;
        while (row < count && !same_object(&t->cost->locks[rows[row].index], l))
            row++;
        if (row == count || (waits ? l->waited <= 0 : lock_level_of(l->mode) != level))
            continue;
        if (!begun) {
            enum plot_ink ink = waits ? PLOT_TEXT : looks[level].ink;
            enum plot_fill fill = waits ? PLOT_HATCHED : looks[level].fill;
            plot_begin(t->plot, PLOT_BOXES, ink, fill);
            plot_explain(t->plot, PLOT_BOXES, ink, fill,
                         waits ? "waiting for a lock" : lock_level_text(level));
        }
        begun = true;
        if (waits)
            add_bar(t, first + row, l->taken - l->waited, l->taken, 0.8);
        else
            add_bar(t, first + row, l->taken, l->taken + l->held, looks[level].height);
    }
}

static void draw_locks(const struct timeline *t, const struct row *rows, size_t count, size_t first)
{
    for (size_t i = 0; i < count; i++) {
        const char *object = t->cost->locks[rows[i].index].object;
        name_row(t, first + i, object ? object : "");
    }
    for (int level = LOCK_READS; level < LOCK_LEVELS; level++)
        add_locks(t, rows, count, first, (enum lock_level)level, false);
    add_locks(t, rows, count, first, LOCK_READS, true);
}

static void draw_border(const struct timeline *t, size_t row)
{
    plot_begin(t->plot, PLOT_LINE, PLOT_TEXT, PLOT_SOLID);
    plot_add(t->plot, t->from, -(double)row);
    plot_add(t->plot, t->to, -(double)row);
}

size_t timeline_objects(const struct cost_record *c)
{
    struct row *objects = NULL;
    size_t count = find_objects(c, &objects);
    free(objects);
    return count;
}

bool plot_timeline(struct plot *p, const char *name, const struct cost_record *c)
{
    struct row *statements = memory_zeroed(c->statement_count + 1, sizeof *statements);
    struct row *objects = NULL;
    struct timeline t = {.plot = p, .cost = c};
    for (size_t i = 0; i < c->statement_count; i++)
        statements[i] =
            (struct row){i, c->statements[i].seconds < 0 ? INFINITY : c->statements[i].seconds};
    size_t shown = keep_heaviest(statements, c->statement_count, TIMELINE_STATEMENTS);
    size_t locked = find_objects(c, &objects);
    locked = keep_heaviest(objects, locked, TIMELINE_OBJECTS);
    size_t first = shown + (shown < c->statement_count), rows = first + locked;
    timeline_range(c, &t.from, &t.to);
    t.least = (t.to - t.from) * 0.0025;
    plot_init(p, name, 960, (int)rows * ROW + 70,
              "Statements over time, and the objects they locked",
              "One row per statement, in order of execution; below, one row per locked object. The "
              "tables have the same figures.");
    p->left = NAMES;
    plot_axis(p, PLOT_X, t.from, t.to, 8, "s", "since the migrator started");
    plot_axis_bare(p, PLOT_Y, -(double)rows, 0, NULL);
    name_statements(&t, statements, shown);
    add_statements(&t, statements, shown, false);
    add_statements(&t, statements, shown, true);
    draw_locks(&t, objects, locked, first);
    if (first && locked)
        draw_border(&t, first);
    free(statements);
    free(objects);
    return rows > 0;
}
