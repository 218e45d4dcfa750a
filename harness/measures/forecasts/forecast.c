#include "measures/forecasts/forecast.h"

#include <math.h>

#include "base/memory.h"
#include "base/yaml_name.h"
#include "measures/forecasts/forecast_parts.h"
#include "statistics/cost_fit.h"

enum { CHOSEN_SIZES = 5 };
static const double otherwise_read = 0.25; /* what that can make of a row's time: measured */

/* The timings at one size. */
struct place {
    uint64_t size;
    double rows;
    char *template;
};

struct survey {
    struct forecast *forecast;
    struct place places[FORECAST_SIZES_MOST];
    size_t place_count;
    struct forecast_point *points; /* of the whole upgrade */
    size_t point_count;
    struct survey_step *steps; /* of each step, as many points as of the whole; in sum the whole */
    size_t step_count;
    struct forecast_failure failure;
};

struct survey_step {
    char *title;
    struct forecast_point *points;
};

/* The first size that may grow as it likes: with it the rows of all tables of the recipe do. */
static const struct generator_size *scaled_size(const struct forecast_request *r, struct error *e)
{
    for (unsigned i = 0; i < r->bench.suite->size_count; i++)
        if (!r->bench.suite->sizes[i].maximum)
            return &r->sizes[i];
    error_set(e, ERROR_USAGE, "suite %s has no size that could be scaled", r->bench.suite->name);
    return NULL;
}

/* Twice the usual size, and four halvings. */
static void choose_sizes(struct survey *s, uint64_t usual)
{
    const struct forecast_request *r = s->forecast->request;
    s->place_count = r->at_count ? r->at_count : CHOSEN_SIZES;
    for (size_t i = 0; i < s->place_count; i++) {
        uint64_t chosen = (2 * usual) >> (s->place_count - 1 - i);
        s->places[i].size = r->at_count ? r->at_sizes[i] : chosen ? chosen : 1;
    }
}

static double rows_of(const struct generator_counts *counts, const char *table)
{
    for (size_t i = 0; i < counts->count; i++)
        if (strcmp(counts->tables[i].table, table) == 0)
            return (double)counts->tables[i].rows;
    return 0;
}

/* Only a table that the recipe fills can be counted. */
static bool check_table(const struct generator_counts *counts, const char *table, struct error *e)
{
    const char **names = memory_zeroed(counts->count, sizeof *names);
    size_t at = 0;
    for (size_t i = 0; i < counts->count; i++)
        names[i] = counts->tables[i].table;
    while (at < counts->count && strcmp(names[at], table) != 0)
        at++;
    if (at == counts->count) {
        char *remedy = yaml_name_remedy(table, names, counts->count);
        error_set(e, ERROR_USAGE, "no rows are generated for a table '%s'; %s", table, remedy);
        free(remedy);
    }
    free(names);
    return e->kind == ERROR_NONE;
}

static void tell(const struct survey *s, const char *what, size_t done, size_t total)
{
    live_scenario_progress(&s->forecast->live, what, (double)done, (double)total);
}

static bool make_place(struct survey *s, const char *baseline, size_t at, size_t scaled,
                       struct error *e)
{
    const struct forecast_request *r = s->forecast->request;
    struct place *p = &s->places[at];
    struct generator_size *sizes = memory_zeroed(r->bench.suite->size_count, sizeof *sizes);
    struct generator_counts counts = {0};
    char purpose[32];
    for (unsigned i = 0; i < r->bench.suite->size_count; i++)
        sizes[i] = r->sizes[i];
    sizes[scaled].value = p->size;
    snprintf(purpose, sizeof purpose, "size_%zu", at);
    bool good = bench_fill(&s->forecast->bench, baseline, purpose, sizes, &counts, &p->template, e);
    p->rows = rows_of(&counts, r->table);
    good = good && check_table(&counts, r->table, e);
    if (good && (p->rows <= 0 || (at && p->rows <= s->places[at - 1].rows)))
        good = error_set(e, ERROR_USAGE,
                         "table %s has %.0f generated rows with --%s %llu, so nothing can be said "
                         "about more; name a table that grows with it",
                         r->table, p->rows, s->forecast->scaled, (unsigned long long)p->size);
    generator_counts_release(&counts);
    free(sizes);
    return good;
}

static bool make_places(struct survey *s, struct error *e)
{
    const struct forecast_request *r = s->forecast->request;
    const struct generator_size *scaled = scaled_size(r, e);
    char *baseline = NULL;
    if (!scaled)
        return false;
    s->forecast->scaled = scaled->name;
    choose_sizes(s, scaled->value);
    bool good =
        bench_baseline(&s->forecast->bench, &s->forecast->bench.run.ground.migrator, &baseline, e);
    for (size_t i = 0; good && i < s->place_count; i++) {
        tell(s, "data", i, s->place_count);
        good = make_place(s, baseline, i, (size_t)(scaled - r->sizes), e);
    }
    free(baseline);
    return good;
}

static void add_step(struct survey *s, const char *title)
{
    struct survey_step *step = memory_append(&s->steps, &s->step_count, sizeof *s->steps);
    step->title = memory_copy_of(title);
}

static void keep_seconds(struct survey *s, struct survey_step *step, double rows, double seconds)
{
    step->points = memory_resized(step->points, s->point_count + 1, sizeof *step->points);
    step->points[s->point_count] = (struct forecast_point){rows, seconds};
}

/* The first run says which steps there are; the first of ours is what belongs to none of them. */
static void keep_steps(struct survey *s, double rows, const struct timing *t)
{
    if (!s->point_count) {
        add_step(s, t->steps.count ? "outside its steps" : measure_name(MEASURE_UPGRADE));
        for (size_t i = 0; i < t->steps.count; i++)
            add_step(s, t->steps.items[i].title);
    }
    double rest = t->seconds;
    for (size_t i = 1; i < s->step_count; i++) {
        double seconds = 0;
        for (size_t j = 0; j < t->steps.count; j++)
            if (strcmp(t->steps.items[j].title, s->steps[i].title) == 0)
                seconds = t->steps.items[j].seconds;
        keep_seconds(s, &s->steps[i], rows, seconds);
        rest -= seconds;
    }
    keep_seconds(s, &s->steps[0], rows, rest > 0 ? rest : 0);
}

/* A run at one of the sizes. */
static bool time_place(struct survey *s, const struct place *p, bool keep, struct error *e)
{
    struct bench *b = &s->forecast->bench;
    struct timing t;
    bool good = bench_time(b, &b->run.ground.migrator, p->template, false, &t, e);
    if (good && !t.well) {
        s->failure = (struct forecast_failure){.file = t.file, .line = t.line};
        t.file = NULL;
        s->failure.message = memory_format("the upgrade failed with %.0f rows in %s: %s", p->rows,
                                           s->forecast->request->table, t.complaint);
    }
    if (good && t.well && keep) {
        keep_steps(s, p->rows, &t);
        struct forecast_point *point =
            memory_append(&s->points, &s->point_count, sizeof *s->points);
        *point = (struct forecast_point){p->rows, t.seconds};
    }
    timing_release(&t);
    return good;
}

static bool match_buffers(struct survey *s, struct error *e)
{
    const struct forecast_request *r = s->forecast->request;
    const struct place *largest = &s->places[s->place_count - 1];
    const struct forecast_scale scale = {.table = r->table,
                                         .rows = r->rows,
                                         .buffers = r->buffers,
                                         .smallest = s->places[0].template,
                                         .largest = largest->template,
                                         .largest_rows = largest->rows};
    return forecast_buffers_match(&s->forecast->buffers, &s->forecast->bench, &scale, e);
}

/*
 * All sizes in turns, forth and back, so that a drift of the machine falls on all of them. Round 0
 * is the run-in and does not count.
 */
static bool time_places(struct survey *s, struct error *e)
{
    size_t rounds = s->forecast->request->rounds, count = s->place_count;
    bool good = true;
    for (size_t round = 0; round <= rounds; round++)
        for (size_t i = 0; i < count && good && !s->failure.message; i++) {
            bool back = round && round % 2 == 0;
            tell(s, "timing", round * count + i, (rounds + 1) * count);
            good = time_place(s, &s->places[back ? count - 1 - i : i], round > 0, e);
        }
    return good;
}

static void predict_parts(const struct survey *s, const struct forecast_point *const *parts,
                          size_t part_count, struct cost_prediction *p)
{
    const struct forecast_request *r = s->forecast->request;
    const struct fit_request request = {.parts = parts,
                                        .part_count = part_count,
                                        .count = s->point_count,
                                        .rows = r->rows,
                                        .doubt = s->forecast->buffers.differ ? otherwise_read : 0,
                                        .seed = r->bench.seed};
    cost_predict(&request, p);
}

static void predict_step(const struct survey *s, const struct survey_step *timed)
{
    struct forecast_record *f = s->forecast->outcome;
    const struct forecast_point *points = timed->points;
    struct cost_prediction p;
    predict_parts(s, &points, 1, &p);
    struct forecast_step *step = memory_append(&f->steps, &f->step_count, sizeof *f->steps);
    *step = (struct forecast_step){.name = memory_copy_of(timed->title),
                                   .model = p.fit.model,
                                   .constant = p.fit.constant,
                                   .slope = p.fit.slope,
                                   .residual = p.fit.residual,
                                   .estimate = p.estimate,
                                   .low = p.low,
                                   .high = p.high};
}

/* The whole is the sum of its steps, foretold together. */
static void predict_whole(struct survey *s)
{
    const struct forecast_point **parts = memory_zeroed(s->step_count, sizeof *parts);
    struct forecast_record *f = s->forecast->outcome;
    struct cost_prediction p;
    for (size_t i = 0; i < s->step_count; i++)
        parts[i] = s->steps[i].points;
    predict_parts(s, parts, s->step_count, &p);
    f->estimate = p.estimate;
    f->low = p.low;
    f->high = p.high;
    s->forecast->drift = p.drift;
    s->forecast->residual = p.residual;
    free(parts);
}

static void predict(struct survey *s)
{
    const struct forecast_request *r = s->forecast->request;
    struct forecast_record *f = memory_zeroed(1, sizeof *f);
    s->forecast->outcome = s->forecast->bench.record.forecast = f;
    f->what = memory_copy_of(r->table);
    f->points = memory_zeroed(s->point_count, sizeof *f->points);
    for (f->point_count = 0; f->point_count < s->point_count; f->point_count++)
        f->points[f->point_count] = s->points[f->point_count];
    f->rows = r->rows;
    f->limit = r->time_limit;
    predict_whole(s);
    for (size_t i = 0; i < s->step_count; i++)
        predict_step(s, &s->steps[i]);
    f->note = memory_copy_of(s->forecast->buffers.note);
    f->sentence = forecast_sentence(f);
}

static void survey_release(struct survey *s)
{
    for (size_t i = 0; i < s->place_count; i++)
        free(s->places[i].template);
    for (size_t i = 0; i < s->step_count; i++) {
        free(s->steps[i].title);
        free(s->steps[i].points);
    }
    free(s->steps);
    free(s->points);
    free(s->failure.message);
    free(s->failure.file);
}

bool forecast_run(struct forecast *f, const struct forecast_request *request, struct error *e)
{
    struct survey s = {.forecast = f};
    *f = (struct forecast){.request = request};
    bool good = bench_open(&f->bench, &request->bench, e), begun = good || e->kind != ERROR_USAGE;
    f->bench.run.ground.time_limit = request->time_limit;
    if (begun)
        forecast_begin(f);
    good = good && make_places(&s, e) && match_buffers(&s, e) && time_places(&s, e);
    if (good && !s.failure.message)
        predict(&s);
    if (begun)
        forecast_conclude(f, &s.failure, good ? NULL : e);
    survey_release(&s);
    bench_close(&f->bench);
    if (begun)
        event_run(request->bench.events, EVENT_RUN_ENDS);
    return good;
}

void forecast_release(struct forecast *f)
{
    forecast_buffers_release(&f->buffers);
    bench_release(&f->bench); /* the outcome is its record's */
}
