/* Signing and checking with the real ssh-keygen and ssh-agent. */
#include "../support/testing.h"

#include <ftw.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/whole_file.h"
#include "production/certificates/certificate_signature.h"

struct signing {
    char folder[32];
    char *file;
    pid_t agent;
    struct certificate_differences differences;
};

/*
 * Runs it in the folder, and returns what it printed; fails the test if it fails. What it starts in
 * a session of its own stays: the agent.
 */
static char *shell(const struct signing *s, const char *command)
{
    struct process_request request = {.command = command,
                                      .sees = SEES_ALL,
                                      .directory = s->folder,
                                      .time_limit = 60,
                                      .daemons_may_stay = true};
    struct process_result result;
    struct error e = {0};
    bool good = process_run(&request, &result, &e) && process_succeeded(&result);
    char *output = memory_copy_of(text_string(&result.output));
    if (!good)
        print_message("# %s: %s %s\n", command, e.message, text_string(&result.log));
    process_result_release(&result);
    if (!good)
        free(output);
    assert_true(good);
    return output;
}

static int set_up(void **state)
{
    struct signing *s = memory_zeroed(1, sizeof *s);
    struct error e = {0};
    *state = s;
    snprintf(s->folder, sizeof s->folder, "/tmp/pgr-sign.XXXXXX");
    if (!mkdtemp(s->folder))
        return -1;
    unsetenv("SSH_AUTH_SOCK");
    s->file = memory_format("%s/a certificate's.json", s->folder);
    free(shell(s, "ssh-keygen -q -t ed25519 -N '' -C '' -f plain; ssh-keygen -q -t ed25519 -N "
                  "'secret words' -C '' -f locked; for k in plain locked; do printf "
                  "'%s@example namespaces=\"pgrehearse\" ' $k; cat $k.pub; done >signers"));
    return whole_file_write(s->file, "{}\n", 3, &e) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *f)
{
    (void)status, (void)type, (void)f;
    return remove(path);
}

static int tear_down(void **state)
{
    struct signing *s = *state;
    if (s->agent > 1)
        kill(s->agent, SIGTERM);
    unsetenv("SSH_AUTH_SOCK");
    certificate_differences_release(&s->differences);
    nftw(s->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(s->file);
    free(s);
    return 0;
}

static bool sign(const struct signing *s, const char *key, struct error *e)
{
    char *path = memory_format("%s/%s", s->folder, key);
    bool good = certificate_sign(s->file, path, NULL, e);
    free(path);
    return good;
}

/* The text of the one point that a check adds. */
static const char *check(struct signing *s, enum certificate_agreement *agreement)
{
    struct error e = {0};
    char *signers = memory_format("%s/signers", s->folder);
    certificate_differences_release(&s->differences);
    bool good = certificate_check_signature(s->file, signers, NULL, &s->differences, &e);
    free(signers);
    assert_string_equal(e.message, "");
    assert_true(good);
    assert_int_equal(s->differences.count, 1);
    *agreement = s->differences.items[0].agreement;
    return s->differences.items[0].text;
}

static void signs_and_tells_by_whom(void **state)
{
    struct signing *s = *state;
    struct error e = {0};
    enum certificate_agreement agreement;
    assert_true(sign(s, "plain", &e));
    assert_string_equal(check(s, &agreement), "good, by plain@example");
    assert_int_equal(agreement, CERTIFICATE_AGREES);
    assert_true(sign(s, "plain", &e)); /* once more, over the old one */
    assert_true(whole_file_write(s->file, "{ }\n", 4, &e));
    check(s, &agreement);
    assert_int_equal(agreement, CERTIFICATE_DIFFERS);
}

/* It neither waits for a passphrase nor signs without one. */
static void asks_for_nothing(void **state)
{
    struct signing *s = *state;
    struct error e = {0};
    double started = clock_seconds();
    assert_false(sign(s, "locked", &e));
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, "ssh-agent"));
    assert_true(clock_seconds() - started < 50);
    char *signature = memory_format("%s.sig", s->file);
    bool there = access(signature, F_OK) == 0;
    free(signature);
    assert_false(there);
}

static void signs_through_the_agent(void **state)
{
    struct signing *s = *state;
    struct error e = {0};
    enum certificate_agreement agreement;
    /* it outlives the shell's process group only in a session of its own */
    char *told = shell(s, "setsid --wait ssh-agent -s -a \"$PWD/agent\"");
    const char *pid = strstr(told, "SSH_AGENT_PID=");
    s->agent = pid ? (pid_t)strtol(pid + strlen("SSH_AGENT_PID="), NULL, 10) : 0;
    free(told);
    assert_true(s->agent > 1);
    char *socket = memory_format("%s/agent", s->folder);
    setenv("SSH_AUTH_SOCK", socket, 1);
    free(socket);
    free(shell(s, "printf '#!/bin/sh\\necho secret words\\n' >ask; chmod +x ask; "
                  "SSH_ASKPASS=\"$PWD/ask\" SSH_ASKPASS_REQUIRE=force ssh-add -q locked"));
    bool good = sign(s, "locked", &e);
    assert_string_equal(e.message, "");
    assert_true(good);
    assert_string_equal(check(s, &agreement), "good, by locked@example");
    assert_true(sign(s, "locked.pub", &e));
    assert_string_equal(check(s, &agreement), "good, by locked@example");
}

static void tells_what_is_no_key(void **state)
{
    struct signing *s = *state;
    struct error none = {0}, other = {0};
    assert_false(sign(s, "nokey", &none));
    assert_int_equal(none.kind, ERROR_USAGE);
    assert_non_null(strstr(none.message, "cannot read the key"));
    assert_false(sign(s, "signers", &other));
    assert_int_equal(other.kind, ERROR_USAGE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(signs_and_tells_by_whom), TEST(asks_for_nothing),
                                       TEST(signs_through_the_agent), TEST(tells_what_is_no_key)};
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
