/*
 * What pipelines read, byte by byte as in tests/golden/CASE/; which of it a pipeline gets unasked;
 * and that no string breaks out of its place.
 */
#include "pipeline_reports.h"
#include "report_records.h"

#include <unistd.h>

#include <jansson.h>

#include "base/whole_file.h"
#include "reports/report_file.h"
#include "reports/reporting.h"

#define GOLDEN TEST_SOURCE_DIRECTORY "/golden/"

static char *rendered(const char *reporter, const struct run_record *r)
{
    struct text t = {0};
    const struct reporter *found = reporter_find(reporter);
    assert_non_null(found);
    found->render(&t, r);
    return text_detach(&t);
}

static bool is_golden(const char *folder, const char *file, const char *found)
{
    struct text expected = {0};
    struct error e = {0};
    char *path = memory_format(GOLDEN "%s/%s", folder, file);
    if (getenv("PGREHEARSE_REWRITE_GOLDEN"))
        whole_file_write(path, found, strlen(found), &e);
    bool known = text_read_file(&expected, path, 1 << 24);
    bool same = known && strcmp(text_string(&expected), found) == 0;
    if (!same)
        print_message("# %s differs; keep what is found with PGREHEARSE_REWRITE_GOLDEN=1 and read "
                      "the diff\n",
                      path);
    text_release(&expected);
    free(path);
    return same;
}

static void each_as_golden(void **state)
{
    (void)state;
    size_t differing = 0;
    for (size_t i = 0; i < RECORD_CASES; i++) {
        struct run_record r;
        record_cases[i].make(&r);
        for (size_t j = 0; j < PIPELINE_REPORTS; j++) {
            char *found = rendered(pipeline_reports[j].reporter, &r);
            differing += !is_golden(record_cases[i].name, pipeline_reports[j].file, found);
            free(found);
        }
        record_release(&r);
    }
    assert_int_equal(differing, 0);
}

/* A command is one line, whatever is in it, and each line is a command. */
static void no_string_begins_a_command_of_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *reporter, *begin;
    } lines[] = {{"github", "::"}, {"azure", "##vso["}, {"teamcity", "##teamcity["}};
    struct run_record r;
    nasty_record(&r);
    set_place(&r.scenarios[0].steps[0].checks[2], "a,b:c;d]e%f\n::error::g.sql", 3);
    size_t strange = 0, found = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *text = rendered(lines[i].reporter, &r);
        for (char *rest = text, *line; (line = strsep(&rest, "\n")) && *line; found++)
            strange += strncmp(line, lines[i].begin, strlen(lines[i].begin)) != 0;
        free(text);
    }
    record_release(&r);
    assert_true(found > 10);
    assert_int_equal(strange, 0);
}

static void places_are_escaped_as_each_system_wants(void **state)
{
    (void)state;
    struct run_record r;
    findings_record(&r);
    set_place(&r.scenarios[1].steps[0].checks[0], "a,b:c;d]e%f.sql", 7);
    char *github = rendered("github", &r), *azure = rendered("azure", &r);
    char *sarif = rendered("sarif", &r);
    bool good = strstr(github, "::error file=a%2Cb%3Ac;d]e%25f.sql,line=7,title=") &&
                strstr(azure, "sourcepath=a,b:c%3Bd%5De%AZP25f.sql;linenumber=7;]") &&
                strstr(sarif, "\"uri\": \"a,b%3Ac;d%5De%25f.sql\"") &&
                strstr(sarif, "\"startLine\": 7");
    free(github);
    free(azure);
    free(sarif);
    record_release(&r);
    assert_true(good);
}

/* Twelve findings, each its own cause. */
static void many_findings(struct run_record *r, size_t count)
{
    begin_record(r);
    struct step *step = record_add_step(record_add_scenario(r, "fresh", "Many"), "look");
    for (size_t i = 0; i < count; i++) {
        char *name = memory_format("check %zu", i);
        struct check *c = add_check(step, name, "", OUTCOME_FINDING, 0);
        c->message = memory_format("problem %zu%%\n::error::no command", i);
        c->detail = memory_copy_of("a\n\n</pre></details>\n# heading");
        set_place(c, "migrations/002.sql", (unsigned)i + 1);
        free(name);
    }
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        count++;
    return count;
}

/* GitHub drops what comes after the tenth. */
static void a_step_has_ten_errors_and_the_tenth_lists_the_rest(void **state)
{
    (void)state;
    struct run_record r;
    many_findings(&r, 10);
    char *ten = rendered("github", &r);
    record_release(&r);
    many_findings(&r, 12);
    char *twelve = rendered("github", &r);
    record_release(&r);
    many_findings(&r, 60);
    char *sixty = rendered("github", &r);
    record_release(&r);
    bool good =
        count_of(ten, "::error file=") == 10 && !strstr(ten, "more") &&
        count_of(twelve, "::error file=") == 9 &&
        strstr(twelve, "::error title=pgrehearse%3A 3 more::migrations/002.sql:10: problem 9%25 "
                       "::error::no command%0Amigrations/002.sql:11: problem 10%25") &&
        count_of(twelve, "\n") == 10 && strstr(sixty, "%0A… and 21 more, all in the report\n");
    free(ten);
    free(twelve);
    free(sixty);
    assert_true(good);
}

static void a_long_summary_is_folded_and_fits_a_comment(void **state)
{
    (void)state;
    struct run_record r;
    many_findings(&r, 6);
    char *six = rendered("markdown", &r);
    record_release(&r);
    many_findings(&r, 3000);
    char *most = rendered("markdown", &r);
    record_release(&r);
    bool good = strstr(six, "<details><summary>More</summary>\n\n- **finding** <code>") &&
                strstr(six, "<details><summary>Evidence</summary>") &&
                count_of(six, "<details>") == count_of(six, "</details>") &&
                strstr(six, "detail:\n\n<pre>a\n\n&lt;/pre&gt;&lt;/details&gt;") &&
                strlen(most) < 65536 && strstr(most, " more, in report.html\n") &&
                count_of(most, "<details>") == count_of(most, "</details>");
    free(six);
    free(most);
    assert_true(good);
}

/* What is wrong with a revision, but at no line that is known, is shown at its file. */
static void a_revision_stands_for_a_place_that_is_not_known(void **state)
{
    (void)state;
    struct run_record r;
    findings_record(&r);
    r.scenarios[1].file = memory_copy_of("migrations/003.sql");
    char *github = rendered("github", &r), *sarif = rendered("sarif", &r);
    bool good = strstr(github, "::error file=migrations/003.sql,title=") &&
                strstr(sarif, "\"uri\": \"migrations/003.sql\"") && !strstr(sarif, "startLine");
    free(github);
    free(sarif);
    record_release(&r);
    assert_true(good);
}

/* What GitHub and GitLab refuse a file without. */
static void every_result_has_a_place_and_a_fingerprint(void **state)
{
    (void)state;
    struct run_record r;
    remarks_record(&r);
    char *quality = rendered("code-quality", &r), *sarif = rendered("sarif", &r);
    json_t *issues = json_loads(quality, 0, NULL), *document = json_loads(sarif, 0, NULL);
    json_t *results =
        json_object_get(json_array_get(json_object_get(document, "runs"), 0), "results");
    size_t good = 0, count = json_array_size(issues) + json_array_size(results);
    for (size_t i = 0; i < json_array_size(issues); i++) {
        json_t *o = json_array_get(issues, i), *location = json_object_get(o, "location");
        good += json_object_get(location, "path") && json_object_get(o, "fingerprint") &&
                json_object_get(json_object_get(location, "lines"), "begin");
    }
    for (size_t i = 0; i < json_array_size(results); i++) {
        json_t *o = json_array_get(results, i);
        good += json_array_size(json_object_get(o, "locations")) == 1 &&
                json_object_get(o, "partialFingerprints");
    }
    free(quality);
    free(sarif);
    json_decref(issues);
    json_decref(document);
    record_release(&r);
    assert_int_equal(count, 8); /* two findings, a warning and a note, in both */
    assert_int_equal(good, count);
}

/* The identities of a Code Quality report with these two findings, joined. */
static char *identities(const char *first, const char *second)
{
    struct run_record r;
    begin_record(&r);
    struct step *step = record_add_step(record_add_scenario(&r, "fresh", "Two"), "look");
    const char *const messages[] = {first, second};
    for (unsigned i = 0; i < 2; i++) {
        struct check *c = add_check(step, i ? "b" : "a", "", OUTCOME_FINDING, 0);
        c->kind = memory_copy_of("time");
        c->message = memory_copy_of(messages[i]);
        set_place(c, "migrations/002.sql", i + 1);
    }
    char *text = rendered("code-quality", &r);
    json_t *issues = json_loads(text, 0, NULL);
    struct text joined = {0};
    for (size_t i = 0; i < json_array_size(issues); i++)
        text_append(&joined,
                    json_string_value(json_object_get(json_array_get(issues, i), "fingerprint")));
    json_decref(issues);
    free(text);
    record_release(&r);
    return text_detach(&joined);
}

static void fingerprints_stay_where_times_change_and_differ_within_a_run(void **state)
{
    (void)state;
    char *one = identities("it took 1.25 s", "it took 17 s");
    char *next = identities("it took 1.31 s", "it took 9 s");
    char *other = identities("it took 1.31 s", "it failed");
    bool good = strlen(one) == 128 && strcmp(one, next) == 0 && strncmp(one, one + 64, 64) != 0 &&
                strncmp(one, other, 64) == 0 && strcmp(one, other) != 0;
    free(one);
    free(next);
    free(other);
    assert_true(good);
}

static const char *const variables[] = {"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI",
                                        "TEAMCITY_VERSION", "TF_BUILD"};

static int forget_pipelines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    return 0;
}

/* What a pipeline makes a run leave in its folder, and on standard output. */
static bool leaves(const char *folder, const char *file)
{
    char *path = memory_format("%s/%s", folder, file);
    bool there = access(path, R_OK) == 0;
    unlink(path);
    free(path);
    return there;
}

static char *report_in(char *folder, const struct report_wish *wishes, size_t count)
{
    struct run_record r;
    struct reporting reporting = {0};
    struct event_stream events;
    struct error e = {0};
    char *printed = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&printed, &length);
    const struct reporting_request request = {.format = "pretty",
                                              .quiet = true,
                                              .folder = folder,
                                              .wishes = wishes,
                                              .wish_count = count,
                                              .out = out,
                                              .progress = stderr};
    remarks_record(&r);
    event_stream_init(&events, &r);
    bool good =
        reporting_open(&reporting, &request, &e) && reporting_listen(&reporting, &events, &e);
    event_run(&events, EVENT_RUN_BEGINS);
    event_run(&events, EVENT_RUN_ENDS);
    good = good && reporting_finish(&reporting, &e);
    reporting_release(&reporting);
    event_stream_release(&events);
    record_release(&r);
    fclose(out);
    assert_string_equal(e.message, "");
    assert_true(good);
    return printed;
}

static void empty_folder(const char *folder)
{
    char *command = memory_format("rm -rf %s", folder); /* of ours, from mkdtemp */
    FILE *shell = popen(command, "r");
    pclose(shell);
    free(command);
}

static void a_pipeline_gets_its_own_unasked(void **state)
{
    (void)state;
    char folder[] = "/tmp/pgr-pipelines.XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *nothing = report_in(folder, NULL, 0);
    bool clean = !*nothing && !leaves(folder, "summary.md") && !leaves(folder, "report.sarif") &&
                 !leaves(folder, "code-quality.json");
    char *step = memory_format("%s/step", folder);
    setenv("GITHUB_ACTIONS", "true", 1);
    setenv("GITHUB_STEP_SUMMARY", step, 1);
    free(report_in(folder, NULL, 0));
    char *github = report_in(folder, NULL, 0);
    struct text twice = {0};
    bool read = text_read_file(&twice, step, 1 << 20);
    const char *first = strstr(text_string(&twice), "<!-- pgrehearse example native -->");
    bool appended = read && first && strstr(first + 1, "<!-- pgrehearse example native -->");
    bool on_github = strncmp(github, "::error ", 8) == 0 && leaves(folder, "summary.md") &&
                     leaves(folder, "report.sarif") && !leaves(folder, "code-quality.json");
    forget_pipelines(state);
    setenv("GITLAB_CI", "true", 1);
    char *gitlab = report_in(folder, NULL, 0);
    bool on_gitlab = !*gitlab && leaves(folder, "code-quality.json");
    empty_folder(folder);
    text_release(&twice);
    free(nothing);
    free(github);
    free(gitlab);
    free(step);
    assert_true(clean);
    assert_true(appended);
    assert_true(on_github);
    assert_true(on_gitlab);
}

static void a_wish_takes_the_place_of_the_usual(void **state)
{
    (void)state;
    char folder[] = "/tmp/pgr-pipelines.XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = memory_format("%s/wished.txt", folder);
    const struct report_wish wishes[] = {{"github", path}, {"teamcity", "-"}};
    setenv("GITHUB_ACTIONS", "true", 1);
    char *printed = report_in(folder, wishes, 2);
    bool good = strncmp(printed, "##teamcity[", 11) == 0 && !strstr(printed, "::error") &&
                leaves(folder, "wished.txt");
    empty_folder(folder);
    free(printed);
    free(path);
    assert_true(good);
}

static void a_name_that_is_none_is_refused(void **state)
{
    (void)state;
    struct reporting reporting;
    struct error e = {0};
    const struct report_wish wish = {"junitt", "x"};
    const struct reporting_request request = {
        .format = "pretty", .wishes = &wish, .wish_count = 1, .out = stdout, .progress = stderr};
    bool opened = reporting_open(&reporting, &request, &e);
    reporting_release(&reporting);
    assert_false(opened);
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_string_equal(e.message, "--report junitt: no such reporter; did you mean 'junit'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_as_golden),
        cmocka_unit_test(no_string_begins_a_command_of_its_own),
        cmocka_unit_test(places_are_escaped_as_each_system_wants),
        cmocka_unit_test(a_step_has_ten_errors_and_the_tenth_lists_the_rest),
        cmocka_unit_test(a_long_summary_is_folded_and_fits_a_comment),
        cmocka_unit_test(fingerprints_stay_where_times_change_and_differ_within_a_run),
        cmocka_unit_test(a_revision_stands_for_a_place_that_is_not_known),
        cmocka_unit_test(every_result_has_a_place_and_a_fingerprint),
        cmocka_unit_test_setup_teardown(a_pipeline_gets_its_own_unasked, forget_pipelines,
                                        forget_pipelines),
        cmocka_unit_test_setup_teardown(a_wish_takes_the_place_of_the_usual, forget_pipelines,
                                        forget_pipelines),
        cmocka_unit_test(a_name_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
