#include "measures.h"

#include <math.h>
#include <string.h>

#include "memory.h"
#include "verdict.h"

static bool is_there(const struct measure_list *list, const char *scenario, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].scenario, scenario) == 0 &&
            strcmp(list->items[i].name, name) == 0)
            return true;
    return false;
}

/* Takes over `name`. */
static void add(struct measure_list *list, const struct scenario_record *s, char *name,
                const char *unit, double value, bool telling)
{
    if (!isfinite(value)) {
        free(name);
        return;
    }
    for (int number = 2; is_there(list, s->name, name); number++) {
        char *bracket = number > 2 ? strrchr(name, '(') : NULL;
        int length = bracket ? (int)(bracket - name) - 1 : (int)strlen(name);
        char *numbered = memory_format("%.*s (%d)", length, name, number);
        free(name);
        name = numbered;
    }
    struct measure *m = memory_append(&list->items, &list->count, sizeof *list->items);
    *m = (struct measure){s->name, name, unit, value, telling};
}

/* A counter that the server did not tell is -1. */
static void add_count(struct measure_list *list, const struct scenario_record *s, const char *name,
                      const char *unit, int64_t value)
{
    if (value >= 0)
        add(list, s, memory_copy_of(name), unit, (double)value, true);
}

static bool is_kind(const struct check *c, const char *kind)
{
    return c->kind && strcmp(c->kind, kind) == 0;
}

static bool step_is_sound(const struct step *step)
{
    for (size_t i = 0; i < step->check_count; i++) {
        const struct check *c = &step->checks[i];
        bool migrates = is_kind(c, "upgrade") || is_kind(c, "downgrade");
        if (c->outcome == OUTCOME_NOT_RUN || c->outcome == OUTCOME_ERROR ||
            (migrates && c->outcome == OUTCOME_FINDING))
            return false;
    }
    return true;
}

static bool step_migrates(const struct step *step)
{
    for (size_t i = 0; i < step->check_count; i++)
        if (is_kind(&step->checks[i], "upgrade") || is_kind(&step->checks[i], "downgrade"))
            return true;
    return false;
}

static void take_steps(struct measure_list *list, const struct scenario_record *s)
{
    for (size_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        if (!step_is_sound(step))
            continue;
        for (size_t j = 0; j < step->measurement_count; j++) {
            const struct measurement *m = &step->measurements[j];
            /* the first is the whole, the others are its parts */
            add(list, s, memory_copy_of(m->name), m->unit, m->value, j == 0 && step_migrates(step));
        }
    }
}

static void take_locks(struct measure_list *list, const struct scenario_record *s)
{
    for (size_t i = 0; i < s->cost->lock_count; i++) {
        const struct lock_cost *lock = &s->cost->locks[i];
        double longest = lock->held;
        bool first = true;
        for (size_t j = 0; j < s->cost->lock_count; j++) {
            const struct lock_cost *other = &s->cost->locks[j];
            if (strcmp(other->object, lock->object) != 0 || strcmp(other->mode, lock->mode) != 0)
                continue;
            first = first && j >= i;
            longest = fmax(longest, other->held);
        }
        if (first)
            add(list, s, memory_format("%s on %s held", lock->mode, lock->object), "s", longest,
                false);
    }
}

static void take_cost(struct measure_list *list, const struct scenario_record *s)
{
    const struct cost_record *c = s->cost;
    size_t rewritten = 0;
    for (size_t i = 0; i < c->table_count; i++)
        rewritten += c->tables[i].rewritten;
    add(list, s, memory_copy_of("statements' time"), "s", c->seconds, true);
    add_count(list, s, "statements", "", (int64_t)c->statement_count);
    add_count(list, s, "tables rewritten", "", (int64_t)rewritten);
    add_count(list, s, "WAL", "bytes", c->totals.wal_bytes);
    add_count(list, s, "WAL records", "", c->totals.wal_records);
    add_count(list, s, "buffers hit", "", c->totals.buffers_hit);
    add_count(list, s, "buffers read", "", c->totals.buffers_read);
    add_count(list, s, "buffers dirtied", "", c->totals.buffers_dirtied);
    add_count(list, s, "temporary files", "bytes", c->totals.temp_bytes);
    take_locks(list, s);
    for (size_t i = 0; i < c->stall_count; i++) {
        add(list, s, memory_format("longest stall of %s", c->stalls[i].probe), "s",
            c->stalls[i].longest, false);
        add(list, s, memory_format("p99 of %s", c->stalls[i].probe), "s", c->stalls[i].p99, false);
    }
}

void measure_list_take(struct measure_list *list, const struct run_record *r)
{
    *list = (struct measure_list){0};
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *s = &r->scenarios[i];
        take_steps(list, s);
        if (s->cost && verdict_of_scenario(s) == VERDICT_PASSED)
            take_cost(list, s);
    }
}

void measure_list_release(struct measure_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].name);
    free(list->items);
    *list = (struct measure_list){0};
}
