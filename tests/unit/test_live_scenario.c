/* A scenario that is recorded and reported while it happens. */
#include "record/live_scenario.h"

#include "record/verdict.h"
#include "report_records.h"

struct fixture {
    struct run_record record;
    struct event_stream events;
    struct live_scenario live;
    struct text heard;
    struct listening reporter;
    FILE *out;
    char *bytes;
    size_t length;
};

static void write_down(void *context, const struct event *event)
{
    struct fixture *f = context;
    const char *what = event->check      ? event->check->name
                       : event->step     ? event->step->title
                       : event->scenario ? event->scenario->name
                                         : "";
    text_append_format(&f->heard, "%s %s\n", event_kind_name(event->kind), what);
}

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    struct scenario_record *s;
    begin_record(&f->record);
    s = record_add_scenario(&f->record, "deploy", "Deploy it");
    record_add_check(record_add_step(s, "stop"), "the services stop", "");
    record_add_check(record_add_step(s, "upgrade"), "the migration runs", "");
    record_add_check(record_add_step(s, "start"), "the services start", "");
    event_stream_init(&f->events, &f->record);
    f->out = open_memstream(&f->bytes, &f->length);
    *state = f;
    return f->out ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    listening_end(&f->reporter);
    event_stream_release(&f->events);
    record_release(&f->record);
    text_release(&f->heard);
    fclose(f->out);
    free(f->bytes);
    free(f);
    return 0;
}

static void begin(struct fixture *f, struct event_stream *events)
{
    event_run(events, EVENT_RUN_BEGINS);
    live_scenario_begin(&f->live, &f->record, events, 0);
}

static void finish(struct fixture *f, const char *why)
{
    live_scenario_end(&f->live, why);
    event_run(f->live.events, EVENT_RUN_ENDS);
}

static struct check *next_check(struct fixture *f)
{
    return &live_scenario_step(&f->live)->checks[0];
}

static void everything_begins_and_ends(void **state)
{
    struct fixture *f = *state;
    event_stream_add(&f->events, write_down, f);
    begin(f, &f->events);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_FINDING, "it failed");
    finish(f, "not run: it failed");
    assert_string_equal(text_string(&f->heard), "run begins \n"
                                                "scenario begins deploy\n"
                                                "step begins stop\n"
                                                "check begins the services stop\n"
                                                "check ends the services stop\n"
                                                "step ends stop\n"
                                                "step begins upgrade\n"
                                                "check begins the migration runs\n"
                                                "check ends the migration runs\n"
                                                "step ends upgrade\n"
                                                "step begins start\n"
                                                "check begins the services start\n"
                                                "check ends the services start\n"
                                                "step ends start\n"
                                                "scenario ends deploy\n"
                                                "run ends \n");
    const struct step *steps = f->record.scenarios[0].steps;
    assert_string_equal(steps[1].checks[0].message, "it failed");
    assert_int_equal(steps[2].checks[0].outcome, OUTCOME_NOT_RUN);
    assert_string_equal(steps[2].checks[0].message, "not run: it failed");
    assert_int_equal(verdict_of_run(&f->record), VERDICT_FINDINGS);
}

static void what_did_not_run_has_not_passed(void **state)
{
    struct fixture *f = *state;
    begin(f, NULL);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
    finish(f, "stopped");
    assert_int_equal(verdict_of_run(&f->record), VERDICT_UNCHECKED);
}

static void what_is_needless_is_no_reason(void **state)
{
    struct fixture *f = *state;
    begin(f, NULL);
    live_scenario_skip(&f->live, "done before", true);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
    finish(f, NULL);
    assert_int_equal(verdict_of_run(&f->record), VERDICT_PASSED);
    assert_string_equal(f->record.scenarios[0].steps[0].checks[0].message, "done before");
}

/* The rest is added when it is known that it is needed. */
static void add_way_back(struct fixture *f)
{
    live_scenario_skip(&f->live, "not run: it failed", false);
    struct step *step = record_add_step(live_scenario_record(&f->live), "downgrade");
    record_add_check(step, "the migration is undone", "");
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
}

static void run_with_way_back(struct fixture *f)
{
    f->record.open_ended = true;
    begin(f, &f->reporter.events);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_FINDING, "it failed");
    add_way_back(f);
    finish(f, NULL);
}

static void tap_has_the_plan_last_if_there_may_be_more(void **state)
{
    struct fixture *f = *state;
    listen_to(&f->reporter, "tap", f->out, NULL, &f->record);
    run_with_way_back(f);
    assert_non_null(strstr(f->bytes, "TAP version 13\n# scenario deploy: Deploy it\nok 1 - stop"));
    assert_non_null(strstr(f->bytes, "\nnot ok 2 - upgrade: the migration runs\n"));
    assert_non_null(strstr(f->bytes, "\nnot ok 3 - start: the services start\n"));
    assert_non_null(strstr(f->bytes, "\nok 4 - downgrade: the migration is undone\n"));
    const char *plan = strstr(f->bytes, "\n1..4\n");
    assert_non_null(plan);
    assert_null(strstr(plan, "\nok "));
    assert_null(strstr(f->bytes, "ok 5"));
}

static void steps_have_a_line_each_as_they_end(void **state)
{
    struct fixture *f = *state;
    listen_to(&f->reporter, "steps", f->out, NULL, &f->record);
    begin(f, &f->reporter.events);
    live_scenario_conclude(&f->live, next_check(f), OUTCOME_PASSED, NULL);
    assert_int_equal(f->length, 0);
    struct check *second = next_check(f);
    assert_memory_equal(f->bytes, "done      stop                 ", 31);
    live_scenario_conclude(&f->live, second, OUTCOME_ERROR, "no server");
    finish(f, "not run: no server");
    const char *line = strstr(f->bytes, "\nunchecked upgrade              ");
    assert_non_null(line);
    assert_non_null(strstr(line, " s  no server\n"));
    assert_null(strstr(f->bytes, "start")); /* nothing of it ran */
}

static void a_full_disk_is_noticed(void **state)
{
    struct fixture *f = *state;
    FILE *full = fopen("/dev/full", "we");
    assert_non_null(full);
    listen_to(&f->reporter, "steps", full, NULL, &f->record);
    run_with_way_back(f);
    fclose(full);
    assert_false(listening_end(&f->reporter));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(everything_begins_and_ends),         TEST(what_did_not_run_has_not_passed),
        TEST(what_is_needless_is_no_reason),      TEST(tap_has_the_plan_last_if_there_may_be_more),
        TEST(steps_have_a_line_each_as_they_end), TEST(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
