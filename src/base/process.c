#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child_environment.h"
#include "base/clock.h"
#include "base/group_activity.h"
#include "base/memory.h"

static const size_t default_output_limit = 16u << 20;
static const size_t longest_line = 64u << 10; /* longer ones are handed on in pieces */
static const double grace = 3.0;              /* seconds from SIGTERM to SIGKILL */
static const double drain_limit = 0.5;        /* seconds for output after the process has ended */

struct stream {
    int fd; /* -1 once closed */
    bool is_stderr;
    bool in_pieces;   /* the start of the line in progress has been handed on already */
    struct text line; /* what has come of it since */
};

struct child {
    const struct process_request *request;
    struct process_result *result;
    struct keeper keeper;
    double started;
    struct stream streams[2];
    unsigned long long heard; /* bytes */
};

static void keep(struct child *child, struct text *t, const char *bytes, size_t length)
{
    size_t limit =
        child->request->output_limit ? child->request->output_limit : default_output_limit;
    size_t room = limit > t->length ? limit - t->length : 0;
    if (length > room) {
        child->result->cut = true;
        length = room;
    }
    text_append_bytes(t, bytes, length);
}

static void end_line(struct child *child, struct stream *s)
{
    if (child->request->on_line) {
        double seconds = clock_seconds() - child->started;
        child->request->on_line(child->request->context, seconds, s->is_stderr,
                                text_string(&s->line));
    }
    text_clear(&s->line);
}

static void take_output(struct child *child, struct stream *s, char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\0')
            bytes[i] = '?';
    if (!s->is_stderr)
        keep(child, &child->result->output, bytes, length);
    keep(child, &child->result->log, bytes, length);
    for (size_t from = 0; from < length;) {
        char *end = memchr(bytes + from, '\n', length - from);
        size_t upto = end ? (size_t)(end - bytes) : length;
        text_append_bytes(&s->line, bytes + from, upto - from);
        bool piece = !end && s->line.length > longest_line;
        if (piece || (end && (s->line.length || !s->in_pieces)))
            end_line(child, s);
        s->in_pieces = piece || (!end && s->in_pieces);
        from = upto + 1;
    }
}

static void close_stream(struct child *child, struct stream *s)
{
    if (s->fd < 0)
        return;
    if (s->line.length)
        end_line(child, s);
    text_release(&s->line);
    close(s->fd);
    s->fd = -1;
}

static void read_stream(struct child *child, struct stream *s)
{
    char bytes[16384];
    ssize_t got = read(s->fd, bytes, sizeof bytes);
    child->heard += got > 0 ? (unsigned long long)got : 0;
    if (got > 0)
        take_output(child, s, bytes, (size_t)got);
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
        close_stream(child, s);
}

struct becoming {
    const struct process_request *request;
    char *const *environment;
    int out, err;
};

/* In the child, after fork: only async-signal-safe calls. */
static void become(void *context)
{
    const struct becoming *b = context;
    const struct process_request *request = b->request;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* what we ignore ourselves (SIGPIPE) would stay ignored */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(b->out, STDOUT_FILENO) < 0 ||
        dup2(b->err, STDERR_FILENO) < 0)
        _exit(126);
    if (null > STDERR_FILENO)
        close(null);
    if (request->directory && chdir(request->directory) != 0)
        _exit(126);
    if (request->enter && !request->enter(request->enter_context))
        _exit(126);
    char *const arguments[] = {(char *)"sh", (char *)"-c", (char *)request->command, NULL};
    execve("/bin/sh", arguments, b->environment);
    _exit(126);
}

static bool start_anew(struct child *child, int out, int err)
{
    const struct process_request *request = child->request;
    char **environment = child_environment(request->sees, request->environment);
    struct becoming becoming = {request, environment, out, err};
    struct keeper_work work = {
        .become = become, .context = &becoming, .daemons_may_stay = request->daemons_may_stay};
    bool started = keeper_start(&child->keeper, &work);
    int saved = errno;
    free(environment);
    errno = saved;
    return started;
}

static bool start_somehow(struct child *child, int out, int err)
{
    const struct process_request *request = child->request;
    return (request->start && request->start(request->start_context, out, err, &child->keeper)) ||
           start_anew(child, out, err);
}

static bool start(struct child *child, struct error *e)
{
    const char *directory = child->request->directory;
    if (directory && access(directory, X_OK) != 0)
        return error_set(e, ERROR_UNAVAILABLE, "cannot enter the folder %s: %s", directory,
                         strerror(errno));
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
        if (out[0] >= 0) {
            close(out[0]);
            close(out[1]);
        }
        return error_set(e, ERROR_UNAVAILABLE, "cannot make a pipe: %s", strerror(errno));
    }
    child->started = clock_seconds();
    bool started = start_somehow(child, out[1], err[1]);
    int saved = errno;
    close(out[1]);
    close(err[1]);
    child->streams[0] = (struct stream){.fd = out[0]};
    child->streams[1] = (struct stream){.fd = err[0], .is_stderr = true};
    if (!started)
        return error_set(e, ERROR_UNAVAILABLE, "cannot start a process: %s", strerror(saved));
    if (child->request->group)
        *child->request->group = child->keeper.command;
    return true;
}

/* One round of waiting; returns whether the process has ended. */
static bool watch(struct child *child, double deadline, bool hear_cancel, bool *cancelled)
{
    const struct cancel *cancel = hear_cancel ? child->request->cancel : NULL;
    struct pollfd fds[4] = {{.fd = child->streams[0].fd, .events = POLLIN},
                            {.fd = child->streams[1].fd, .events = POLLIN},
                            {.fd = child->keeper.way, .events = POLLIN},
                            {.fd = cancel ? cancel->fd : -1, .events = POLLIN}};
    int timeout = -1;
    if (deadline > 0) {
        double left = deadline - clock_seconds();
        timeout = left > 0 ? (int)(left * 1000) + 1 : 0;
    }
    if (poll(fds, 4, timeout) < 0)
        return false;
    for (int i = 0; i < 2; i++)
        if (fds[i].revents)
            read_stream(child, &child->streams[i]);
    if (fds[3].revents)
        *cancelled = true;
    return fds[2].revents != 0;
}

/* What it wrote before it ended is still in the pipes; others of its group may hold them open. */
static void drain_output(struct child *child)
{
    double deadline = clock_seconds() + drain_limit;
    while (child->streams[0].fd >= 0 || child->streams[1].fd >= 0) {
        if (clock_seconds() > deadline)
            break;
        struct pollfd fds[2] = {{.fd = child->streams[0].fd, .events = POLLIN},
                                {.fd = child->streams[1].fd, .events = POLLIN}};
        poll(fds, 2, 50);
        for (int i = 0; i < 2; i++)
            if (fds[i].revents)
                read_stream(child, &child->streams[i]);
    }
    close_stream(child, &child->streams[0]);
    close_stream(child, &child->streams[1]);
}

static void reap(struct child *child)
{
    if (child->request->group)
        *child->request->group = 0;
    int status = keeper_wait(&child->keeper);
    if (WIFSIGNALED(status)) {
        child->result->ending = PROCESS_SIGNALLED;
        child->result->status = WTERMSIG(status);
    } else {
        child->result->ending = PROCESS_EXITED;
        child->result->status = WEXITSTATUS(status);
    }
}

/* How the waiting goes: for the end of the process, or for a reason to end it. */
struct waiting {
    double limit; /* clock_seconds() until which it may take; 0: none */
    struct group_watch group;
    bool cancelled, stopping;
    enum process_ending ending; /* if it is us who end it */
};

static void stop(struct child *child, struct waiting *w, enum process_ending ending)
{
    w->ending = ending;
    w->stopping = true;
    w->group.next = 0;
    w->limit = clock_seconds() + grace;
    kill(-child->keeper.command, SIGTERM);
    if (ending != PROCESS_TIMED_OUT)
        kill(-child->keeper.command, SIGCONT); /* a stopped one does not hear of it */
}

/* Nobody but us has any business with the keeper. */
static void end(struct child *child, struct waiting *w)
{
    kill(-child->keeper.command, SIGKILL);
    kill(child->keeper.pid, SIGCONT);
    w->limit = 0;
}

static void look(struct child *child, struct waiting *w)
{
    const struct process_request *r = child->request;
    enum group_state state = group_watch_look(&w->group, child->heard);
    if (state == GROUP_IS_STOPPED)
        stop(child, w, PROCESS_STOPPED);
    else if (state == GROUP_IS_QUIET && r->is_served && r->is_served(r->served_context))
        group_watch_excuse(&w->group);
    else if (state == GROUP_IS_QUIET)
        stop(child, w, PROCESS_STUCK);
}

static double next_moment(const struct waiting *w)
{
    double next = w->group.next;
    return next > 0 && (w->limit <= 0 || next < w->limit) ? next : w->limit;
}

static void wait_for_end(struct child *child, struct waiting *w)
{
    while (!watch(child, next_moment(w), !w->stopping, &w->cancelled)) {
        double now = clock_seconds();
        bool late = w->limit > 0 && now >= w->limit;
        if (w->stopping && late)
            end(child, w);
        else if (!w->stopping && (w->cancelled || late))
            stop(child, w, PROCESS_TIMED_OUT);
        else if (w->group.next > 0 && now >= w->group.next)
            look(child, w);
    }
}

bool process_run(const struct process_request *request, struct process_result *result,
                 struct error *e)
{
    *result = (struct process_result){0};
    struct child child = {.request = request, .result = result, .keeper.way = -1};
    child.streams[0].fd = child.streams[1].fd = -1;
    if (!start(&child, e)) {
        drain_output(&child);
        return false;
    }
    struct waiting w = {.limit = request->time_limit > 0 ? child.started + request->time_limit : 0};
    group_watch_begin(&w.group, child.keeper.command, request->quiet_limit);
    wait_for_end(&child, &w);
    result->started = child.started;
    result->seconds = clock_seconds() - child.started;
    reap(&child);
    drain_output(&child);
    if (w.stopping && !w.cancelled)
        result->ending = w.ending;
    if (w.cancelled)
        return error_set(e, ERROR_INTERRUPTED, "interrupted");
    return true;
}

void process_result_release(struct process_result *result)
{
    text_release(&result->output);
    text_release(&result->log);
}

bool process_succeeded(const struct process_result *result)
{
    return result->ending == PROCESS_EXITED && result->status == 0;
}

char *process_ending_text(const struct process_result *result)
{
    switch (result->ending) {
    case PROCESS_TIMED_OUT:
        return memory_format("was stopped after %.1f s", result->seconds);
    case PROCESS_STOPPED:
        return memory_copy_of("was given up: somebody had stopped its process (SIGSTOP)");
    case PROCESS_STUCK:
        return memory_format("was given up after %.0f s: it had come to a standstill",
                             result->seconds);
    case PROCESS_SIGNALLED:
        return memory_format("was killed by signal %d (%s)", result->status,
                             strsignal(result->status));
    case PROCESS_EXITED:
        break;
    }
    if (result->status == 127)
        return memory_copy_of("exited with status 127 (command not found)");
    return memory_format("exited with status %d", result->status);
}
