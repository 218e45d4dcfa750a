/* The forecast in words: for a person, and for the record. */
#include <math.h>
#include <stdio.h>

#include "cost_fit.h"
#include "forecast_parts.h"
#include "memory.h"

void duration_text(double seconds, char *buffer, size_t size)
{
    if (seconds < 0.9995) {
        snprintf(buffer, size, "%.0f ms", 1000 * seconds);
    } else if (seconds < 59.95) {
        snprintf(buffer, size, "%.1f s", seconds);
    } else if (seconds < 3599.5) {
        long whole = lround(seconds);
        snprintf(buffer, size, whole % 60 ? "%ld min %ld s" : "%ld min", whole / 60, whole % 60);
    } else {
        long minutes = lround(seconds / 60);
        snprintf(buffer, size, minutes % 60 ? "%ld h %ld min" : "%ld h", minutes / 60,
                 minutes % 60);
    }
}

/* "3:05 to 4:30" where both are minutes, else "58.2 s to 1 min 4 s". */
static void interval_text(const struct forecast_record *f, char *buffer, size_t size)
{
    char low[32], high[32];
    long least = lround(f->low), most = lround(f->high);
    if (least >= 60 && most < 3600) {
        snprintf(buffer, size, "%ld:%02ld to %ld:%02ld", least / 60, least % 60, most / 60,
                 most % 60);
        return;
    }
    duration_text(f->low, low, sizeof low);
    duration_text(f->high, high, sizeof high);
    snprintf(buffer, size, "%s to %s", low, high);
}

static void rows_text(double rows, char *buffer, size_t size)
{
    if (rows >= 1e9)
        snprintf(buffer, size, "%.3g billion", rows / 1e9);
    else if (rows >= 1e6)
        snprintf(buffer, size, "%.3g million", rows / 1e6);
    else
        snprintf(buffer, size, "%.0f", rows);
}

char *forecast_sentence(const struct forecast_record *f)
{
    char estimate[32], interval[80], rows[32], limit[32];
    duration_text(f->estimate, estimate, sizeof estimate);
    interval_text(f, interval, sizeof interval);
    duration_text(f->limit, limit, sizeof limit);
    rows_text(f->rows, rows, sizeof rows);
    return memory_format("%s (%s) at %s %s, limit %s", estimate, interval, rows, f->what, limit);
}

static void print_points(const struct forecast_record *f)
{
    char shortest[32], longest[32];
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
        duration_text(least, shortest, sizeof shortest);
        duration_text(most, longest, sizeof longest);
        printf("measured   %.0f rows: %s to %s in %zu runs\n", f->points[i].rows, shortest, longest,
               runs);
    }
}

void forecast_print(const struct forecast *f)
{
    const struct forecast_record *r = f->outcome;
    const struct scenario_record *s = &f->bench.record.scenarios[0];
    if (r) {
        printf("sizes      --%s is scaled; rows of %s count\n", f->scaled, r->what);
        print_points(r);
        for (size_t i = 0; i < r->step_count; i++) {
            char estimate[32];
            duration_text(r->steps[i].estimate, estimate, sizeof estimate);
            printf("%-10s %-10s %-48s %10s, residuals %.1f %%\n", i ? "" : "model",
                   cost_model_name(r->steps[i].model), r->steps[i].name, estimate,
                   100 * r->steps[i].residual);
        }
        if (f->buffers.note)
            printf("%-10s %s\n", "buffers", f->buffers.note);
        printf("fit        residuals of the whole %.1f %%; every doubling beyond adds %.1f %%\n",
               100 * f->residual, 100 * f->drift);
        printf("forecast   %s\n", r->sentence);
    }
    const struct check *c = &s->steps[0].checks[0];
    if (c->message)
        printf("%s\n", c->message);
    else
        puts("within the limit");
}

static struct check *add_check(struct forecast *f)
{
    char limit[32];
    duration_text(f->request->time_limit, limit, sizeof limit);
    struct scenario_record *s = record_add_scenario(&f->bench.record, "forecast",
                                                    "Forecast how long the upgrade will take");
    struct step *step = record_add_step(s, "time it at several sizes and carry that on");
    char *name = memory_format("with %.0f rows in %s the upgrade will end within %s",
                               f->request->rows, f->request->table, limit);
    struct check *check = record_add_check(step, name, "");
    check->kind = memory_copy_of("forecast");
    free(name);
    if (f->outcome) {
        record_add_measurement(step, "forecast", "s", f->outcome->estimate, f->request->time_limit);
        record_add_measurement(step, "forecast, low", "s", f->outcome->low, 0);
        record_add_measurement(step, "forecast, high", "s", f->outcome->high, 0);
    }
    return check;
}

static void judge(const struct forecast *f, struct check *check)
{
    const struct forecast_record *r = f->outcome;
    if (r->low > r->limit) {
        check->outcome = OUTCOME_FINDING;
        check->message = memory_format("it will take too long: %s", r->sentence);
        check->remedy = memory_copy_of("make the migration cheaper, or raise the time limit");
    } else if (r->high > r->limit) {
        check->outcome = OUTCOME_ERROR;
        check->message = memory_format("the interval lies across the limit: %s; measure at larger "
                                       "sizes with --at-sizes",
                                       r->sentence);
    } else {
        check->outcome = OUTCOME_PASSED;
    }
}

void forecast_conclude(struct forecast *f, const char *failure, const struct error *e)
{
    struct check *check = add_check(f);
    if (failure) {
        check->outcome = OUTCOME_FINDING;
        check->message = memory_copy_of(failure);
        check->remedy = memory_copy_of("mend the migration");
    } else if (e) {
        check->outcome = OUTCOME_ERROR;
        check->message = memory_copy_of(e->message);
        f->bench.record.error = memory_copy_of(e->message);
    } else {
        judge(f, check);
    }
}
