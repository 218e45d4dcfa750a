/* Takes long. */
/*
 * The reports as the programs of others read them: prove, PyYAML, xmllint, jsonschema (see
 * tests/golden/check-reports), for records with random strings in every place. The random numbers
 * are the same in each run.
 */
#include "pipeline_reports.h"
#include "report_costs.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/report_file.h"

enum { RANDOM_RECORDS = 12 };

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(d->state >> 33) % sides;
}

/* Random bytes, among them many that mean something to some format. */
static char *random_string(struct dice *d)
{
    static const char *const pieces[] = {"\n",
                                         "\n\n",
                                         "\r",
                                         "\t",
                                         "  ",
                                         "\"",
                                         "'",
                                         "\\",
                                         "#",
                                         "# TODO",
                                         "]]>",
                                         "<",
                                         "&",
                                         "<!--",
                                         "---",
                                         "\n...",
                                         "\n---",
                                         ": ",
                                         "- ",
                                         "|\n",
                                         "\xc3\xa4",
                                         "%",
                                         "\xff",
                                         "\x1b[2J",
                                         "\xe2\x80\xa8",
                                         "\xc2\xa0",
                                         "\xed\xa0\x80",
                                         "\xf0\x9f\x90\x98",
                                         "{",
                                         "ok 1",
                                         "\\n",
                                         "\xef\xbb\xbf",
                                         "\x7f",
                                         "\xc2\x85",
                                         "\nnot ok 2 - x\n",
                                         "*a",
                                         "!tag ",
                                         "@",
                                         "`",
                                         "null",
                                         "\xe3\x80\x80",
                                         "\n  ...\n"};
    struct text t = {0};
    uint32_t length = roll(d, 12);
    for (uint32_t i = 0; i < length; i++) {
        if (roll(d, 3))
            text_append(&t, pieces[roll(d, sizeof pieces / sizeof *pieces)]);
        else {
            char byte = (char)(1 + roll(d, 255));
            text_append_bytes(&t, &byte, 1);
        }
    }
    return text_detach(&t);
}

static char *maybe_string(struct dice *d)
{
    return roll(d, 3) ? random_string(d) : NULL;
}

static void random_step(struct scenario_record *s, struct dice *d)
{
    char *title = random_string(d);
    struct step *step = record_add_step(s, title);
    step->seconds = roll(d, 100000) / 1000.0;
    for (uint32_t i = roll(d, 8); i > 0; i--) {
        char *name = random_string(d), *ids = random_string(d);
        struct check *c = add_check(step, name, ids, roll(d, 4), roll(d, 2000) / 1000.0);
        char **members[] = {&c->message, &c->remedy, &c->expected, &c->found,
                            &c->detail,  &c->sql,    &c->sqlstate};
        for (size_t j = 0; j < sizeof members / sizeof *members; j++)
            *members[j] = maybe_string(d);
        c->file = maybe_string(d);
        c->line = c->file ? roll(d, 3) : 0;
        if (c->outcome == OUTCOME_PASSED)
            c->level = roll(d, 3);
        record_add_measurement(step, name, ids, roll(d, 1000000) / 7.0, roll(d, 2) * 50.0);
        free(name);
        free(ids);
    }
    free(title);
}

static void random_record(struct run_record *r, uint64_t seed)
{
    struct dice d = {seed * 2654435761u + 1};
    begin_record(r);
    for (uint32_t i = 0; i < 3; i++) {
        char *title = random_string(&d);
        char *name = memory_format("%u%s", i, title);
        struct scenario_record *s = record_add_scenario(r, name, title);
        s->database = maybe_string(&d);
        for (uint32_t steps = roll(&d, 5); steps > 0; steps--)
            random_step(s, &d);
        record_add_circumstance(r, name, title);
        free(name);
        free(title);
    }
    r->error = roll(&d, 4) ? NULL : random_string(&d);
    r->interrupted = roll(&d, 4) == 0;
    free(r->suite);
    r->suite = random_string(&d);
}

/* The reports of the folder, and those that only a pipeline gets. */
static bool write_all(const char *folder, const struct run_record *r, struct error *e)
{
    bool good = reports_write(folder, r, e);
    for (size_t i = 0; good && i < PIPELINE_REPORTS; i++) {
        char *path = memory_format("%s/%s", folder, pipeline_reports[i].file);
        good = report_file_write(reporter_find(pipeline_reports[i].reporter), path, stdout, r, e);
        free(path);
    }
    return good;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static int set_up(void **state)
{
    *state = memory_copy_of("/tmp/pgr-readers.XXXXXX");
    return mkdtemp(*state) ? 0 : -1;
}

static int tear_down(void **state)
{
    nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

/* Runs check-reports on the folders; what it prints goes to stderr, or nowhere. */
static int check_reports(char *const *folders, size_t count, bool quiet)
{
    char **arguments = memory_zeroed(count + 2, sizeof *arguments);
    arguments[0] = (char *)TEST_SOURCE_DIRECTORY "/golden/check-reports";
    memcpy(arguments + 1, folders, count * sizeof *folders);
    pid_t child = fork();
    if (child == 0) {
        dup2(quiet ? open("/dev/null", O_WRONLY) : STDERR_FILENO, STDOUT_FILENO);
        execv(arguments[0], arguments);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    free(arguments);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void random_strings_are_read(void **state)
{
    char *folders[RANDOM_RECORDS] = {0};
    size_t written = 0;
    for (size_t i = 0; i < RANDOM_RECORDS; i++) {
        struct run_record r;
        struct error e = {0};
        folders[i] = memory_format("%s/%zu", (char *)*state, i);
        random_record(&r, i);
        written += write_all(folders[i], &r, &e);
        record_release(&r);
    }
    int code = written == RANDOM_RECORDS ? check_reports(folders, RANDOM_RECORDS, false) : -1;
    for (size_t i = 0; i < RANDOM_RECORDS; i++)
        free(folders[i]);
    assert_int_equal(written, RANDOM_RECORDS);
    assert_int_equal(code, 0);
}

static void golden_reports_are_read(void **state)
{
    (void)state;
    char *folders[] = {(char *)TEST_SOURCE_DIRECTORY "/golden/passed",
                       (char *)TEST_SOURCE_DIRECTORY "/golden/findings",
                       (char *)TEST_SOURCE_DIRECTORY "/golden/failed",
                       (char *)TEST_SOURCE_DIRECTORY "/golden/empty",
                       (char *)TEST_SOURCE_DIRECTORY "/golden/nasty",
                       (char *)TEST_SOURCE_DIRECTORY "/golden/remarks",
                       (char *)TEST_SOURCE_DIRECTORY "/golden/costs"};
    assert_int_equal(check_reports(folders, sizeof folders / sizeof *folders, false), 0);
}

/* Hostile names and figures that are not there, in every place that costs have. */
static void costs_are_read(void **state)
{
    char *folders[COST_CASES] = {NULL};
    size_t written = 0;
    for (size_t i = 0; i < COST_CASES; i++) {
        struct run_record r;
        struct error e = {0};
        folders[i] = memory_format("%s/%s", (char *)*state, cost_cases[i].name);
        cost_cases[i].make(&r);
        written += reports_write(folders[i], &r, &e);
        record_release(&r);
    }
    int code = written == COST_CASES ? check_reports(folders, COST_CASES, false) : -1;
    for (size_t i = 0; i < COST_CASES; i++)
        free(folders[i]);
    assert_int_equal(code, 0);
}

/* Damages one file of sound reports, and demands that the readers see it. */
static void damage_is_seen(void **state)
{
    static const struct {
        const char *file, *from, *to;
    } damages[] = {
        {"junit.xml", "errors=\"1\"", "errors=\"2\""},
        {"junit.xml", "skipped=\"3\"", "skipped=\"0\""},
        {"junit.xml", "&quot;", "<"},
        {"run.json", "\"exit_code\": 1", "\"exit_code\": 9"},
        {"run.json", "\"not_run\": 3", "\"not_run\": 2"},
        {"validation.tap", "1..6", "1..7"},
        {"validation.tap", "not ok 1 - ", "not ok 1 - # TODO "},
        {"validation.tap", "message: \"the t", "message: \"\\q t"},
        {"run.json", "\"waited\": 0.1", "\"waited\": \"long\""},
        {"run.json", "\"model\": \"linear\"", "\"model\": \"square\""},
        {"report.html", "</section>", ""},
        {"report.html", "<polygon class", "<polygon style=\"\" class"},
        {"github.txt", "::error title=pgrehearse finding::", "\n::error title=x::"},
        {"github.txt", "vendors", "vend"},
        {"azure.txt", "%0A", "\n"},
        {"azure.txt", ";]", "]"},
        {"teamcity.txt", "|n", "'"},
        {"teamcity.txt", "gone)", "gone|)"},
        {"summary.md", "<pre>", "<pre><script>"},
        {"summary.md", "<!-- pgrehearse", "<!-- "},
        {"summary.md", "</details>", ""},
        {"report.sarif", "2.1.0\",", "2.0.0\","},
        {"report.sarif", "\"level\": \"error\"", "\"level\": \"bad\""},
        {"report.sarif", "\"uri\": \"", "\"uri\": \" "},
        {"junit-strict.xml", "<testcase ", "<testcase line=\"1\" "},
        {"junit-strict.xml", " hostname=\"localhost\"", ""},
        {"junit-strict.xml", "<system-err/>", ""},
        {"junit-strict.xml", "<failure ", "<error "},
        {"code-quality.json", "critical", "grave"},
        {"code-quality.json", "\"path\": \"", "\"path\": \"./"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct run_record r;
        struct error e = {0};
        struct text sound = {0};
        char *folder = memory_format("%s/damaged-%zu", (char *)*state, i);
        char *path = memory_format("%s/%s", folder, damages[i].file);
        findings_record(&r);
        add_ledger(add_cost(&r.scenarios[1]));
        add_forecast(&r, 1000, 0);
        bool good = write_all(folder, &r, &e) && text_read_file(&sound, path, 1 << 24);
        record_release(&r);
        const char *at = good ? strstr(text_string(&sound), damages[i].from) : NULL;
        FILE *out = at ? fopen(path, "we") : NULL;
        if (out) {
            fwrite(sound.data, 1, (size_t)(at - sound.data), out);
            fprintf(out, "%s%s", damages[i].to, at + strlen(damages[i].from));
            fclose(out);
        }
        int code = out ? check_reports(&folder, 1, true) : -1;
        if (code != 1)
            print_message("# not seen: %s in %s\n", damages[i].from, damages[i].file);
        free(folder);
        free(path);
        text_release(&sound);
        assert_int_equal(code, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_reports_are_read),
        cmocka_unit_test_setup_teardown(costs_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_strings_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_seen, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
