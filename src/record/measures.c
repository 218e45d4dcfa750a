#include "record/measures.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "record/lock_level.h"
#include "record/verdict.h"

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

/*
 * Of an upgrade the first measurement is the whole, the others are its parts; of one under the
 * ledger these are, by the names that the step verbs give them.
 */
static bool is_telling(const struct scenario_record *s, const struct step *step, size_t at)
{
    if (!step_migrates(step))
        return false;
    if (!s->cost)
        return at == 0;
    const struct measure_row *row = measure_find(step->measurements[at].name);
    return row && row->telling;
}

static void take_steps(struct measure_list *list, const struct scenario_record *s)
{
    for (size_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        if (!step_is_sound(step))
            continue;
        for (size_t j = 0; j < step->measurement_count; j++) {
            const struct measurement *m = &step->measurements[j];
            add(list, s, memory_copy_of(m->name), m->unit, m->value, is_telling(s, step, j));
        }
    }
}

/* Of hundreds of locks those on tables of the migration; run.json has all. */
static bool is_recorded(const struct lock_cost *lock)
{
    return lock_level_of(lock->mode) > LOCK_READS && strncmp(lock->object, "table ", 6) == 0 &&
           strncmp(lock->object, "table pg_catalog.", 17) != 0;
}

static void take_locks(struct measure_list *list, const struct scenario_record *s)
{
    for (size_t i = 0; i < s->cost->lock_count; i++) {
        const struct lock_cost *lock = &s->cost->locks[i];
        double longest = lock->held;
        bool first = is_recorded(lock);
        for (size_t j = 0; first && j < s->cost->lock_count; j++) {
            const struct lock_cost *other = &s->cost->locks[j];
            if (strcmp(other->object, lock->object) != 0 || strcmp(other->mode, lock->mode) != 0)
                continue;
            first = j >= i;
            longest = fmax(longest, other->held);
        }
        if (first)
            add(list, s, memory_format("%s on %s held", lock->mode, lock->object), "s", longest,
                false);
    }
}

void measure_list_take(struct measure_list *list, const struct run_record *r)
{
    *list = (struct measure_list){0};
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *s = &r->scenarios[i];
        take_steps(list, s);
        if (s->cost && verdict_of_scenario(s) == VERDICT_PASSED)
            take_locks(list, s);
    }
}

void measure_list_release(struct measure_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].name);
    free(list->items);
    *list = (struct measure_list){0};
}
