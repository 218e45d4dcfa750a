#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/clock.h"
#include "base/memory.h"

struct lines {
    struct text all; /* each "o:" or "e:", the line, "|" */
    size_t count, longest;
};

struct fixture {
    struct process_result result;
    struct error error;
    struct cancel cancel;
    struct lines lines;
    atomic_bool begun;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f || !cancel_init(&f->cancel))
        return -1;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    process_result_release(&f->result);
    cancel_release(&f->cancel);
    text_release(&f->lines.all);
    free(f);
    return 0;
}

static void note_line(void *context, double seconds, bool on_stderr, const char *line)
{
    struct fixture *f = context;
    struct lines *lines = &f->lines;
    size_t length = strlen(line);
    atomic_store(&f->begun, true);
    if (length > lines->longest)
        lines->longest = length;
    lines->count++;
    if (seconds >= 0 && length < 100)
        text_append_format(&lines->all, "%c:%s|", on_stderr ? 'e' : 'o', line);
}

static bool run(struct fixture *f, struct process_request request)
{
    request.on_line = note_line;
    request.context = f;
    return process_run(&request, &f->result, &f->error);
}

static void assert_ending(struct fixture *f, enum process_ending ending, int status,
                          const char *words)
{
    char *text = process_ending_text(&f->result);
    bool told = strstr(text, words) != NULL;
    free(text);
    assert_int_equal(f->result.ending, ending);
    assert_int_equal(f->result.status, status);
    assert_true(told);
}

static void tells_how_it_ended(void **state)
{
    static const struct {
        const char *command;
        enum process_ending ending;
        int status;
        const char *words;
    } table[] = {
        {"true", PROCESS_EXITED, 0, "status 0"},
        {"exit 3", PROCESS_EXITED, 3, "status 3"},
        {"exit 255", PROCESS_EXITED, 255, "status 255"},
        {"kill -SEGV $$", PROCESS_SIGNALLED, SIGSEGV, "signal 11"},
        {"kill -KILL $$", PROCESS_SIGNALLED, SIGKILL, "signal 9"},
        {"no-such-command-here", PROCESS_EXITED, 127, "not found"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(run(f, (struct process_request){.command = table[i].command}));
        assert_ending(f, table[i].ending, table[i].status, table[i].words);
        process_result_release(&f->result);
    }
}

static void keeps_both_streams_apart(void **state)
{
    struct fixture *f = *state;
    const char *command = "echo one; echo two >&2; echo; printf three";
    assert_true(run(f, (struct process_request){.command = command}));
    assert_string_equal(text_string(&f->result.output), "one\n\nthree");
    assert_non_null(strstr(text_string(&f->result.log), "two\n"));
    assert_int_equal(f->result.log.length, strlen("one\ntwo\n\nthree"));
    assert_int_equal(f->lines.count, 4);
    assert_non_null(strstr(text_string(&f->lines.all), "o:one|"));
    assert_non_null(strstr(text_string(&f->lines.all), "e:two|"));
    assert_non_null(strstr(text_string(&f->lines.all), "o:three|"));
    assert_false(f->result.cut);
}

static void changes_the_environment(void **state)
{
    struct fixture *f = *state;
    setenv("PGR_KEPT", "kept", 1);
    setenv("PGR_GONE", "gone", 1);
    setenv("PGR_CHANGED", "old", 1);
    const char *const changes[] = {"PGR_CHANGED=new=er", "PGR_GONE", "PGR_NEW=", NULL};
    const char *command = "echo $PGR_KEPT-${PGR_GONE-unset}-$PGR_CHANGED-${PGR_NEW-unset}; pwd";
    assert_true(run(
        f, (struct process_request){
               .command = command, .sees = SEES_ALL, .environment = changes, .directory = "/usr"}));
    assert_string_equal(text_string(&f->result.output), "kept-unset-new=er-\n/usr\n");
}

static const struct {
    enum child_sees sees;
    const char *seen;
} sights[] = {{SEES_USUAL, "LC_SEEN\n"},
              {SEES_GIT, "GIT_CONFIG_SEEN\nLC_SEEN\n"},
              {SEES_GNUPLOT, "GDFONTPATH\nLC_SEEN\n"},
              {SEES_SSH, "LC_SEEN\nSSH_AUTH_SOCK\n"},
              {SEES_SERVER, "LC_SEEN\nPGPASSWORD\nPGSSL_SEEN\n"},
              {SEES_ALL, "GDFONTPATH\nGIT_CONFIG_SEEN\nGIT_DIR\nLC_SEEN\nPGHOSTADDR\nPGPASSWORD\n"
                         "PGSSL_SEEN\nSSH_AUTH_SOCK\nUNKNOWN\n"}};

static void shows_a_child_what_it_may_see(void **state)
{
    static const char *const given[] = {"GDFONTPATH",   "GIT_CONFIG_SEEN",
                                        "GIT_DIR",      "LC_SEEN",
                                        "PGHOSTADDR",   "PGPASSWORD",
                                        "PGSSL_SEEN",   "PGREHEARSE_WEBHOOK_TOKEN",
                                        "UNKNOWN",      "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
                                        "SSH_AUTH_SOCK"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        setenv(given[i], "witness", 1);
    for (size_t i = 0; i < sizeof sights / sizeof *sights; i++) {
        assert_true(run(f, (struct process_request){.command = "env | sed -n s/=witness//p | sort",
                                                    .sees = sights[i].sees}));
        assert_string_equal(text_string(&f->result.output), sights[i].seen);
        process_result_release(&f->result);
    }
    f->result = (struct process_result){0};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        unsetenv(given[i]);
}

static void gives_no_standard_input(void **state)
{
    struct fixture *f = *state;
    assert_true(run(f, (struct process_request){.command = "cat; echo end", .time_limit = 5}));
    assert_string_equal(text_string(&f->result.output), "end\n");
}

/* What we ignore or block for ourselves must not change how a migrator behaves. */
static void starts_with_the_usual_signals(void **state)
{
    struct fixture *f = *state;
    signal(SIGPIPE, SIG_IGN);
    sigset_t blocked, old;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &old);
    bool ran =
        run(f, (struct process_request){.command = "grep -E '^Sig(Blk|Ign):' /proc/self/status"});
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, SIG_DFL);
    assert_true(ran);
    assert_string_equal(text_string(&f->result.output),
                        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void names_a_folder_that_is_not_there(void **state)
{
    struct fixture *f = *state;
    assert_false(run(f, (struct process_request){.command = "true", .directory = "/nowhere/x"}));
    assert_int_equal(f->error.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(f->error.message, "/nowhere/x"));
}

/* With a short limit, and with longer ones until the command has begun to write before its end. */
static double run_until_late(struct fixture *f, const char *command)
{
    for (double limit = 0.2;; limit *= 2) {
        assert_true(limit < 100);
        assert_true(run(f, (struct process_request){.command = command, .time_limit = limit}));
        if (f->result.output.length)
            return limit;
    }
}

static void stops_at_the_time_limit(void **state)
{
    struct fixture *f = *state;
    const char *command = "trap 'echo stopped; exit 9' TERM; echo ready; sleep 300 & wait";
    double limit = run_until_late(f, command);
    assert_ending(f, PROCESS_TIMED_OUT, 9, "was stopped after");
    assert_string_equal(text_string(&f->result.output), "ready\nstopped\n");
    assert_true(f->result.seconds >= limit);
}

static bool is_alive(const char *pid)
{
    return kill((pid_t)strtol(pid, NULL, 10), 0) == 0 || errno != ESRCH;
}

/* A killed orphan is reaped by somebody else, soon; a minute is forever. */
static bool is_gone_soon(const char *pid)
{
    for (int i = 0; i < 6000 && is_alive(pid); i++)
        usleep(10000);
    return !is_alive(pid);
}

static void kills_who_will_not_stop(void **state)
{
    struct fixture *f = *state;
    const char *command = "trap '' TERM; sleep 300 & echo $!; while :; do sleep 300; done";
    run_until_late(f, command);
    assert_ending(f, PROCESS_TIMED_OUT, SIGKILL, "was stopped after");
    assert_true(is_gone_soon(text_string(&f->result.output)));
}

static void leaves_nobody_behind(void **state)
{
    struct fixture *f = *state;
    double start = clock_seconds();
    const char *command = "(trap '' TERM HUP; sleep 300) & echo $!";
    assert_true(run(f, (struct process_request){.command = command}));
    assert_ending(f, PROCESS_EXITED, 0, "status 0");
    assert_true(is_gone_soon(text_string(&f->result.output)));
    assert_true(clock_seconds() - start < 200); /* the pipe that it held did not hold us */
}

/* Each prints the process id of something in a session of its own that would sleep for long. */
static const char *const daemons[] = {
    "setsid sleep 300 & echo $!", /* holds the pipes */
    "pid=$(setsid -f sh -c 'echo $$; exec >/dev/null; sleep 300; :'); echo $pid",
    "pid=$(setsid -f env -i sh -c 'echo $$; exec >/dev/null; exec sleep 300'); echo $pid",
    "pid=$(setsid -f sh -c 'trap \"\" TERM HUP INT; echo $$; exec >/dev/null; exec sleep 300'); "
    "echo $pid",
    "pid=$(setsid -f sh -c 'setsid -f sh -c \"echo \\$\\$; exec >/dev/null; exec sleep 300\"'); "
    "echo $pid",
};

static void ends_daemons(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++) {
        assert_true(run(f, (struct process_request){.command = daemons[i]}));
        assert_ending(f, PROCESS_EXITED, 0, "status 0");
        assert_true(strtol(text_string(&f->result.output), NULL, 10) > 1);
        assert_false(is_alive(text_string(&f->result.output)));
        process_result_release(&f->result);
    }
}

static void lets_services_stay(void **state)
{
    struct fixture *f = *state;
    assert_true(run(f, (struct process_request){.command = daemons[2], .daemons_may_stay = true}));
    assert_ending(f, PROCESS_EXITED, 0, "status 0");
    long pid = strtol(text_string(&f->result.output), NULL, 10);
    assert_true(pid > 1);
    assert_true(is_alive(text_string(&f->result.output)));
    kill((pid_t)pid, SIGKILL);
}

static void write_line(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds, (void)on_stderr;
    (void)!write(*(int *)context, line, strlen(line));
}

/* However it dies; nobody is there any more who could look for what it has left. */
static void daemons_die_with_us(void **state)
{
    (void)state;
    char pid[32] = "";
    int way[2];
    assert_int_equal(pipe(way), 0);
    char *command = memory_format("%s; sleep 300", daemons[2]);
    pid_t child = fork();
    if (child == 0) {
        struct process_result result;
        struct error e = {0};
        process_run(&(struct process_request){.command = command,
                                              .on_line = write_line,
                                              .context = &way[1]},
                    &result, &e);
        _exit(0);
    }
    free(command);
    assert_true(read(way[0], pid, sizeof pid - 1) > 0);
    bool was = is_alive(pid);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(way[0]);
    close(way[1]);
    assert_true(was);
    assert_true(is_gone_soon(pid));
}

static void takes_megabytes_without_a_line_end(void **state)
{
    struct fixture *f = *state;
    const char *command = "head -c 5000000 /dev/zero | tr '\\0' x";
    assert_true(run(f, (struct process_request){.command = command}));
    assert_int_equal(f->result.output.length, 5000000);
    assert_int_equal(strspn(text_string(&f->result.output), "x"), 5000000);
    assert_true(f->lines.longest < 128 << 10);
    assert_true(f->lines.count >= 5000000 / (128 << 10));
}

static void replaces_nul_bytes(void **state)
{
    struct fixture *f = *state;
    assert_true(run(f, (struct process_request){.command = "printf 'a\\000b\\n'"}));
    assert_string_equal(text_string(&f->result.output), "a?b\n");
    assert_string_equal(text_string(&f->lines.all), "o:a?b|");
}

static void keeps_no_more_than_asked(void **state)
{
    struct fixture *f = *state;
    const char *command = "head -c 100000 /dev/zero | tr '\\0' y; echo; echo last";
    assert_true(run(f, (struct process_request){.command = command, .output_limit = 1000}));
    assert_int_equal(f->result.output.length, 1000);
    assert_int_equal(f->result.log.length, 1000);
    assert_true(f->result.cut);
    assert_non_null(strstr(text_string(&f->lines.all), "o:last|")); /* lines go on all the same */
}

/* A line of any length ends once: its line end makes no empty line after the last piece. */
static void long_lines_make_no_empty_ones(void **state)
{
    struct fixture *f = *state;
    const char *command = "for n in 65535 65536 65537 81920 81921; do "
                          "head -c $n /dev/zero | tr '\\0' z; sleep 0.05; echo; done";
    assert_true(run(f, (struct process_request){.command = command}));
    assert_null(strstr(text_string(&f->lines.all), "o:|"));
}

/* Once the command has written its line. */
static void *raise_later(void *fixture)
{
    struct fixture *f = fixture;
    while (!atomic_load(&f->begun))
        usleep(10000);
    cancel_raise(&f->cancel);
    return NULL;
}

static void is_cancelled(void **state)
{
    struct fixture *f = *state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, raise_later, f), 0);
    double start = clock_seconds();
    bool ran =
        run(f, (struct process_request){
                   .command = "echo $$; sleep 300", .cancel = &f->cancel, .time_limit = 250});
    double took = clock_seconds() - start;
    pthread_join(thread, NULL);
    assert_false(ran);
    assert_int_equal(f->error.kind, ERROR_INTERRUPTED);
    assert_true(took < 200);
    assert_false(is_alive(text_string(&f->result.output)));
}

static void hears_a_cancel_raised_before(void **state)
{
    struct fixture *f = *state;
    cancel_raise(&f->cancel);
    assert_false(run(f, (struct process_request){.command = "sleep 300", .cancel = &f->cancel}));
    assert_int_equal(f->error.kind, ERROR_INTERRUPTED);
}

static void leaks_no_descriptor(void **state)
{
    struct fixture *f = *state;
    int before = dup(0);
    close(before);
    for (int i = 0; i < 20; i++) {
        assert_true(run(f, (struct process_request){.command = "true"}));
        process_result_release(&f->result);
        process_run(&(struct process_request){.command = "true", .directory = "/nowhere"},
                    &f->result, &f->error);
        process_result_release(&f->result);
        error_clear(&f->error);
    }
    int after = dup(0);
    close(after);
    assert_int_equal(after, before);
    long inherited = 1; /* the folder that ls reads */
    for (int fd = 0; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);
        inherited += flags >= 0 && !(flags & FD_CLOEXEC);
    }
    assert_true(run(f, (struct process_request){.command = "ls /proc/self/fd | wc -l"}));
    assert_int_equal(strtol(text_string(&f->result.output), NULL, 10), inherited);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_how_it_ended),
        TEST(keeps_both_streams_apart),
        TEST(changes_the_environment),
        TEST(shows_a_child_what_it_may_see),
        TEST(gives_no_standard_input),
        TEST(starts_with_the_usual_signals),
        TEST(names_a_folder_that_is_not_there),
        TEST(stops_at_the_time_limit),
        TEST(kills_who_will_not_stop),
        TEST(leaves_nobody_behind),
        TEST(ends_daemons),
        TEST(lets_services_stay),
        TEST(daemons_die_with_us),
        TEST(takes_megabytes_without_a_line_end),
        TEST(replaces_nul_bytes),
        TEST(keeps_no_more_than_asked),
        TEST(long_lines_make_no_empty_ones),
        TEST(is_cancelled),
        TEST(hears_a_cancel_raised_before),
        TEST(leaks_no_descriptor),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL) ? 1 : 0;
}
