/* The forecast in words: for a person, and for the record. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/text.h"
#include "measures/forecasts/forecast_parts.h"
#include "migrator/migrator_place.h"
#include "reports/figure.h"
#include "statistics/cost_fit.h"

/* "3:05 to 4:30" where both are minutes, else "58.2 s to 1 min 04 s". */
static void append_interval(struct text *t, double low, double high)
{
    long least = lround(low), most = lround(high);
    if (least >= 60 && most < 3600) {
        text_append_format(t, "%ld:%02ld to %ld:%02ld", least / 60, least % 60, most / 60,
                           most % 60);
        return;
    }
    figure_append_duration(t, low);
    text_append(t, " to ");
    figure_append_duration(t, high);
}

static void append_rows(struct text *t, double rows)
{
    if (rows >= 1e9)
        text_append_format(t, "%.3g billion", rows / 1e9);
    else if (rows >= 1e6)
        text_append_format(t, "%.3g million", rows / 1e6);
    else
        text_append_format(t, "%.0f", rows);
}

char *forecast_sentence(const struct forecast_record *f)
{
    struct text t = {0};
    figure_append_duration(&t, f->estimate);
    text_append(&t, " (");
    append_interval(&t, f->low, f->high);
    text_append(&t, ") at ");
    append_rows(&t, f->rows);
    text_append_format(&t, " %s, limit ", f->what);
    figure_append_duration(&t, f->limit);
    return text_detach(&t);
}

static void print_points(const struct forecast_record *f)
{
    for (size_t i = 0; i < f->point_count; i++) {
        double least = f->points[i].seconds, most = least;
        bool again = false;
        size_t runs = 0;
        for (size_t j = 0; j < f->point_count; j++) {
            if (f->points[j].rows != f->points[i].rows)
                continue;
            again = again || j < i;
            least = fmin(least, f->points[j].seconds);
            most = fmax(most, f->points[j].seconds);
            runs++;
        }
        if (again)
            continue;
        struct text range = {0};
        figure_append_duration(&range, least);
        text_append(&range, " to ");
        figure_append_duration(&range, most);
        printf("measured   %.0f rows: %s in %zu runs\n", f->points[i].rows, text_string(&range),
               runs);
        text_release(&range);
    }
}

void forecast_print(const struct forecast *f)
{
    const struct forecast_record *r = f->outcome;
    const struct scenario_record *s = &f->bench.record.scenarios[0];
    if (r) {
        printf("sizes      --%s is scaled; rows of %s are counted\n", f->scaled, r->what);
        print_points(r);
        for (size_t i = 0; i < r->step_count; i++) {
            struct text estimate = {0};
            figure_append_duration(&estimate, r->steps[i].estimate);
            printf("%-10s %-10s %-48s %10s, residuals %.1f %%\n", i ? "" : "model",
                   cost_model_name(r->steps[i].model), r->steps[i].name, text_string(&estimate),
                   100 * r->steps[i].residual);
            text_release(&estimate);
        }
        if (r->note)
            printf("%-10s %s\n", "buffers", r->note);
        printf("fit        residuals of the whole %.1f %%; uncertainty grows by %.1f %% per "
               "doubling beyond the largest size\n",
               100 * f->residual, 100 * f->drift);
        printf("forecast   %s\n", r->sentence);
    }
    const struct check *c = &s->steps[0].checks[0];
    if (c->message)
        printf("%s\n", c->message);
    else
        puts("within the limit");
}

void forecast_begin(struct forecast *f)
{
    struct run_record *record = &f->bench.record;
    struct event_stream *events = f->request->bench.events;
    struct scenario_record *s =
        record_add_scenario(record, "forecast", "Forecast how long the upgrade will take");
    struct step *step = record_add_step(s, "time it at several sizes and extrapolate");
    struct text name = {0};
    text_append_format(&name, "with %.0f rows in %s the upgrade will end within ", f->request->rows,
                       f->request->table);
    figure_append_duration(&name, f->request->time_limit);
    struct check *check = record_add_check(step, text_string(&name), "");
    check->kind = memory_copy_of("forecast");
    text_release(&name);
    event_run(events, EVENT_RUN_BEGINS);
    live_scenario_begin(&f->live, record, events, f->bench.run.started);
    live_scenario_step(&f->live);
}

static void add_measurements(struct forecast *f)
{
    struct step *step = &live_scenario_record(&f->live)->steps[0];
    record_add_measure(step, MEASURE_FORECAST, f->outcome->estimate, f->request->time_limit);
    record_add_measure(step, MEASURE_FORECAST_LOW, f->outcome->low, 0);
    record_add_measure(step, MEASURE_FORECAST_HIGH, f->outcome->high, 0);
}

/* Where the migration names the step that will take longest; what comes before the first is nowhere
   in it. */
static void place(const struct forecast *f, struct check *check)
{
    const struct forecast_record *r = f->outcome;
    size_t longest = 1;
    for (size_t i = 2; i < r->step_count; i++)
        if (r->steps[i].estimate > r->steps[longest].estimate)
            longest = i;
    if (longest < r->step_count)
        migrator_statement_place(&f->bench.run.ground.migrator, r->steps[longest].name,
                                 &check->file, &check->line);
}

static void judge(struct forecast *f, struct check *check)
{
    const struct forecast_record *r = f->outcome;
    enum outcome outcome = OUTCOME_PASSED;
    if (r->low > r->limit) {
        outcome = OUTCOME_FINDING;
        check->message = memory_format("it will take too long: %s", r->sentence);
        check->remedy = memory_copy_of("make the migration cheaper, or raise the time limit");
        place(f, check);
    } else if (r->high > r->limit) {
        outcome = OUTCOME_ERROR;
        check->message = memory_format(
            "the interval includes the limit: %s; measure at larger sizes with --at-sizes",
            r->sentence);
    }
    live_scenario_conclude(&f->live, check, outcome, NULL);
}

void forecast_conclude(struct forecast *f, const struct forecast_failure *failure,
                       const struct error *e)
{
    struct check *check = &live_scenario_record(&f->live)->steps[0].checks[0];
    if (f->outcome)
        add_measurements(f);
    if (failure->message) {
        check->remedy = memory_copy_of("make the migration cheaper, or raise the limit");
        check->file = failure->file ? memory_copy_of(failure->file) : NULL;
        check->line = failure->line;
        live_scenario_conclude(&f->live, check, OUTCOME_FINDING, failure->message);
    } else if (e) {
        live_scenario_conclude(&f->live, check, OUTCOME_ERROR, e->message);
    } else {
        judge(f, check);
    }
    live_scenario_end(&f->live, NULL);
}
