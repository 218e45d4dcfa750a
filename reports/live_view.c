#include "reports/live_view.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "reports/figure.h"

static const long tick_nanoseconds = 100000000;

static void append_spinner(struct text *t, const struct live_view *v)
{
    static const char *const braille[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
    static const char *const ascii[] = {"|", "/", "-", "\\"};
    text_append(t, v->terminal.utf8 ? braille[v->frame % 8] : ascii[v->frame % 4]);
}

static void append_running(struct text *t, const struct live_view *v, const struct live_line *line)
{
    struct text elapsed = {0};
    double seconds = clock_seconds() - line->begun;
    if (seconds < 60) {
        figure_append_decimal(&elapsed, seconds, 1);
        text_append(&elapsed, " s");
    } else
        figure_append_duration(&elapsed, seconds);
    append_spinner(t, v);
    text_append(t, " ");
    append_padded(t, line->name, v->name_columns, false);
    text_append(t, "  ");
    append_padded(t, text_string(&elapsed), 8, true);
    text_append_format(t, "  %s", line->what);
    text_release(&elapsed);
}

/* Back to where the first of our lines began; a window made narrower has wrapped them. */
static void append_way_back(struct text *t, const struct live_view *v)
{
    size_t rows = 0;
    for (size_t i = 0; i < v->drawn_count; i++)
        rows += v->drawn[i] ? (v->drawn[i] - 1) / v->terminal.columns + 1 : 1;
    text_append(t, "\r");
    if (rows)
        text_append_format(t, "\033[%zuA", rows);
}

static void append_drawn(struct text *t, struct live_view *v, const char *line)
{
    /* the last column stays free: filling it moves the cursor on in some terminals */
    size_t columns = v->terminal.columns > 1 ? v->terminal.columns - 1 : 1;
    size_t *drawn = memory_append(&v->drawn, &v->drawn_count, sizeof *v->drawn);
    *drawn = terminal_append_line(&v->terminal, t, line, columns);
    text_append(t, "\033[K\n");
}

static void append_lines(struct text *t, struct live_view *v)
{
    size_t room = v->terminal.rows > 3 ? v->terminal.rows - 3 : 1;
    size_t shown = 0;
    struct text line = {0};
    for (size_t i = 0; i < v->count && shown < room; i++) {
        if (!v->lines[i].running)
            continue;
        append_running(&line, v, &v->lines[i]);
        append_drawn(t, v, text_string(&line));
        text_clear(&line);
        shown++;
    }
    if (v->footer && *v->footer)
        append_drawn(t, v, v->footer);
    text_release(&line);
}

/* One write for all of it, so that no half-drawn state is seen. The caller holds the mutex. */
static void redraw(struct live_view *v, const char *above, bool lines)
{
    struct text t = {0};
    terminal_measure(&v->terminal, v->out);
    append_way_back(&t, v);
    v->drawn_count = 0;
    free(v->drawn);
    v->drawn = NULL;
    if (above) {
        terminal_append_line(&v->terminal, &t, above, 0);
        text_append(&t, "\033[K\n");
    }
    if (lines)
        append_lines(&t, v);
    text_append(&t, "\033[J");
    fwrite(text_string(&t), 1, t.length, v->out);
    fflush(v->out);
    text_release(&t);
}

static void *tick(void *context)
{
    struct live_view *v = context;
    pthread_mutex_lock(&v->mutex);
    while (!v->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += tick_nanoseconds;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait(&v->wake, &v->mutex, &until) == ETIMEDOUT && !v->stopping) {
            v->frame++;
            redraw(v, NULL, true);
        }
    }
    pthread_mutex_unlock(&v->mutex);
    return NULL;
}

bool live_view_start(struct live_view *v, FILE *out, struct terminal terminal, size_t name_columns)
{
    *v = (struct live_view){.out = out, .terminal = terminal, .name_columns = name_columns};
    pthread_condattr_t monotonic;
    sigset_t all, before;
    pthread_mutex_init(&v->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&v->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all); /* signals are the program's, not this thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&v->thread, NULL, tick, v);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    v->ticking = !failed;
    if (failed) {
        pthread_cond_destroy(&v->wake);
        pthread_mutex_destroy(&v->mutex);
        errno = failed;
    }
    return v->ticking;
}

void live_view_begin(struct live_view *v, size_t index, const char *name)
{
    pthread_mutex_lock(&v->mutex);
    while (v->count <= index)
        memory_append(&v->lines, &v->count, sizeof *v->lines);
    struct live_line *line = &v->lines[index];
    if (!line->name) {
        line->name = memory_copy_of(name);
        line->what = memory_copy_of("");
    }
    line->begun = clock_seconds();
    line->running = true;
    redraw(v, NULL, true);
    pthread_mutex_unlock(&v->mutex);
}

void live_view_tell(struct live_view *v, size_t index, const char *what, bool now)
{
    pthread_mutex_lock(&v->mutex);
    if (index < v->count && v->lines[index].name) {
        free(v->lines[index].what);
        v->lines[index].what = memory_copy_of(what);
    }
    if (now)
        redraw(v, NULL, true);
    pthread_mutex_unlock(&v->mutex);
}

void live_view_end(struct live_view *v, size_t index, const char *line)
{
    pthread_mutex_lock(&v->mutex);
    if (index < v->count)
        v->lines[index].running = false;
    redraw(v, line, true);
    pthread_mutex_unlock(&v->mutex);
}

void live_view_print(struct live_view *v, const char *line)
{
    pthread_mutex_lock(&v->mutex);
    redraw(v, line, true);
    pthread_mutex_unlock(&v->mutex);
}

void live_view_foot(struct live_view *v, const char *footer)
{
    pthread_mutex_lock(&v->mutex);
    free(v->footer);
    v->footer = memory_copy_of(footer);
    pthread_mutex_unlock(&v->mutex);
}

void live_view_stop(struct live_view *v)
{
    if (!v->ticking)
        return;
    pthread_mutex_lock(&v->mutex);
    v->stopping = true;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->mutex);
    pthread_join(v->thread, NULL);
    redraw(v, NULL, false);
    for (size_t i = 0; i < v->count; i++) {
        free(v->lines[i].name);
        free(v->lines[i].what);
    }
    free(v->lines);
    free(v->footer);
    free(v->drawn);
    pthread_cond_destroy(&v->wake);
    pthread_mutex_destroy(&v->mutex);
    *v = (struct live_view){0};
}
