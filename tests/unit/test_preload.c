/*
 * A preloaded interpreter and a fresh one: tests/support/preload-program runs in each of its modes
 * by both, and everything that can be seen of it is the same.
 */
#include "migrator/preload.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "base/text.h"
#include "migrator/migrator.h"

static const char url[] = "postgresql://me:secret@127.0.0.1:1/d";

struct fixture {
    struct suite_migrator definition;
    struct suite_preload preload;
    struct migrator migrator;
    char *loaders, *library, *folder;
};

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* some commands die of what makes one */
    static char name[] = "program", loader[] = "python.py",
                command[] = TEST_SOURCE_DIRECTORY "/support/preload-program {revision}";
    f->loaders = memory_copy_of(TEST_SOURCE_DIRECTORY "/../fixtures/migrators/preload");
    f->library = memory_copy_of(TEST_BUILD_DIRECTORY "/lib/pgrehearse/preload.so");
    f->folder = memory_copy_of("/tmp/preload-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->preload.loader = loader;
    f->definition = (struct suite_migrator){
        .name = name, .upgrade = command, .preload = &f->preload, .port = true};
    f->migrator = (struct migrator){
        .definition = &f->definition,
        .directory = f->folder,
        .preloads = preload_pool_new(f->loaders, f->library, NULL),
    };
    char *why = confinement_refusal();
    f->migrator.confined = !why;
    free(why);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    preload_pool_free(f->migrator.preloads);
    assert_int_equal(rmdir(f->folder), 0);
    free(f->folder);
    free(f->loaders);
    free(f->library);
    free(f);
    return 0;
}

static void run(struct fixture *f, const char *mode, double limit, struct migrator_result *result)
{
    struct error e = {0};
    if (!migrator_run(&f->migrator, MIGRATOR_UPGRADE, mode, url, limit, result, &e))
        fail_msg("%s: %s", mode, e.message);
}

static void run_both(struct fixture *f, const char *mode, double limit,
                     struct migrator_result *preloaded, struct migrator_result *fresh)
{
    f->definition.fresh_process = false;
    run(f, mode, limit, preloaded);
    f->definition.fresh_process = true;
    run(f, mode, limit, fresh);
    f->definition.fresh_process = false;
    assert_string_equal(preload_pool_refusal(f->migrator.preloads), "");
}

static void same_lines(const struct migrator_result *a, const struct migrator_result *b)
{
    for (size_t i = 0; i < a->line_count && i < b->line_count; i++)
        assert_string_equal(a->lines[i].text, b->lines[i].text);
    assert_int_equal(a->line_count, b->line_count);
}

static void is_same(struct fixture *f, const char *mode)
{
    struct migrator_result a, b;
    run_both(f, mode, 0, &a, &b);
    same_lines(&a, &b);
    assert_int_equal(a.process.output.length, b.process.output.length);
    assert_string_equal(text_string(&a.process.output), text_string(&b.process.output));
    assert_int_equal(a.process.log.length, b.process.log.length);
    assert_int_equal(a.process.ending, b.process.ending);
    assert_int_equal(a.process.status, b.process.status);
    migrator_result_release(&a);
    migrator_result_release(&b);
}

static void says(struct fixture *f, const char *mode, const char *wanted)
{
    struct migrator_result result;
    run(f, mode, 0, &result);
    assert_string_equal(migrator_last_line(&result), wanted);
    migrator_result_release(&result);
}

static void a_command_is_preloaded_unless_it_shall_be_fresh(void **state)
{
    struct fixture *f = *state;
    says(f, "preloaded", "preloaded");
    says(f, "preloaded", "preloaded");
    f->definition.fresh_process = true;
    says(f, "preloaded", "fresh");
}

static void everything_that_it_sees_is_the_same(void **state)
{
    is_same(*state, "state");
}

static void unconfined_too(void **state)
{
    struct fixture *f = *state;
    f->migrator.confined = false;
    is_same(f, "state");
}

static void with_other_variables_too(void **state)
{
    static const char *const variables[] = {"PYTHONHASHSEED=7",
                                            "PYTHONOPTIMIZE=1",
                                            "PYTHONWARNINGS=ignore",
                                            "LC_ALL=C.UTF-8",
                                            "TZ=Asia/Tokyo",
                                            "ODD=a\tb=c\xff",
                                            NULL};
    struct fixture *f = *state;
    f->migrator.variables = variables;
    is_same(f, "state");
}

static void with_variables_of_the_profile_too(void **state)
{
    static char *variables[] = {(char *)"PYTHONPATH={directory}/modules",
                                (char *)"MINE={database}"};
    struct fixture *f = *state;
    f->definition.environment = variables;
    f->definition.environment_count = 2;
    is_same(f, "state");
    says(f, "preloaded", "preloaded");
    variables[0] = (char *)"PYTHONPATH={staged}";
    says(f, "preloaded", "fresh");
}

static void it_ends_in_the_same_way(void **state)
{
    static char logging[] = "logging";
    char *modules[] = {logging};
    struct fixture *f = *state;
    f->preload.modules = modules;
    f->preload.module_count = 1;
    static const char *const modes[] = {
        "raise",      "interrupt", "text",   "at once",    "bytes",    "bytes of errors",
        "last words", "buffered",  "syntax", "unraisable", "status 0", "status 1",
        "status 4",   "kill 15",   "kill 9", "kill 6",     "kill 2",   "kill 13",
        "kill 11",    "status 3",  "meddle", "no mode"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        is_same(*state, modes[i]);
}

static void a_later_command_sees_nothing_of_an_earlier_one(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++)
        is_same(f, i % 2 ? "state" : "meddle");
}

static void its_time_is_limited(void **state)
{
    static const char *const modes[] = {"hang", "deaf"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct migrator_result a, b;
        run_both(*state, modes[i], 0.5, &a, &b);
        assert_int_equal(a.process.ending, PROCESS_TIMED_OUT);
        assert_int_equal(b.process.ending, PROCESS_TIMED_OUT);
        migrator_result_release(&a);
        migrator_result_release(&b);
    }
}

static void what_needs_a_shell_is_fresh(void **state)
{
    static char command[] = TEST_SOURCE_DIRECTORY "/support/preload-program {revision}; exit 3";
    struct fixture *f = *state;
    f->definition.upgrade = command;
    says(f, "preloaded", "fresh");
}

static void refuses(struct fixture *f, char *module, const char *why)
{
    f->preload.modules = &module;
    f->preload.module_count = 1;
    says(f, "preloaded", "fresh");
    says(f, "preloaded", "fresh");
    const char *refusal = preload_pool_refusal(f->migrator.preloads);
    if (!strstr(refusal, why))
        fail_msg("%s: %s", why, refusal);
    preload_pool_free(f->migrator.preloads);
    f->migrator.preloads = preload_pool_new(f->loaders, f->library, NULL);
}

static void a_loader_that_cannot_be_the_same_is_not_used(void **state)
{
    static const char *const variables[] = {
        "PYTHONPATH=" TEST_SOURCE_DIRECTORY "/support/preload-modules", NULL};
    struct fixture *f = *state;
    f->migrator.variables = variables;
    refuses(f, (char *)"not_a_module", "there is no module not_a_module");
    refuses(f, (char *)"starts_thread", "a module starts threads");
    refuses(f, (char *)"opens_file", "a module opens files");
    refuses(f, (char *)"prints_line", "a line of its own");
    f->migrator.directory = (char *)TEST_SOURCE_DIRECTORY;
    refuses(f, (char *)"does_nothing", "module does_nothing is the project's");
    f->migrator.directory = f->folder;
    free(f->library);
    f->library = memory_copy_of("/nowhere/preload.so");
    preload_pool_free(f->migrator.preloads);
    f->migrator.preloads = preload_pool_new(f->loaders, f->library, NULL);
    refuses(f, (char *)"re", "/nowhere/preload.so");
}

/* The loaders are there before any command is, and commands take these. */
static void loaders_are_started_before_any_command(void **state)
{
    struct fixture *f = *state;
    char *counted = memory_format("%s/counted", f->folder), *module = (char *)"counts_itself";
    char *variable = memory_format("COUNTED=%s", counted);
    const char *const variables[] = {"PYTHONPATH=" TEST_SOURCE_DIRECTORY "/support/preload-modules",
                                     variable, NULL};
    struct text content = {0};
    f->migrator.variables = variables;
    f->definition.current = f->definition.upgrade;
    f->preload.modules = &module;
    f->preload.module_count = 1;
    preload_pool_begin(f->migrator.preloads, &f->migrator);
    for (int i = 0; i < 4; i++)
        says(f, "preloaded", "preloaded");
    assert_string_equal(preload_pool_refusal(f->migrator.preloads), "");
    assert_true(text_read_file(&content, counted, 100));
    assert_int_equal(content.length, 2);
    text_release(&content);
    assert_int_equal(unlink(counted), 0);
    free(counted);
    free(variable);
}

/* Without a command. */
static void what_begins_early_is_refused_early(void **state)
{
    struct fixture *f = *state;
    char *module = (char *)"not_a_module";
    f->definition.current = f->definition.upgrade;
    f->preload.modules = &module;
    f->preload.module_count = 1;
    preload_pool_begin(f->migrator.preloads, &f->migrator);
    for (int i = 0; i < 12000 && !*preload_pool_refusal(f->migrator.preloads); i++)
        usleep(10000);
    assert_non_null(strstr(preload_pool_refusal(f->migrator.preloads), "not_a_module"));
    says(f, "preloaded", "fresh");
}

static void a_pool_that_is_not_used_ends(void **state)
{
    struct fixture *f = *state;
    f->definition.current = f->definition.upgrade;
    preload_pool_begin(f->migrator.preloads, &f->migrator);
}

static void nothing_begins_for_what_shall_be_fresh(void **state)
{
    struct fixture *f = *state;
    char *module = (char *)"not_a_module";
    f->definition.current = f->definition.upgrade;
    f->definition.fresh_process = true;
    f->preload.modules = &module;
    f->preload.module_count = 1;
    preload_pool_begin(f->migrator.preloads, &f->migrator);
    says(f, "preloaded", "fresh");
    assert_string_equal(preload_pool_refusal(f->migrator.preloads), "");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_command_is_preloaded_unless_it_shall_be_fresh),
        TEST(everything_that_it_sees_is_the_same),
        TEST(unconfined_too),
        TEST(with_other_variables_too),
        TEST(with_variables_of_the_profile_too),
        TEST(it_ends_in_the_same_way),
        TEST(a_later_command_sees_nothing_of_an_earlier_one),
        TEST(its_time_is_limited),
        TEST(what_needs_a_shell_is_fresh),
        TEST(a_loader_that_cannot_be_the_same_is_not_used),
        TEST(loaders_are_started_before_any_command),
        TEST(what_begins_early_is_refused_early),
        TEST(a_pool_that_is_not_used_ends),
        TEST(nothing_begins_for_what_shall_be_fresh),
    };
    return cmocka_run_group_tests_name("preload", tests, NULL, NULL) ? 1 : 0;
}
