#include "deployment/service.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"

static const useconds_t between_looks = 100000; /* microseconds */
static const size_t most_said = 300;            /* bytes of a command's last line */

static bool run(const struct service *s, const char *command, struct process_result *result,
                struct error *e)
{
    struct process_request request = {.command = command,
                                      .sees = SEES_ALL,
                                      .environment = s->variables,
                                      .time_limit = s->deployment->command_limit,
                                      .daemons_may_stay = true,
                                      .cancel = s->cancel};
    return process_run(&request, result, e);
}

bool service_look(const struct service *s, enum service_state *state, struct error *e)
{
    *state = SERVICE_UNKNOWN;
    if (!s->deployment->running)
        return true;
    struct process_result result;
    bool good = run(s, s->deployment->running, &result, e);
    if (good && result.ending == PROCESS_EXITED && (result.status == 126 || result.status == 127))
        good = error_set(e, ERROR_UNAVAILABLE, "the command under running cannot be run: %s",
                         s->deployment->running);
    else if (good)
        *state = process_succeeded(&result) ? SERVICE_UP : SERVICE_DOWN;
    process_result_release(&result);
    return good;
}

/* The last line of what it wrote. */
static char *last_words(const struct process_result *result)
{
    const char *log = text_string(&result->log);
    size_t end = result->log.length;
    while (end > 0 && strchr("\r\n\t ", log[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && log[start - 1] != '\n')
        start--;
    size_t length = end - start < most_said ? end - start : most_said;
    return memory_format("%.*s", (int)length, log + start);
}

/* Waits until it is in `wanted`, for as long as a command may take. */
static bool wait_for(const struct service *s, enum service_state wanted, enum service_state *seen,
                     struct error *e)
{
    double deadline = clock_seconds() + s->deployment->command_limit;
    for (;;) {
        if (!service_look(s, seen, e))
            return false;
        if (*seen == wanted || *seen == SERVICE_UNKNOWN || clock_seconds() > deadline)
            return true;
        if (cancel_is_raised(s->cancel))
            return error_set(e, ERROR_INTERRUPTED, "interrupted");
        usleep(between_looks);
    }
}

static bool bring(const struct service *s, const char *verb, const char *command,
                  enum service_state wanted, char **complaint, struct error *e)
{
    enum service_state state;
    struct process_result result;
    *complaint = NULL;
    if (!service_look(s, &state, e))
        return false;
    if (state == wanted)
        return true;
    bool good = run(s, command, &result, e);
    if (good && !process_succeeded(&result)) {
        char *ending = process_ending_text(&result), *said = last_words(&result);
        *complaint = memory_format("the command to %s the services %s%s%s: %s", verb, ending,
                                   *said ? ": " : "", said, command);
        free(said);
        free(ending);
    } else if (good && (good = wait_for(s, wanted, &state, e)) && state != wanted &&
               state != SERVICE_UNKNOWN) {
        *complaint = memory_format("%g s after the command to %s the services they are %s: %s",
                                   s->deployment->command_limit, verb,
                                   state == SERVICE_UP ? "still up" : "not up", command);
    }
    process_result_release(&result);
    return good;
}

bool service_stop(const struct service *s, char **complaint, struct error *e)
{
    return bring(s, "stop", s->deployment->stop, SERVICE_DOWN, complaint, e);
}

bool service_start(const struct service *s, char **complaint, struct error *e)
{
    return bring(s, "start", s->deployment->start, SERVICE_UP, complaint, e);
}
