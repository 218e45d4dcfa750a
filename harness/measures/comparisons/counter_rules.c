#include "measures/comparisons/counter_rules.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "measures/comparisons/blame.h"
#include "measures/comparisons/growth.h"
#include "measures/comparisons/lock_rules.h"
#include "measures/comparisons/lock_work.h"
#include "record/measure_table.h"

enum unit { UNIT_BYTES, UNIT_PAGES, UNIT_COUNT };

enum { WAL, BUFFERS, DIRTIED, TEMPORARY, COUNTERS };

struct counter {
    enum measure_id measure;
    enum unit unit;
    double least; /* growth below this does not matter */
};

static const struct counter counters[COUNTERS] = {
    [WAL] = {MEASURE_WAL, UNIT_BYTES, 64 * 1024},
    [BUFFERS] = {MEASURE_BUFFERS_READ, UNIT_PAGES, 64},
    [DIRTIED] = {MEASURE_BUFFERS_DIRTIED, UNIT_PAGES, 16},
    [TEMPORARY] = {MEASURE_TEMPORARY_FILES, UNIT_BYTES, 1024 * 1024},
};

/* NAN: not known. */
static double value_of(const struct cost_counters *c, int counter)
{
    int64_t value = -1;
    switch (counter) {
    case WAL:
        value = c->wal_bytes;
        break;
    case BUFFERS: /* whether a page was there already is the machine's matter */
        value = c->buffers_hit < 0 || c->buffers_read < 0 ? -1 : c->buffers_hit + c->buffers_read;
        break;
    case DIRTIED:
        value = c->buffers_dirtied;
        break;
    case TEMPORARY:
        value = c->temp_bytes;
        break;
    }
    return value < 0 ? NAN : (double)value;
}

static void amount_text(double amount, enum unit unit, char *buffer, size_t size)
{
    if (unit == UNIT_BYTES)
        bytes_text(amount, buffer, size);
    else
        snprintf(buffer, size, "%.0f", amount);
}

/*
 * What the counter of the statement was in the base: of the same text there, of the second one if
 * this is the second. 0 if there is none.
 */
static double base_value(const struct cost_record *base, const struct cost_record *candidate,
                         const struct statement_cost *s, int counter)
{
    size_t earlier = 0;
    for (size_t i = 0; i < candidate->statement_count && &candidate->statements[i] != s; i++)
        earlier += strcmp(candidate->statements[i].sql, s->sql) == 0;
    for (size_t i = 0; i < base->statement_count; i++)
        if (strcmp(base->statements[i].sql, s->sql) == 0 && earlier-- == 0)
            return value_of(&base->statements[i].counters, counter);
    return 0;
}

/* That to which most of the growth is due; NULL where none stands out. */
static const struct statement_cost *find_culprit(const struct cost_record *base,
                                                 const struct cost_record *candidate, int counter,
                                                 const char *step, double growth)
{
    const struct statement_cost *worst = NULL;
    double most = growth / 2;
    for (size_t i = 0; i < candidate->statement_count; i++) {
        const struct statement_cost *s = &candidate->statements[i];
        if (step && (!s->step || strcmp(s->step, step) != 0))
            continue;
        double grown = value_of(&s->counters, counter) - base_value(base, candidate, s, counter);
        if (grown > most) {
            most = grown;
            worst = s;
        }
    }
    return worst;
}

/* Returns the statement to which most of it is due, if it is worse. */
static const struct statement_cost *tell_change(const struct ledgers *b, const struct ledgers *c,
                                                int counter, const char *step,
                                                const struct growth_values *base,
                                                const struct growth_values *candidate, bool worse,
                                                struct differences *out)
{
    char before[32], after[32], share[48] = "";
    double ratio = base->middle > 0 ? candidate->middle / base->middle : 0;
    amount_text(base->middle, counters[counter].unit, before, sizeof before);
    amount_text(candidate->middle, counters[counter].unit, after, sizeof after);
    if (ratio >= 10)
        snprintf(share, sizeof share, ", %.0f times as much", ratio);
    else if (ratio > 0)
        snprintf(share, sizeof share, ", %.0f %% %s", 100 * fabs(ratio - 1),
                 worse ? "more" : "less");
    const struct statement_cost *culprit =
        worse ? find_culprit(b->items[0], c->items[0], counter, step,
                             candidate->middle - base->middle)
              : NULL;
    char *blame = culprit ? blame_statement(b->items[0], culprit) : NULL;
    differences_add(out, worse ? DIFFERENCE_WORSE : DIFFERENCE_BETTER, "counters",
                    "%s%s%s: %s instead of %s%s%s%s", measure_name(counters[counter].measure),
                    step ? " in " : "", step ? step : "", after, before, share,
                    blame ? "; most of it in " : "", blame ? blame : "");
    differences_blame(out, culprit);
    free(blame);
    return culprit;
}

/* A step that one side does not have costs nothing there. */
static double step_value(const struct cost_record *record, const char *step, int counter)
{
    for (size_t i = 0; i < record->step_count; i++)
        if (strcmp(record->steps[i].name, step) == 0)
            return value_of(&record->steps[i].counters, counter);
    return 0;
}

static const struct statement_cost *compare_counter(const struct ledgers *base,
                                                    const struct ledgers *candidate, int counter,
                                                    const char *step, double threshold,
                                                    struct differences *out)
{
    struct growth_values b = {.count = base->count}, c = {.count = candidate->count};
    double least = counters[counter].least;
    for (size_t i = 0; i < base->count; i++)
        b.items[i] = step ? step_value(base->items[i], step, counter)
                          : value_of(&base->items[i]->totals, counter);
    for (size_t i = 0; i < candidate->count; i++)
        c.items[i] = step ? step_value(candidate->items[i], step, counter)
                          : value_of(&candidate->items[i]->totals, counter);
    growth_end(&b);
    growth_end(&c);
    if (growth_is_seen(&b, &c, threshold, least))
        return tell_change(base, candidate, counter, step, &b, &c, true, out);
    if (!step && growth_is_seen(&c, &b, threshold, least))
        tell_change(base, candidate, counter, step, &b, &c, false, out);
    return NULL;
}

/* Of the whole upgrade and of each step, except for the one that the whole's growth is due to. */
static void compare_everywhere(const struct ledgers *base, const struct ledgers *candidate,
                               int counter, double threshold, struct differences *out)
{
    const struct cost_record *first = candidate->items[0];
    const struct statement_cost *culprit =
        compare_counter(base, candidate, counter, NULL, threshold, out);
    for (size_t s = 0; s < first->step_count; s++)
        if (!culprit || !culprit->step || strcmp(culprit->step, first->steps[s].name) != 0)
            compare_counter(base, candidate, counter, first->steps[s].name, threshold, out);
}

static void compare_statements(const struct ledgers *base, const struct ledgers *candidate,
                               double threshold, struct differences *out)
{
    struct growth_values b = {.count = base->count}, c = {.count = candidate->count};
    for (size_t i = 0; i < base->count; i++)
        b.items[i] = (double)base->items[i]->statement_count;
    for (size_t i = 0; i < candidate->count; i++)
        c.items[i] = (double)candidate->items[i]->statement_count;
    growth_end(&b);
    growth_end(&c);
    if (b.middle == 0 || c.middle == 0) /* not watched */
        return;
    bool grew = growth_is_seen(&b, &c, 0, 0), fell = growth_is_seen(&c, &b, threshold, 0);
    bool worse = grew && growth_is_seen(&b, &c, threshold, 0);
    if (grew || fell)
        differences_add(out,
                        worse  ? DIFFERENCE_WORSE
                        : fell ? DIFFERENCE_BETTER
                               : DIFFERENCE_TOLD,
                        "counters", "statements: %.0f instead of %.0f", c.middle, b.middle);
}

static double size_after(const struct cost_record *record, const char *table)
{
    for (size_t i = 0; i < record->table_count; i++)
        if (strcmp(record->tables[i].table, table) == 0)
            return fmax((double)record->tables[i].after, 0);
    return 0;
}

/* How large each table is in the end, with its indexes: a wider column, one index too many. */
static void compare_sizes(const struct ledgers *base, const struct ledgers *candidate,
                          double threshold, struct differences *out)
{
    for (size_t t = 0; t < candidate->items[0]->table_count; t++) {
        const char *table = candidate->items[0]->tables[t].table;
        struct growth_values b = {.count = base->count}, c = {.count = candidate->count};
        char before[32], after[32];
        for (size_t i = 0; i < base->count; i++)
            b.items[i] = size_after(base->items[i], table);
        for (size_t i = 0; i < candidate->count; i++)
            c.items[i] = size_after(candidate->items[i], table);
        growth_end(&b);
        growth_end(&c);
        if (!growth_is_seen(&b, &c, threshold, counters[WAL].least))
            continue;
        bytes_text(b.middle, before, sizeof before);
        bytes_text(c.middle, after, sizeof after);
        differences_add(out, DIFFERENCE_WORSE, "counters",
                        "size of table %s with its indexes: %s instead of %s", table, after,
                        before);
    }
}

void counters_compare(const struct ledgers *base, const struct ledgers *candidate, double threshold,
                      struct differences *out)
{
    if (!base->count || !candidate->count || base->count > LEDGERS_MOST ||
        candidate->count > LEDGERS_MOST)
        return;
    locks_compare(base, candidate, out);
    timeouts_compare(base, candidate, out);
    rewrites_compare(base, candidate, out);
    compare_statements(base, candidate, threshold, out);
    for (int counter = 0; counter < COUNTERS; counter++)
        compare_everywhere(base, candidate, counter, threshold, out);
    compare_sizes(base, candidate, threshold, out);
    work_under_locks_compare(base, candidate, threshold, out);
}
