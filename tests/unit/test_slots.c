/* What verbs keep: released once, in reverse order of making, however the scenario ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/rehearsal.h"

/* A state that writes down its letter when it is released. */
struct noted {
    struct text *notes;
    char letter;
};

static void note(struct rehearsal *r, void *state)
{
    const struct noted *n = state;
    assert_non_null(r->run);
    if (n->notes)
        text_append_format(n->notes, "%c", n->letter);
}

static const struct slot_kind noted = {sizeof(struct noted), note};
static const struct slot_kind also_noted = {sizeof(struct noted), note};
static const struct slot_kind plain = {.size = sizeof(int)};

static struct text notes;

static struct noted *make(struct rehearsal *r, const struct slot_kind *kind, const char *name,
                          char letter)
{
    struct noted *n = slot_make(r, kind, name);
    *n = (struct noted){&notes, letter};
    return n;
}

static void release_all(struct rehearsal *r)
{
    text_clear(&notes);
    slots_release(r);
    assert_null(r->slots);
}

static void kinds_do_not_meet(void **state)
{
    const struct run run = {0};
    struct rehearsal r = {.run = &run};
    (void)state;
    assert_null(slot_get(&r, &noted, "same"));
    struct noted *one = make(&r, &noted, "same", 'a');
    assert_null(slot_get(&r, &also_noted, "same"));
    assert_null(slot_get(&r, &also_noted, NULL));
    struct noted *other = make(&r, &also_noted, "same", 'b');
    assert_ptr_not_equal(one, other);
    assert_ptr_equal(slot_get(&r, &noted, "same"), one);
    assert_ptr_equal(slot_get(&r, &also_noted, "same"), other);
    release_all(&r);
    assert_string_equal(text_string(&notes), "ba");
}

static void names_are_found(void **state)
{
    const struct run run = {0};
    struct rehearsal r = {.run = &run};
    char name[] = "first";
    (void)state;
    struct noted *first = make(&r, &noted, name, 'a');
    memset(name, 'x', sizeof name - 1); /* the slot has a copy */
    struct noted *nameless = make(&r, &noted, NULL, 'b');
    assert_ptr_equal(slot_get(&r, &noted, "first"), first);
    assert_ptr_equal(slot_get(&r, &noted, NULL), nameless);
    assert_null(slot_get(&r, &noted, "fir"));
    struct noted *again = make(&r, &noted, "first", 'c');
    assert_ptr_equal(slot_get(&r, &noted, "first"), again);
    assert_ptr_equal(slot_get(&r, &noted, NULL), again);
    assert_int_equal(first->letter, 'a'); /* a state does not move */
    release_all(&r);
    assert_string_equal(text_string(&notes), "cba");
}

static void a_single_one_is_made_once(void **state)
{
    struct rehearsal r = {0};
    (void)state;
    int *number = slot_single(&r, &plain);
    assert_int_equal(*number, 0);
    *number = 7;
    assert_ptr_equal(slot_single(&r, &plain), number);
    release_all(&r);
    assert_int_equal(*(int *)slot_single(&r, &plain), 0);
    release_all(&r);
}

/* A scenario of three verbs; the second one stops it if it is to. */
static bool stops;

static void keep_letter(struct rehearsal *r, char letter)
{
    step_begin(r, "keep %c", letter);
    struct check *c = step_check(r, "kept", NULL, "%c is kept", letter);
    if (!step_runs(r))
        return;
    make(r, &noted, "letter", letter);
    struct error e = {0};
    if (stops && letter == 'b')
        error_set(&e, ERROR_UNAVAILABLE, "the server is gone");
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else
        check_pass(r, c);
}

static void keep_three(struct rehearsal *r)
{
    if (r->walking)
        make(r, &noted, "walked", 'w');
    keep_letter(r, 'a');
    keep_letter(r, 'b');
    keep_letter(r, 'c');
}

/* What is released, in order, when the scenario is walked, and when it is run. */
static void rehearse_three(const char *skipped, const char *expected)
{
    static struct suite suite;
    const struct scenario scenario = {.symbol = "keep_three", .runbook = keep_three};
    struct server server = {0};
    const struct run run = {.ground = {.suite = &suite, .server = &server, .keep = true}};
    struct run_record record = {0};
    struct scenario_record *planned = record_add_scenario(&record, "keep-three", "Keep three");
    text_clear(&notes);
    free(rehearsal_walk(&run, &scenario, planned));
    assert_string_equal(text_string(&notes), "w");
    text_clear(&notes);
    if (skipped)
        rehearsal_skip(&run, &scenario, planned, skipped);
    else
        rehearsal_run(&run, &scenario, planned);
    record_release(&record);
    assert_string_equal(text_string(&notes), expected);
}

static void a_whole_scenario_releases_all(void **state)
{
    (void)state;
    stops = false;
    rehearse_three(NULL, "cba");
}

static void a_scenario_that_stops_releases_what_it_made(void **state)
{
    (void)state;
    stops = true;
    rehearse_three(NULL, "ba");
}

static void a_scenario_that_is_not_run_has_nothing_to_release(void **state)
{
    (void)state;
    stops = false;
    rehearse_three("not run: no server", "");
}

static int tear_down(void **state)
{
    (void)state;
    text_release(&notes);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_do_not_meet),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(a_single_one_is_made_once),
        cmocka_unit_test(a_whole_scenario_releases_all),
        cmocka_unit_test(a_scenario_that_stops_releases_what_it_made),
        cmocka_unit_test(a_scenario_that_is_not_run_has_nothing_to_release),
    };
    return cmocka_run_group_tests_name("slots", tests, NULL, tear_down) ? 1 : 0;
}
