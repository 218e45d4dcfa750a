#include "../support/testing.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "deployment/journal.h"

struct fixture {
    char path[32];
    struct journal journal, second;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    f->journal.fd = f->second.fd = -1;
    snprintf(f->path, sizeof f->path, "journal-XXXXXX");
    int fd = mkstemp(f->path);
    return fd < 0 || close(fd) != 0 ? -1 : 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    journal_close(&f->journal);
    journal_close(&f->second);
    unlink(f->path);
    free(f);
    return 0;
}

static void write_file(const struct fixture *f, const char *content)
{
    FILE *file = fopen(f->path, "we");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

#define OPENED "{\"at\":\"x\",\"event\":\"opened\",\"facts\":{\"database\":\"d\"}}\n"
#define BEGUN  "{\"at\":\"x\",\"event\":\"begun\",\"step\":\"upgrade\",\"facts\":{\"path\":\"p\"}}\n"
#define ENDED  "{\"at\":\"x\",\"event\":\"ended\",\"step\":\"upgrade\",\"outcome\":\"done\"}\n"

static void what_is_written_is_read_again(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_true(journal_open(&f->journal, f->path, &e));
    assert_false(f->journal.any);
    assert_true(journal_begin_deployment(&f->journal, json_pack("{s:s}", "database", "d"), &e));
    assert_true(
        journal_begin_step(&f->journal, DEPLOY_BACKUP, json_pack("{s:s}", "path", "p"), &e));
    assert_true(journal_end_step(&f->journal, DEPLOY_BACKUP, DEPLOY_DONE, "a \"b\"\n", NULL, &e));
    assert_true(journal_begin_step(&f->journal, DEPLOY_UPGRADE, NULL, &e));
    assert_true(journal_note(&f->journal, DEPLOY_UPGRADE, "a try", &e));
    journal_close(&f->journal);
    assert_true(journal_open(&f->journal, f->path, &e));
    enum deploy_step open;
    assert_true(journal_open_step(&f->journal, &open));
    assert_int_equal(open, DEPLOY_UPGRADE);
    assert_true(journal_is_done(&f->journal, DEPLOY_BACKUP));
    assert_false(journal_is_done(&f->journal, DEPLOY_UPGRADE));
    assert_true(journal_was_begun(&f->journal, DEPLOY_UPGRADE));
    assert_string_equal(journal_fact(&f->journal, "database"), "d");
    assert_string_equal(journal_step_fact(&f->journal, DEPLOY_BACKUP, "path"), "p");
    assert_string_equal(journal_step_fact(&f->journal, DEPLOY_STOP, "path"), "");
}

static void a_second_deployment_begins_afresh(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_file(f, OPENED BEGUN ENDED
               "{\"at\":\"x\",\"event\":\"finished\",\"outcome\":\"deployed\"}\n" OPENED);
    assert_true(journal_open(&f->journal, f->path, &e));
    assert_null(f->journal.finished);
    assert_false(journal_was_begun(&f->journal, DEPLOY_UPGRADE));
}

static void a_torn_line_was_never_written(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct text content = {0};
    for (size_t length = 1; length < strlen(ENDED); length++) {
        char *all = memory_format("%s%s%.*s", OPENED, BEGUN, (int)length, ENDED);
        write_file(f, all);
        free(all);
        assert_true(journal_open(&f->journal, f->path, &e));
        assert_true(f->journal.torn);
        assert_true(f->journal.steps[DEPLOY_UPGRADE].open);
        assert_true(journal_end_step(&f->journal, DEPLOY_UPGRADE, DEPLOY_DONE, "", NULL, &e));
        journal_close(&f->journal);
        assert_true(journal_open(&f->journal, f->path, &e));
        assert_false(f->journal.torn);
        assert_true(journal_is_done(&f->journal, DEPLOY_UPGRADE));
        journal_close(&f->journal);
    }
    text_release(&content);
}

static void anything_else_is_an_error(void **state)
{
    struct fixture *f = *state;
    static const char *const broken[] = {
        "\n",
        "nonsense\n",
        "[]\n",
        "{}\n",
        "{\"at\":\"x\",\"event\":\"opened\"}\n",
        BEGUN,                    /* nothing is under way */
        OPENED OPENED,            /* the first is not finished */
        OPENED ENDED,             /* ended without being begun */
        OPENED BEGUN ENDED ENDED, /* ended twice */
        OPENED BEGUN "{\"at\":\"x\",\"event\":\"begun\",\"step\":\"stop\"}\n", /* two at once */
        OPENED "{\"at\":\"x\",\"event\":\"begun\",\"step\":\"lunch\"}\n",
        OPENED "{\"at\":\"x\",\"event\":\"began\",\"step\":\"stop\"}\n",
        OPENED "{\"at\":\"x\",\"event\":\"begun\",\"step\":7}\n",
        OPENED "{\"at\":\"x\",\"event\":\"begun\",\"step\":\"stop\",\"more\":1}\n",
        OPENED "{\"event\":\"begun\",\"step\":\"stop\"}\n",
        OPENED BEGUN
        "{\"at\":\"x\",\"event\":\"ended\",\"step\":\"upgrade\",\"outcome\":\"well\"}\n",
        OPENED "{\"at\":\"x\",\"at\":\"y\",\"event\":\"begun\",\"step\":\"stop\"}\n",
        OPENED "{\"at\":\"x\",\"event\":\"begun\",\"step\":\"stop\",\"facts\":[]}\n",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct error e = {0};
        write_file(f, broken[i]);
        if (journal_open(&f->journal, f->path, &e))
            fail_msg("taken for a journal: %s", broken[i]);
        assert_int_equal(e.kind, ERROR_UNAVAILABLE);
        assert_non_null(strstr(e.message, ", line "));
        journal_close(&f->journal);
    }
}

static void there_is_one_at_a_time(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_true(journal_open(&f->journal, f->path, &e));
    assert_false(journal_open(&f->second, f->path, &e));
    assert_non_null(strstr(e.message, "another deploy"));
}

static void what_was_deployed_may_be_rolled_back(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_file(f, OPENED BEGUN ENDED
               "{\"at\":\"x\",\"event\":\"finished\",\"outcome\":\"deployed\"}\n");
    assert_true(journal_open(&f->journal, f->path, &e));
    assert_string_equal(f->journal.finished, "deployed");
    assert_true(journal_begin_rollback(&f->journal, "asked for", &e));
    assert_null(f->journal.finished);
    assert_true(f->journal.rolling_back);
    assert_true(journal_is_done(&f->journal, DEPLOY_UPGRADE));
    assert_true(journal_finish(&f->journal, "rolled-back", &e));
    assert_false(journal_finish(&f->journal, "rolled-back", &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_deployment_begins_afresh, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_line_was_never_written, setup, teardown),
        cmocka_unit_test_setup_teardown(anything_else_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(there_is_one_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_deployed_may_be_rolled_back, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
