/* From what was measured to the outcome, and to the record. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "measures/comparisons/comparison_parts.h"
#include "migrator/migrator_place.h"
#include "statistics/quantile.h"

static const double shown_share = 0.01; /* a smaller change of time is not reported */

static void tell_time(struct comparison *c, size_t measure, const struct time_series *series,
                      const struct paired_estimate *r, enum difference_kind kind)
{
    const struct time_measure *m = &series->measures[measure];
    double estimate = 100 * time_share(m, r->estimate), low = 100 * time_share(m, r->low);
    double high = 100 * time_share(m, r->high);
    double before = median(m->base, series->pairs), after = median(m->candidate, series->pairs);
    bool longer = estimate >= 0;
    differences_add(&c->differences, kind, "time",
                    "%s takes %.0f ms instead of %.0f ms: %.1f %% %s%s (%.1f to %.1f %%)", m->name,
                    1000 * after, 1000 * before, fabs(estimate), longer ? "more" : "less",
                    m->is_step ? " of the whole upgrade" : "", longer ? low : -high,
                    longer ? high : -low);
}

/* A change that the interval is sure of and that is below the threshold, or for the better. */
static void tell_small(struct comparison *c, size_t measure)
{
    const struct time_measure *m = &c->times.measures[measure];
    const struct paired_estimate *r = &c->measures[measure].result;
    if (r->low > 0 && time_share(m, r->estimate) >= shown_share)
        tell_time(c, measure, &c->times, r, DIFFERENCE_TOLD);
    else if (r->high < 0 && time_share(m, r->estimate) <= -shown_share)
        tell_time(c, measure, &c->times, r, DIFFERENCE_BETTER);
}

static void tell_times(struct comparison *c, enum decision time)
{
    for (size_t i = 0; c->measures && i < c->times.measure_count; i++) {
        bool confirmed = time == DECISION_ALARM && c->confirmation && c->confirmation[i].alarm;
        if (confirmed)
            tell_time(c, i, &c->fresh, &c->confirmation[i].result, DIFFERENCE_WORSE);
        else
            tell_small(c, i);
    }
}

/* The measure of which least is known. */
static void tell_doubt(struct comparison *c)
{
    const struct decision_measure *measures = c->confirmation ? c->confirmation : c->measures;
    const struct time_series *series = c->confirmation ? &c->fresh : &c->times;
    size_t worst = 0;
    double most = -INFINITY;
    for (size_t i = 0; i < series->measure_count && i < c->times.measure_count; i++) {
        double beyond = measures[i].result.high - measures[i].boundary;
        if ((!c->confirmation || c->measures[i].alarm) && beyond > most) {
            most = beyond;
            worst = i;
        }
    }
    const struct time_measure *m = &series->measures[worst];
    const struct paired_estimate *r = &measures[worst].result;
    c->reason = memory_format(
        "%s%zu pairs cannot show whether %s takes over %.0f %% more: %+.1f to %+.1f %%; give "
        "more --rounds, larger sizes or a quieter machine",
        c->confirmation ? "an alarm was neither confirmed nor withdrawn, " : "", series->pairs,
        m->name, 100 * c->request->threshold, 100 * time_share(m, r->low),
        100 * time_share(m, r->high));
}

static void decide(struct comparison *c, enum decision time)
{
    bool by_counter = differences_have(&c->differences, DIFFERENCE_WORSE, NULL);
    c->time_decided = time == DECISION_FINE || (time == DECISION_ALARM && c->confirmation);
    tell_times(c, time);
    if (by_counter || (c->time_decided && time == DECISION_ALARM)) {
        c->outcome = COMPARISON_REGRESSED;
    } else if (time == DECISION_FINE) {
        c->outcome = COMPARISON_FINE;
    } else {
        c->outcome = COMPARISON_INCONCLUSIVE;
        tell_doubt(c);
    }
}

/* The checks of the first step, except for its first one, and of the second. */
static const struct {
    const char *kind, *name;
} ledger_checks[] = {{"locks", "no table is locked in a stronger mode"},
                     {"rewrites", "no other table is rewritten"},
                     {"counters", "no counter has grown"}};
enum { LEDGER_CHECKS = sizeof ledger_checks / sizeof *ledger_checks };

static struct check *plan_check(struct step *step, const char *kind, const char *name)
{
    struct check *check = record_add_check(step, name, "");
    check->kind = memory_copy_of(kind);
    return check;
}

static void plan(struct comparison *c)
{
    struct scenario_record *s = record_add_scenario(&c->bench.record, "compare",
                                                    "Compare what two sets of migrations cost");
    struct step *step = record_add_step(s, "upgrade both in turns and compare the ledgers");
    plan_check(step, NULL, "the candidate's upgrade can be compared");
    for (size_t i = 0; i < LEDGER_CHECKS; i++)
        plan_check(step, ledger_checks[i].kind, ledger_checks[i].name);
    char *name =
        memory_format("the upgrade takes at most %.0f %% longer", 100 * c->request->threshold);
    plan_check(record_add_step(s, "time both in turns"), "time", name);
    free(name);
}

/* What was compared, and with how many rows. */
static void record_terms(struct comparison *c, struct run_record *record)
{
    const struct suite *suite = c->bench.run.ground.suite;
    if (c->base_name)
        record_add_circumstance(record, "compare.base", c->base_name);
    for (unsigned i = 0; i < suite->size_count; i++) {
        char *name = memory_format("size.%s", suite->sizes[i].name);
        char *value = memory_format("%llu", (unsigned long long)c->request->sizes[i].value);
        record_add_circumstance(record, name, value);
        free(name);
        free(value);
    }
}

void comparison_begin(struct comparison *c)
{
    struct run_record *record = &c->bench.record;
    struct event_stream *events = c->request->bench.events;
    record_terms(c, record);
    plan(c);
    event_run(events, EVENT_RUN_BEGINS);
    live_scenario_begin(&c->live, record, events, c->bench.run.started);
    live_scenario_step(&c->live);
}

static struct step *step_of(const struct comparison *c, size_t at)
{
    return &live_scenario_record(&c->live)->steps[at];
}

/* The statement that took longest in the candidate's first run; NULL: none was seen. */
static const char *longest_statement(const struct comparison *c)
{
    const struct cost_record *record = c->ledger_count[1] ? c->ledgers[1][0] : NULL;
    const struct statement_cost *longest = NULL;
    for (size_t i = 0; record && i < record->statement_count; i++)
        if (!longest || record->statements[i].seconds > longest->seconds)
            longest = &record->statements[i];
    return longest ? longest->sql : NULL;
}

/* Where the migration has the statement; what is due to none alone has the file of the longest. */
static void place(const struct comparison *c, const struct difference *d, struct check *check)
{
    const struct migrator *m = &c->bench.run.ground.migrator;
    const char *sql = d->sql ? d->sql : longest_statement(c);
    if (sql && migrator_statement_place(m, sql, &check->file, &check->line) && !d->sql)
        check->line = 0;
}

static void conclude_failed(struct comparison *c, struct check *check)
{
    if (c->failed_file) {
        check->file = memory_copy_of(c->failed_file);
        check->line = c->failed_line;
    }
    live_scenario_conclude(&c->live, check, OUTCOME_FINDING, c->reason);
}

/* What counts against one check: the first as its message, the others as its detail. */
static void conclude(struct comparison *c, struct check *check)
{
    struct text others = {0};
    const char *first = NULL;
    for (size_t i = 0; i < c->differences.count; i++) {
        const struct difference *d = &c->differences.items[i];
        if (d->kind != DIFFERENCE_WORSE || strcmp(d->check, check->kind) != 0)
            continue;
        if (first) {
            text_append_format(&others, "%s\n", d->message);
        } else {
            first = d->message;
            place(c, d, check);
        }
    }
    if (first)
        check->remedy = memory_copy_of("find out why it costs more, and whether it has to");
    if (others.length)
        check->detail = memory_copy_of(text_string(&others));
    live_scenario_conclude(&c->live, check, first ? OUTCOME_FINDING : OUTCOME_PASSED, first);
    text_release(&others);
}

void comparison_record_ledgers(struct comparison *c)
{
    const struct step *step = step_of(c, 0);
    struct check *checks = step->checks;
    if (c->reason)
        conclude_failed(c, &checks[0]);
    else
        live_scenario_conclude(&c->live, &checks[0], OUTCOME_PASSED, NULL);
    for (size_t i = 0; !c->reason && i < LEDGER_CHECKS; i++)
        conclude(c, &checks[1 + i]);
}

static void record_medians(struct comparison *c, struct step *step)
{
    for (size_t i = 0; i < c->times.measure_count; i++) {
        const struct time_measure *m = &c->times.measures[i];
        char *base = memory_format("%s, base", m->name);
        char *candidate = memory_format("%s, candidate", m->name);
        record_add_measurement(step, base, "s", median(m->base, c->times.pairs), 0);
        record_add_measurement(step, candidate, "s", median(m->candidate, c->times.pairs), 0);
        free(base);
        free(candidate);
    }
}

void comparison_judge(struct comparison *c, enum decision time)
{
    struct step *step = step_of(c, 1);
    struct check *check = &step->checks[0];
    bool failed = c->outcome == COMPARISON_REGRESSED; /* the candidate did: the reason says it */
    if (!failed)
        decide(c, time);
    record_medians(c, step);
    if (c->live.next < 2)
        return; /* it failed already while the ledgers were taken */
    if (failed) {
        conclude_failed(c, check);
    } else if (c->outcome == COMPARISON_INCONCLUSIVE) {
        live_scenario_conclude(&c->live, check, OUTCOME_ERROR, c->reason);
    } else if (c->time_decided) {
        conclude(c, check);
    } else {
        check->level = LEVEL_NOTE;
        live_scenario_conclude(&c->live, check, OUTCOME_NOT_RUN, "a counter has decided already");
    }
}

void comparison_end(struct comparison *c, const struct error *e)
{
    char *why = memory_format("not run: %s", e ? e->message : "the candidate's upgrade failed");
    if (e) {
        const struct step *step = step_of(c, c->live.next - 1);
        for (size_t i = 0; i < step->check_count; i++)
            if (step->checks[i].outcome == OUTCOME_NOT_RUN) {
                live_scenario_conclude(&c->live, &step->checks[i], OUTCOME_ERROR, e->message);
                break;
            }
    }
    live_scenario_end(&c->live, why);
    free(why);
}
