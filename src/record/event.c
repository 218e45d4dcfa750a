#include "record/event.h"

#include <stdarg.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"

void event_stream_init(struct event_stream *s, const struct run_record *run)
{
    *s = (struct event_stream){.run = run};
    pthread_mutex_init(&s->lock, NULL);
}

void event_stream_release(struct event_stream *s)
{
    pthread_mutex_destroy(&s->lock);
    free(s->listeners);
    *s = (struct event_stream){0};
}

void event_stream_add(struct event_stream *s, event_listener_fn *hear, void *context)
{
    struct event_listener *l =
        memory_append(&s->listeners, &s->listener_count, sizeof *s->listeners);
    *l = (struct event_listener){hear, context};
}

static double wall_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void emit(struct event_stream *s, struct event event)
{
    if (!s)
        return;
    event.run = s->run;
    event.monotonic = clock_seconds();
    event.wall = wall_seconds();
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->listener_count; i++)
        s->listeners[i].hear(s->listeners[i].context, &event);
    pthread_mutex_unlock(&s->lock);
}

void event_run(struct event_stream *s, enum event_kind kind)
{
    emit(s, (struct event){.kind = kind});
}

void event_scenario(struct event_stream *s, enum event_kind kind,
                    const struct scenario_record *scenario)
{
    emit(s, (struct event){.kind = kind, .scenario = scenario});
}

void event_step(struct event_stream *s, enum event_kind kind,
                const struct scenario_record *scenario, const struct step *step)
{
    emit(s, (struct event){.kind = kind, .scenario = scenario, .step = step});
}

void event_check(struct event_stream *s, enum event_kind kind,
                 const struct scenario_record *scenario, const struct step *step,
                 const struct check *check)
{
    emit(s, (struct event){.kind = kind, .scenario = scenario, .step = step, .check = check});
}

void event_progress(struct event_stream *s, const struct scenario_record *scenario,
                    const char *what, double done, double total)
{
    emit(s, (struct event){.kind = EVENT_PROGRESS,
                           .scenario = scenario,
                           .text = what,
                           .done = done,
                           .total = total});
}

void event_replay_steps(struct event_stream *s, const struct scenario_record *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct step *step = &scenario->steps[i];
        event_step(s, EVENT_STEP_BEGINS, scenario, step);
        for (size_t j = 0; j < step->check_count; j++) {
            event_check(s, EVENT_CHECK_BEGINS, scenario, step, &step->checks[j]);
            event_check(s, EVENT_CHECK_ENDS, scenario, step, &step->checks[j]);
        }
        event_step(s, EVENT_STEP_ENDS, scenario, step);
    }
}

void event_message(struct event_stream *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = memory_format_list(format, arguments);
    va_end(arguments);
    emit(s, (struct event){.kind = EVENT_MESSAGE, .text = line});
    free(line);
}

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {
        [EVENT_RUN_BEGINS] = "run begins",
        [EVENT_SCENARIO_BEGINS] = "scenario begins",
        [EVENT_STEP_BEGINS] = "step begins",
        [EVENT_CHECK_BEGINS] = "check begins",
        [EVENT_CHECK_ENDS] = "check ends",
        [EVENT_STEP_ENDS] = "step ends",
        [EVENT_SCENARIO_ENDS] = "scenario ends",
        [EVENT_PROGRESS] = "progress",
        [EVENT_MESSAGE] = "message",
        [EVENT_RUN_ENDS] = "run ends",
    };
    return names[kind];
}
