#include "reports/pretty.h"

#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/figure.h"
#include "reports/summary.h"

static size_t index_of(const struct pretty *p, const struct scenario_record *s)
{
    return (size_t)(s - p->run->scenarios);
}

/* A permanent line of progress, valid text with marks. */
static void print_line(struct pretty *p, const char *line)
{
    if (p->live) {
        live_view_print(&p->view, line);
        return;
    }
    struct text t = {0};
    terminal_append_line(&p->seen, &t, line, 0);
    fprintf(p->progress, "%s\n", text_string(&t));
    fflush(p->progress);
    text_release(&t);
}

static void tell_footer(struct pretty *p)
{
    if (!p->live)
        return;
    char *footer =
        memory_format(INK_SOFT "%zu of %zu scenarios · %zu of %zu checks" INK_END,
                      p->scenarios_ended, p->run->scenario_count, p->checks_ended, p->checks);
    live_view_foot(&p->view, footer);
    free(footer);
}

/* "3/7 upgrade to 002 · copying rows 45 %": where a scenario is. */
static void tell_line(struct pretty *p, const struct scenario_record *s, const char *progress)
{
    size_t index = index_of(p, s);
    const struct step *step = p->steps[index];
    struct text line = {0};
    if (!p->live || !step)
        return;
    char *title = valid_line(step->title);
    if (p->findings[index]) {
        text_append(&line, INK_BAD);
        figure_append_count(&line, p->findings[index], "finding");
        text_append(&line, INK_END " · ");
    }
    text_append_format(&line, INK_SOFT "%zu/%zu" INK_END " %s", (size_t)(step - s->steps) + 1,
                       s->step_count, title);
    if (*progress)
        text_append_format(&line, INK_SOFT " · %s" INK_END, progress);
    live_view_tell(&p->view, index, text_string(&line), !*progress);
    free(title);
    text_release(&line);
}

static void run_begins(void *context, const struct run_record *run)
{
    struct pretty *p = context;
    p->run = run;
    p->name_columns = summary_name_columns(run);
    p->checks = record_count_checks(run);
    p->findings = memory_zeroed(run->scenario_count, sizeof *p->findings);
    p->steps = memory_zeroed(run->scenario_count, sizeof *p->steps);
    p->live = p->seen.live && live_view_start(&p->view, p->progress, p->seen, p->name_columns);
    tell_footer(p);
}

static void scenario_begins(void *context, const struct scenario_record *scenario)
{
    struct pretty *p = context;
    if (!p->live)
        return;
    char *name = valid_line(scenario->name);
    live_view_begin(&p->view, index_of(p, scenario), name);
    free(name);
}

static void step_begins(void *context, const struct scenario_record *scenario,
                        const struct step *step)
{
    struct pretty *p = context;
    p->steps[index_of(p, scenario)] = step;
    tell_line(p, scenario, "");
}

static void check_ends(void *context, const struct scenario_record *scenario,
                       const struct step *step, const struct check *check)
{
    struct pretty *p = context;
    bool failed = check->outcome == OUTCOME_FINDING || check->outcome == OUTCOME_ERROR;
    p->checks_ended++;
    p->findings[index_of(p, scenario)] += check->outcome == OUTCOME_FINDING;
    if (p->live) {
        tell_line(p, scenario, "");
        tell_footer(p);
    } else if (failed) {
        struct text line = {0};
        summary_append_check(&line, scenario, step, check);
        print_line(p, text_string(&line));
        text_release(&line);
    }
}

static void progress(void *context, const struct scenario_record *scenario, const char *what,
                     double done, double total)
{
    struct pretty *p = context;
    struct text t = {0};
    if (!p->live)
        return;
    char *valid = valid_line(what);
    text_append_format(&t, "%s ", valid);
    free(valid);
    if (total > 0) {
        figure_append_decimal(&t, 100 * done / total, 0);
        text_append(&t, " %");
    } else
        figure_append(&t, done, "");
    tell_line(p, scenario, text_string(&t));
    text_release(&t);
}

static void scenario_ends(void *context, const struct scenario_record *scenario)
{
    struct pretty *p = context;
    struct text line = {0};
    p->scenarios_ended++;
    summary_append_scenario(&line, scenario, p->name_columns);
    tell_footer(p);
    if (p->live)
        live_view_end(&p->view, index_of(p, scenario), text_string(&line));
    else
        print_line(p, text_string(&line));
    text_release(&line);
}

static void message(void *context, const char *line)
{
    char *valid = valid_line(line);
    print_line(context, valid);
    free(valid);
}

static void run_ends(void *context, const struct run_record *run)
{
    struct pretty *p = context;
    struct text t = {0};
    /* on a terminal the lines above are the table of the scenarios, unless some never ended */
    bool told = p->live && p->read.live && p->scenarios_ended == run->scenario_count;
    live_view_stop(&p->view);
    p->live = false;
    summary_append(&t, &p->read, run, !told);
    size_t written = fwrite(text_string(&t), 1, t.length, p->results);
    p->failed = written != t.length || fflush(p->results) != 0;
    text_release(&t);
}

void pretty_init(struct pretty *p, struct observer *o, FILE *progress_to, FILE *results)
{
    *p = (struct pretty){.progress = progress_to, .results = results};
    p->seen = terminal_of(progress_to);
    p->read = terminal_of(results);
    *o = (struct observer){
        .context = p,
        .run_begins = run_begins,
        .scenario_begins = scenario_begins,
        .step_begins = step_begins,
        .check_ends = check_ends,
        .progress = progress,
        .scenario_ends = scenario_ends,
        .message = message,
        .run_ends = run_ends,
    };
}

void pretty_release(struct pretty *p)
{
    live_view_stop(&p->view);
    free(p->findings);
    free(p->steps);
    *p = (struct pretty){0};
}
