/* TAP while the run goes on. */
#include "report_records.h"

struct fixture {
    struct run_record record;
    struct listening tap;
    FILE *out;
    char *bytes;
    size_t length;
    char *document;
};

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    f->out = open_memstream(&f->bytes, &f->length);
    listen_to(&f->tap, "tap", f->out, NULL, &f->record);
    *state = f;
    return f->out ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fclose(f->out);
    listening_end(&f->tap);
    record_release(&f->record);
    free(f->bytes);
    free(f->document);
    free(f);
    return 0;
}

static void one_scenario_streams_what_its_document_says(void **state)
{
    struct fixture *f = *state;
    begin_record(&f->record);
    add_fresh(&f->record, OUTCOME_PASSED);
    play(&f->tap.events, &f->record);
    struct text document = {0};
    reporter_find("tap")->render_scenario(&document, &f->record.scenarios[0]);
    f->document = text_detach(&document);
    char *verdict = strstr(f->document, "\n# passed:");
    assert_non_null(verdict);
    assert_memory_equal(f->bytes, f->document, (size_t)(verdict - f->document));
    assert_non_null(strstr(f->bytes, "\n# passed: 1 scenario, 3 checks, 4.1 s\n"));
}

static void one_scenario_streams_live_and_once(void **state)
{
    struct fixture *f = *state;
    begin_record(&f->record);
    add_fresh(&f->record, OUTCOME_PASSED);
    struct scenario_record *s = &f->record.scenarios[0];
    struct step *second = &s->steps[1];
    event_run(&f->tap.events, EVENT_RUN_BEGINS);
    assert_string_equal(f->bytes, "TAP version 13\n1..3\n"
                                  "# scenario fresh: Apply the migration to an empty database\n");
    event_check(&f->tap.events, EVENT_CHECK_ENDS, s, second, &second->checks[1]);
    assert_non_null(strstr(f->bytes, "\nok 1 - expect the approved delta: nothing is too much\n"));
    event_check(&f->tap.events, EVENT_CHECK_ENDS, s, second, &second->checks[1]);
    assert_null(strstr(f->bytes, "ok 2"));
    event_scenario(&f->tap.events, EVENT_SCENARIO_ENDS, s);
    event_scenario(&f->tap.events, EVENT_SCENARIO_ENDS, s);
    assert_non_null(strstr(f->bytes, "\nok 3 - expect the approved delta: nothing is missing\n"));
    assert_null(strstr(f->bytes, "ok 4"));
}

static void scenarios_side_by_side_stay_together(void **state)
{
    struct fixture *f = *state;
    findings_record(&f->record);
    play(&f->tap.events, &f->record);
    assert_ptr_equal(strstr(f->bytes, "TAP version 13\n1..9\n# scenario fresh: "), f->bytes);
    const char *second = strstr(f->bytes, "\n# scenario validation: ");
    const char *third = strstr(f->bytes, "\nok 3 - expect the approved delta");
    const char *fourth = strstr(f->bytes, "\nnot ok 4 - check the schema: the table is gone\n");
    assert_non_null(second);
    assert_true(third && third < second);
    assert_true(fourth && fourth > second);
    assert_non_null(strstr(f->bytes, "\nnot ok 9 - try the values: refuses value 2\n"));
    assert_non_null(strstr(f->bytes, "\n# time: upgrade 301.5 s, limit 300 s\n"));
}

static void a_run_that_failed_fails_all_that_was_planned(void **state)
{
    struct fixture *f = *state;
    failed_record(&f->record);
    play(&f->tap.events, &f->record);
    assert_non_null(strstr(f->bytes, "\n# no server: could not connect to"));
    assert_non_null(strstr(f->bytes, "\nnot ok 1 - "));
    assert_non_null(strstr(f->bytes, "\nnot ok 3 - "));
    assert_null(strstr(f->bytes, "\nok "));
    assert_null(strstr(f->bytes, "not ok 4"));
    assert_null(strstr(f->bytes, "SKIP"));
}

static void nothing_planned_bails_out(void **state)
{
    struct fixture *f = *state;
    empty_record(&f->record);
    event_run(&f->tap.events, EVENT_RUN_ENDS);
    assert_string_equal(f->bytes, "TAP version 13\n"
                                  "Bail out! nothing was planned, so nothing was checked\n"
                                  "# could not check: 0 ms\n");
}

static void a_scenario_without_checks_is_no_success(void **state)
{
    struct fixture *f = *state;
    begin_record(&f->record);
    record_add_scenario(&f->record, "hollow", "Nothing at all");
    play(&f->tap.events, &f->record);
    assert_non_null(strstr(f->bytes, "\n1..1\n"));
    assert_non_null(strstr(f->bytes, "\nnot ok 1 - hollow\n"));
}

static void an_error_at_the_end_is_no_success(void **state)
{
    struct fixture *f = *state;
    passed_record(&f->record);
    f->record.interrupted = true;
    play(&f->tap.events, &f->record);
    assert_non_null(strstr(f->bytes, "\n1..4\n"));
    assert_non_null(strstr(f->bytes, "\nnot ok 5 - the run as a whole\n"));
}

static void a_full_disk_is_noticed(void **state)
{
    struct fixture *f = *state;
    passed_record(&f->record);
    play(&f->tap.events, &f->record);
    assert_true(listening_end(&f->tap));
    FILE *full = fopen("/dev/full", "we");
    assert_non_null(full);
    listen_to(&f->tap, "tap", full, NULL, &f->record);
    play(&f->tap.events, &f->record);
    fclose(full);
    assert_false(listening_end(&f->tap));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(one_scenario_streams_what_its_document_says),
        TEST(one_scenario_streams_live_and_once),
        TEST(scenarios_side_by_side_stay_together),
        TEST(a_run_that_failed_fails_all_that_was_planned),
        TEST(nothing_planned_bails_out),
        TEST(a_scenario_without_checks_is_no_success),
        TEST(an_error_at_the_end_is_no_success),
        TEST(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
