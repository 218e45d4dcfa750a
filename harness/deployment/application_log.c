#include "deployment/application_log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/process.h"
#include "base/text.h"
#include "deployment/expansion.h"

static const int between_looks = 100; /* milliseconds */
static const size_t longest_line = 64u << 10;

/* One log while it is watched. */
struct watched {
    const struct deployment_log *log;
    struct pattern errors, ignore;
    char *path; /* of a file */
    long long inode;
    off_t offset;                 /* read up to here */
    struct text line;             /* begun, and not ended yet */
    const char *const *variables; /* of a command */
    const struct cancel *stop;
    pthread_t thread;
    bool started;
    char *found; /* the first line that is an error */
    struct error error;
};

static void see_line(struct watched *w, const char *line)
{
    if (!w->found && pattern_matches(&w->errors, line) && !pattern_matches(&w->ignore, line))
        w->found = text_one_line(line);
}

static void see_bytes(struct watched *w, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '\n' && w->line.length < longest_line) {
            text_append_bytes(&w->line, bytes[i] ? &bytes[i] : "?", 1);
            continue;
        }
        see_line(w, text_string(&w->line));
        text_clear(&w->line);
    }
}

static void read_on(struct watched *w, int fd)
{
    char bytes[16384];
    ssize_t got;
    while (!w->found && (got = pread(fd, bytes, sizeof bytes, w->offset)) > 0) {
        see_bytes(w, bytes, (size_t)got);
        w->offset += got;
    }
}

/* What has come to the file since the last look; another or a shorter file is read from the start.
 */
static void look(struct watched *w)
{
    int fd = open(w->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        error_set(&w->error, ERROR_UNAVAILABLE, "the log '%s' cannot be read at %s: %s",
                  w->log->name, w->path, strerror(errno));
    } else {
        error_clear(&w->error);
        if ((long long)status.st_ino != w->inode || status.st_size < w->offset) {
            w->inode = (long long)status.st_ino;
            w->offset = 0;
            text_clear(&w->line);
        }
        read_on(w, fd);
    }
    if (fd >= 0)
        close(fd);
}

static void take_line(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds, (void)on_stderr;
    see_line(context, line);
}

static void *follow(void *context)
{
    struct watched *w = context;
    struct process_request request = {.command = w->log->command,
                                      .sees = SEES_ALL,
                                      .environment = w->variables,
                                      .time_limit = w->log->seconds,
                                      .cancel = w->stop,
                                      .on_line = take_line,
                                      .context = w};
    struct process_result result;
    bool ran = process_run(&request, &result, &w->error);
    if (ran && result.ending == PROCESS_EXITED && result.status != 0) {
        char *ending = process_ending_text(&result),
             *said = text_one_line(text_string(&result.log));
        error_set(&w->error, ERROR_UNAVAILABLE,
                  "the log '%s' cannot be watched: its command %s: %.200s", w->log->name, ending,
                  said);
        free(said);
        free(ending);
    }
    process_result_release(&result);
    return NULL;
}

json_t *application_log_mark(const struct deployment *d, const char *const *variables,
                             struct error *e)
{
    json_t *marks = json_array();
    bool good = marks != NULL;
    for (unsigned i = 0; good && i < d->log_count; i++) {
        struct stat status = {0};
        char *path = d->logs[i].file ? expansion_of(d->logs[i].file, variables, NULL, e) : NULL;
        good = path || !d->logs[i].file;
        if (path && stat(path, &status) != 0)
            status = (struct stat){0}; /* it will be made by the start */
        json_t *mark = json_pack("{s:I, s:I}", "inode", (json_int_t)status.st_ino, "offset",
                                 (json_int_t)status.st_size);
        if (json_array_append_new(marks, mark) != 0)
            memory_exhausted();
        free(path);
    }
    if (!good) {
        json_decref(marks);
        error_prefix(e, "logs.file");
        return NULL;
    }
    return marks;
}

static bool prepare(struct watched *w, const struct deployment_log *log, json_t *mark,
                    const char *const *variables, const struct cancel *stop, struct error *e)
{
    *w = (struct watched){.log = log, .variables = variables, .stop = stop};
    if (!pattern_compile(&w->errors, log->errors, e))
        return error_prefix(e, "logs.errors");
    if (!pattern_compile(&w->ignore, log->ignore, e))
        return error_prefix(e, "logs.ignore");
    w->inode = json_integer_value(json_object_get(mark, "inode"));
    w->offset = (off_t)json_integer_value(json_object_get(mark, "offset"));
    if (log->file)
        return (w->path = expansion_of(log->file, variables, NULL, e)) != NULL;
    w->started = pthread_create(&w->thread, NULL, follow, w) == 0;
    return w->started || error_set(e, ERROR_UNAVAILABLE, "cannot start a thread to watch a log");
}

/* Until every file has been watched for its seconds, or an error is found in one. */
static void watch_files(struct watched *all, unsigned count, const struct cancel *cancel)
{
    double started = clock_seconds(), longest = 0;
    bool found = false;
    for (unsigned i = 0; i < count; i++)
        longest = all[i].log->seconds > longest ? all[i].log->seconds : longest;
    while (!found && !cancel_is_raised(cancel)) {
        double passed = clock_seconds() - started;
        for (unsigned i = 0; i < count; i++) {
            if (all[i].path && passed <= all[i].log->seconds + 1)
                look(&all[i]);
            found = found || (all[i].path && all[i].found);
        }
        if (passed >= longest)
            break;
        struct pollfd fd = {.fd = cancel ? cancel->fd : -1, .events = POLLIN};
        int left = (int)((longest - passed) * 1000) + 1;
        poll(&fd, 1, left < between_looks ? left : between_looks);
    }
}

/* The list of `variables` with one more; the array alone is to be freed. */
static const char **with_variable(const char *const *variables, const char *one)
{
    const char **all = NULL;
    size_t count = 0;
    for (; variables && *variables; variables++)
        *(const char **)memory_append(&all, &count, sizeof *all) = *variables;
    *(const char **)memory_append(&all, &count, sizeof *all) = one;
    memory_append(&all, &count, sizeof *all);
    return all;
}

bool application_log_watch(const struct deployment *d, json_t *marks, const char *started,
                           const char *const *variables, const struct cancel *cancel,
                           struct application_log_finding *found, struct error *e)
{
    struct watched *all = memory_zeroed(d->log_count, sizeof *all);
    char *moment = memory_format("DEPLOY_STARTED=%s", started);
    const char **told = with_variable(variables, moment);
    struct cancel stop = {.fd = -1}; /* ends the commands once something was found */
    *found = (struct application_log_finding){0};
    bool good = cancel_init(&stop) || error_set(e, ERROR_UNAVAILABLE, "too many open files");
    for (unsigned i = 0; good && i < d->log_count; i++)
        good = prepare(&all[i], &d->logs[i], json_array_get(marks, i), told, &stop, e);
    if (good)
        watch_files(all, d->log_count, cancel);
    if (good)
        for (unsigned i = 0; i < d->log_count; i++)
            if (all[i].found || cancel_is_raised(cancel))
                cancel_raise(&stop);
    if (!good)
        cancel_raise(&stop);
    for (unsigned i = 0; i < d->log_count; i++) {
        struct watched *w = &all[i];
        if (w->started)
            pthread_join(w->thread, NULL);
        if (good && w->found && !found->log)
            *found = (struct application_log_finding){memory_copy_of(w->log->name),
                                                      memory_copy_of(w->found)};
        if (good && !cancel_is_raised(&stop))
            error_take(e, &w->error);
        pattern_release(&w->errors);
        pattern_release(&w->ignore);
        text_release(&w->line);
        free(w->path);
        free(w->found);
    }
    if (cancel_is_raised(cancel))
        error_set(e, ERROR_INTERRUPTED, "interrupted");
    cancel_release(&stop);
    free(told);
    free(moment);
    free(all);
    if (found->log)
        error_clear(e); /* what was found stands, whatever else could not be watched */
    return e->kind == ERROR_NONE;
}

void application_log_finding_release(struct application_log_finding *found)
{
    free(found->log);
    free(found->line);
    *found = (struct application_log_finding){0};
}
