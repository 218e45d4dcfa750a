/* The texts, figures, requirements and files that the reports are made of. */
#include "report_records.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/valid_text.h"
#include "base/whole_file.h"
#include "reports/figure.h"
#include "reports/report_file.h"
#include "reports/requirement_matrix.h"

static void texts_become_valid(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        size_t limit;
    } cases[] = {
        {"plain\ttext\né 🐘", "plain\ttext\né 🐘", 100},
        {"a\r\nb\rc", "a\nb\\x0Dc", 100},
        {"\x1b[2J\x7f\xc2\x9b", "\\x1B[2J\\x7F\\xC2\\x9B", 100},
        {"\xff\xc0\xaf\xed\xa0\x80", "\\xFF\\xC0\\xAF\\xED\\xA0\\x80", 100},
        {"\xe2\x82", "\\xE2\\x82", 100},
        {"\xf0\x9f\x90", "\\xF0\\x9F\\x90", 100},
        {"\xe2\x80\xae\xef\xbf\xbf", "\\xE2\\x80\\xAE\\xEF\\xBF\\xBF", 100},
        {"abcdef", "abcdef", 6},
        {"abcdefg", "abcdef… (1 more bytes)", 6},
        {"aéé", "aé… (2 more bytes)", 4},
        {"a\xff\xff", "a\\xFF… (1 more bytes)", 5},
        {NULL, "", 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *made = valid_text(cases[i].from, cases[i].limit);
        bool same = strcmp(made, cases[i].to) == 0;
        if (!same)
            print_message("# %s is not %s\n", made, cases[i].to);
        free(made);
        assert_true(same);
    }
}

static void figures_read_well(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *unit, *to;
    } cases[] = {
        {0, "s", "0 ms"},
        {0.3401, "s", "340 ms"},
        {0.9996, "s", "1 s"},
        {12.34, "s", "12.3 s"},
        {300, "s", "300 s"},
        {1023, "bytes", "1023 bytes"},
        {1536, "bytes", "1.5 KiB"},
        {1e15, "bytes", "909.5 TiB"},
        {10000, "rows", "10,000 rows"},
        {999, "rows", "999 rows"},
        {-1234567, "", "-1,234,567"},
        {1.5, "times", "1.500 times"},
        {1.0 / 0.0, "s", "?"},
        {1e300, "rows", "9,000,000,000,000 rows"},
    };
    static const struct {
        double seconds;
        const char *to;
    } durations[] = {{59.9, "59.9 s"}, {59.96, "1 min"},     {125, "2 min 05 s"},
                     {3599.7, "1 h"},  {3720, "1 h 02 min"}, {-1, "0 ms"}};
    struct text t = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_clear(&t);
        figure_append(&t, cases[i].value, cases[i].unit);
        assert_string_equal(text_string(&t), cases[i].to);
    }
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        text_clear(&t);
        figure_append_duration(&t, durations[i].seconds);
        assert_string_equal(text_string(&t), durations[i].to);
    }
    text_release(&t);
}

static void a_requirement_is_proven_by_all_its_checks(void **state)
{
    (void)state;
    struct run_record r;
    struct requirement_matrix m;
    begin_record(&r);
    struct step *s = record_add_step(record_add_scenario(&r, "one", "One"), "step");
    add_check(s, "a", "FR-10 FR-2", OUTCOME_PASSED, 0);
    add_check(s, "b", "FR-10  FR-3", OUTCOME_NOT_RUN, 0);
    add_check(s, "c", "FR-3", OUTCOME_FINDING, 0);
    add_check(s, "d", "FR-4", OUTCOME_ERROR, 0);
    requirement_matrix_init(&m, &r);
    static const struct {
        const char *id;
        enum proof proof;
    } expected[] = {{"FR-2", PROOF_PROVEN},
                    {"FR-3", PROOF_FAILED},
                    {"FR-4", PROOF_NOT_RUN},
                    {"FR-10", PROOF_NOT_RUN}};
    bool good = m.count == 4;
    for (size_t i = 0; good && i < m.count; i++)
        good = strcmp(m.rows[i].id, expected[i].id) == 0 && m.rows[i].proof == expected[i].proof;
    good &= check_names_requirement(&s->checks[0], "FR-2");
    good &= !check_names_requirement(&s->checks[0], "FR-1");
    requirement_matrix_release(&m);
    record_release(&r);
    assert_true(good);
}

static int set_up(void **state)
{
    *state = memory_copy_of("/tmp/pgr-files.XXXXXX");
    return mkdtemp(*state) ? 0 : -1;
}

static int tear_down(void **state)
{
    int left = rmdir(*state); /* whatever is left behind fails the test */
    free(*state);
    return left;
}

/* A limit on the size of files stands for a full disk: write() fails half way through. */
static void a_file_is_whole_or_as_it_was(void **state)
{
    char *path = memory_format("%s/%s", (char *)*state, "file");
    char *large = long_string();
    struct error e = {0}, full = {0};
    struct text after = {0};
    bool first = whole_file_write(path, "old", 3, &e);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 5000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool second = whole_file_write(path, large, strlen(large), &full);
    setrlimit(RLIMIT_FSIZE, &before);
    text_read_file(&after, path, 100);
    bool kept = strcmp(text_string(&after), "old") == 0;
    unlink(path);
    text_release(&after);
    free(large);
    bool told = strncmp(full.message, "cannot write ", 13) == 0 && strstr(full.message, path);
    free(path);
    assert_true(first);
    assert_false(second);
    assert_true(kept);
    assert_true(told);
    assert_int_equal(full.kind, ERROR_UNAVAILABLE);
}

static void a_folder_in_the_way_is_told(void **state)
{
    char *path = memory_format("%s/%s", (char *)*state, "file");
    struct error e = {0}, in_way = {0};
    mkdir(path, 0700);
    bool written = whole_file_write(path, "new", 3, &e);
    rmdir(path);
    bool made = whole_file_write(path, "new", 3, &in_way);
    struct run_record r;
    empty_record(&r);
    bool reported = reports_write(path, &r, &in_way);
    record_release(&r);
    unlink(path);
    free(path);
    assert_false(written);
    assert_non_null(strstr(e.message, "directory"));
    assert_true(made);
    assert_false(reported);
    assert_non_null(strstr(in_way.message, "cannot make the folder "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_valid),
        cmocka_unit_test(figures_read_well),
        cmocka_unit_test(a_requirement_is_proven_by_all_its_checks),
        cmocka_unit_test_setup_teardown(a_file_is_whole_or_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_in_the_way_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
