/*
 * Each report of each record, byte by byte as in tests/golden/CASE/, but for what gnuplot draws,
 * which is another with each of its versions. PGREHEARSE_REWRITE_GOLDEN=1
 * writes what is found there instead, for a person to read in the diff.
 */
#include "report_costs.h"

#include <dirent.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "reports/report_file.h"

#define GOLDEN TEST_SOURCE_DIRECTORY "/golden/"

struct fixture {
    struct run_record record;
    char folder[32];
};

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/pgr-golden.XXXXXX");
    *state = f;
    return mkdtemp(f->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    DIR *folder = opendir(f->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(f->folder);
    record_release(&f->record);
    free(f);
    return 0;
}

/* Takes the inside of each drawing out. */
static void leave_drawings_out(struct text *t)
{
    struct text rest = {0};
    const char *at = text_string(t), *begin, *end;
    while ((begin = strstr(at, "<svg xmlns")) && (end = strstr(begin, "</svg>"))) {
        text_append_bytes(&rest, at, (size_t)(begin - at));
        text_append(&rest, "<svg>");
        at = end;
    }
    text_append(&rest, at);
    text_release(t);
    *t = rest;
}

static void compare_or_rewrite(const char *folder, const char *golden_folder, const char *name)
{
    struct text found = {0}, expected = {0};
    struct error e = {0};
    char *path = memory_format("%s/%s", folder, name);
    char *golden = memory_format("%s/%s", golden_folder, name);
    bool read = text_read_file(&found, path, 1 << 24);
    if (strcmp(name, "report.html") == 0)
        leave_drawings_out(&found);
    if (getenv("PGREHEARSE_REWRITE_GOLDEN") && read)
        whole_file_write(golden, text_string(&found), found.length, &e);
    bool known = text_read_file(&expected, golden, 1 << 24);
    bool same = read && known && found.length == expected.length &&
                memcmp(text_string(&found), text_string(&expected), found.length) == 0;
    if (!same)
        print_message("# %s differs from tests/golden/; keep what is found with "
                      "PGREHEARSE_REWRITE_GOLDEN=1 and read the diff\n",
                      name);
    free(path);
    free(golden);
    text_release(&found);
    text_release(&expected);
    assert_string_equal(e.message, "");
    assert_true(same);
}

static void compare_folder(void **state, const struct record_case *c)
{
    struct fixture *f = *state;
    struct error e = {0};
    char golden[sizeof GOLDEN + 32];
    snprintf(golden, sizeof golden, GOLDEN "%s", c->name);
    c->make(&f->record);
    assert_true(reports_write(f->folder, &f->record, &e));
    static const char *const names[] = {
        "fresh.tap",       "rollback.tap", "validation.tap", "na_s_ty.tap", "round-trip.tap",
        "interrupted.tap", "rules.tap",    "junit.xml",      "run.json",    "report.html"};
    size_t compared = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", f->folder, names[i]);
        if (access(path, R_OK) != 0)
            continue;
        compare_or_rewrite(f->folder, golden, names[i]);
        compared++;
    }
    assert_int_equal(compared, 3 + f->record.scenario_count);
}

static void passed_as_golden(void **state)
{
    compare_folder(state, &record_cases[0]);
}

static void findings_as_golden(void **state)
{
    compare_folder(state, &record_cases[1]);
}

static void failed_as_golden(void **state)
{
    compare_folder(state, &record_cases[2]);
}

static void empty_as_golden(void **state)
{
    compare_folder(state, &record_cases[3]);
}

static void nasty_as_golden(void **state)
{
    compare_folder(state, &record_cases[4]);
}

static void remarks_as_golden(void **state)
{
    compare_folder(state, &record_cases[5]);
}

static void costs_as_golden(void **state)
{
    compare_folder(state, &cost_cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(passed_as_golden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(findings_as_golden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failed_as_golden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_as_golden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nasty_as_golden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(remarks_as_golden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(costs_as_golden, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
