#include "reports/causes.h"

#include <string.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/evidence.h"

enum { SHORTEST_CAUSE = 12 }; /* bytes; fewer words may be in any sentence */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_place(const struct check *a, const struct check *b)
{
    return same_text(a->file, b->file) && a->line == b->line;
}

/* Whether `later` says of itself what is beneath `first`. */
static bool is_beneath(const struct check *first, const struct check *later)
{
    return first->cause && strlen(first->cause) >= SHORTEST_CAUSE && later->message &&
           strstr(later->message, first->cause);
}

static bool is_same_cause(const struct check *first, const struct check *later)
{
    if (first->cause && later->cause && same_text(first->cause, later->cause))
        return true;
    if (!first->message && !later->message) /* nothing is known of either */
        return false;
    return (same_text(first->message, later->message) && same_place(first, later)) ||
           is_beneath(first, later);
}

static struct cause *cause_for(struct causes *c, const struct check *check)
{
    for (size_t i = 0; i < c->count; i++)
        if (is_same_cause(c->items[i].places[0].check, check))
            return &c->items[i];
    return memory_append(&c->items, &c->count, sizeof *c->items);
}

static bool is_remark(const struct check *check, enum check_level level)
{
    return check->level == level && check->outcome == OUTCOME_PASSED && check->message;
}

/* Of the outcome; of the level where that is not LEVEL_FINDING. */
static void collect(struct causes *c, const struct run_record *r, enum outcome outcome,
                    enum check_level level)
{
    *c = (struct causes){0};
    for (size_t i = 0; i < r->scenario_count; i++)
        for (size_t j = 0; j < r->scenarios[i].step_count; j++) {
            const struct step *step = &r->scenarios[i].steps[j];
            for (size_t k = 0; k < step->check_count; k++) {
                const struct check *check = &step->checks[k];
                if (level == LEVEL_FINDING ? check->outcome != outcome : !is_remark(check, level))
                    continue;
                struct cause *cause = cause_for(c, check);
                *(struct cause_place *)memory_append(&cause->places, &cause->count,
                                                     sizeof *cause->places) =
                    (struct cause_place){&r->scenarios[i], step, check};
            }
        }
}

void causes_of_outcome(struct causes *c, const struct run_record *r, enum outcome outcome)
{
    collect(c, r, outcome, LEVEL_FINDING);
}

void causes_of_level(struct causes *c, const struct run_record *r, enum check_level level)
{
    collect(c, r, OUTCOME_PASSED, level);
}

void causes_of_grade(struct causes *c, const struct run_record *r, enum cause_grade grade)
{
    switch (grade) {
    case GRADE_FINDING:
        causes_of_outcome(c, r, OUTCOME_FINDING);
        return;
    case GRADE_ERROR:
        causes_of_outcome(c, r, OUTCOME_ERROR);
        return;
    case GRADE_WARNING:
        causes_of_level(c, r, LEVEL_WARNING);
        return;
    case GRADE_NOTE:
    case CAUSE_GRADES:
        break;
    }
    causes_of_level(c, r, LEVEL_NOTE);
}

const char *cause_grade_name(enum cause_grade grade)
{
    static const char *const names[] = {"finding", "error", "warning", "note"};
    return names[grade];
}

void causes_release(struct causes *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->items[i].places);
    free(c->items);
    *c = (struct causes){0};
}

const struct cause *causes_find(const struct causes *c, const struct check *check)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t j = 0; j < c->items[i].count; j++)
            if (c->items[i].places[j].check == check)
                return &c->items[i];
    return NULL;
}

/* Whether the scenario was named by an earlier place. */
static bool is_named(const struct cause *cause, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (cause->places[i].scenario == cause->places[place].scenario)
            return true;
    return false;
}

static size_t count_scenarios(const struct cause *cause)
{
    size_t count = 0;
    for (size_t i = 0; i < cause->count; i++)
        count += !is_named(cause, i);
    return count;
}

void cause_append_scenarios(struct text *t, const struct cause *cause, size_t most)
{
    size_t count = count_scenarios(cause), named = 0;
    size_t shown = most && count > most ? most : count;
    for (size_t i = 0; i < cause->count && named < shown; i++) {
        if (is_named(cause, i))
            continue;
        bool last = named + 1 == count;
        char *name = valid_line(cause->places[i].scenario->name);
        text_append_format(t, "%s%s", named == 0 ? "" : last ? " and " : ", ", name);
        free(name);
        named++;
    }
    if (count > shown)
        text_append_format(t, " and %zu more", count - shown);
}

void cause_append_lines(struct text *t, const struct cause *cause)
{
    const struct check *check = cause->places[0].check;
    char *message = valid_line(check->message), *remedy = valid_line(check->remedy);
    char *name = check_full_name(cause->places[0].step, check);
    text_append_format(t, "%s\n", *message ? message : name);
    if (*remedy)
        text_append_format(t, "What to do: %s\n", remedy);
    text_append(t, "Seen in: ");
    cause_append_scenarios(t, cause, 0);
    text_append_format(t, " (%s)", name);
    free(name);
    free(message);
    free(remedy);
}

void check_append_place(struct text *t, const struct check *check)
{
    if (!check->file || !check->file[0])
        return;
    char *file = valid_line(check->file);
    text_append(t, file);
    if (check->line)
        text_append_format(t, ":%u", check->line);
    free(file);
}

bool scenario_explains(const struct run_record *r, const struct scenario_record *s)
{
    return r->error || r->interrupted || scenario_count_outcome(s, OUTCOME_FINDING) ||
           scenario_count_outcome(s, OUTCOME_ERROR);
}
