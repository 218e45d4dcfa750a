/* How long a child is waited for that does nothing. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "base/process.h"

struct fixture {
    struct process_result result;
    struct error error;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    process_result_release(&f->result);
    free(f);
    return 0;
}

static bool run(struct fixture *f, struct process_request request)
{
    return process_run(&request, &f->result, &f->error);
}

/* The shell stops itself; somebody has to notice. */
static void gives_up_what_is_stopped(void **state)
{
    struct fixture *f = *state;
    assert_true(
        run(f, (struct process_request){.command = "kill -STOP $$; exit 7", .quiet_limit = 10000}));
    assert_int_equal(f->result.ending, PROCESS_STOPPED);
    char *text = process_ending_text(&f->result);
    assert_string_equal(text, "was given up: somebody had stopped its process (SIGSTOP)");
    free(text);
}

static void gives_up_what_does_nothing(void **state)
{
    struct fixture *f = *state;
    assert_true(
        run(f, (struct process_request){.command = "exec sleep 10000", .quiet_limit = 0.1}));
    assert_int_equal(f->result.ending, PROCESS_STUCK);
    char *text = process_ending_text(&f->result);
    assert_non_null(strstr(text, "had come to a standstill"));
    free(text);
}

struct server {
    unsigned asked;
    const char *fifo;
};

/* Works for the child until it is asked for the third time. */
static bool works(void *context)
{
    struct server *s = context;
    int fd = ++s->asked == 3 ? open(s->fifo, O_WRONLY | O_CLOEXEC) : -1;
    if (fd >= 0)
        close(fd);
    return true;
}

static void waits_for_what_is_served(void **state)
{
    struct fixture *f = *state;
    char folder[] = "/tmp/pgr-process-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *fifo = memory_format("%s/fifo", folder), *command = memory_format("cat %s", fifo);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    struct server server = {.fifo = fifo};
    bool good = run(f, (struct process_request){.command = command,
                                                .quiet_limit = 0.1,
                                                .is_served = works,
                                                .served_context = &server});
    unlink(fifo);
    rmdir(folder);
    free(command);
    free(fifo);
    assert_true(good);
    assert_true(process_succeeded(&f->result));
    assert_int_equal(server.asked, 3);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(gives_up_what_is_stopped),
                                       TEST(gives_up_what_does_nothing),
                                       TEST(waits_for_what_is_served)};
    return cmocka_run_group_tests_name("process_patience", tests, NULL, NULL) ? 1 : 0;
}
