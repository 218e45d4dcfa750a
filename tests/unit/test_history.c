/* Measures, terms and drift; and the texts for receivers, where a command line cannot reach. */
#include "../support/testing.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "measures/histories/drift.h"
#include "record/measures.h"
#include "record/terms.h"
#include "reports/outward/delivery.h"
#include "reports/outward/instant.h"
#include "reports/outward/otlp.h"
#include "reports/outward/pushgateway.h"

static int set_up(void **state)
{
    struct run_record *r = memory_zeroed(1, sizeof *r);
    *state = r;
    r->suite = memory_copy_of("library");
    r->migrator = memory_copy_of("na/tive");
    r->baseline = memory_copy_of("1");
    r->target = memory_copy_of("2");
    r->id = memory_copy_of("0123456789ab");
    memcpy(r->started_at, "2026-03-01T10:00:00Z", 21);
    record_add_circumstance(r, "server_version", "15.20 (Debian)");
    record_add_circumstance(r, "system", "Linux 6.1 x86_64");
    record_add_circumstance(r, "size.rows", "10");
    record_add_circumstance(r, "setting.fsync", "off");
    record_add_circumstance(r, "source", "postgresql://db/a");
    struct scenario_record *s = record_add_scenario(r, "a \"b\"\\c", "title");
    struct step *step = record_add_step(s, "upgrade");
    struct check *check = record_add_check(step, "upgrade", "");
    check->kind = memory_copy_of("upgrade");
    check->outcome = OUTCOME_PASSED;
    record_add_measurement(step, "upgrade", "s", 1.5, 300);
    record_add_measurement(step, "upgrade", "s", 2.5, 0);
    record_add_measurement(step, "upgrade", "s", 3.5, 0);
    record_add_measurement(step, "odd", "s", NAN, 0);
    return 0;
}

static int tear_down(void **state)
{
    record_release(*state);
    free(*state);
    return 0;
}

static void test_measures_have_names_of_their_own(void **state)
{
    struct measure_list list;
    measure_list_take(&list, *state);
    size_t count = list.count;
    char *names = count == 3 ? memory_format("%s, %s, %s", list.items[0].name, list.items[1].name,
                                             list.items[2].name)
                             : NULL;
    bool telling = count && list.items[0].telling && !list.items[1].telling;
    measure_list_release(&list);
    bool good = names && strcmp(names, "upgrade, upgrade (2), upgrade (3)") == 0;
    free(names);
    assert_int_equal(count, 3); /* what is not finite is no measure */
    assert_true(good);
    assert_true(telling);
}

/* A lock on a table with these words for it; what is not worth a series is left out. */
static void add_lock(struct cost_record *c, const char *object, const char *mode, double held)
{
    struct lock_cost *lock = memory_append(&c->locks, &c->lock_count, sizeof *c->locks);
    *lock = (struct lock_cost){
        .object = memory_copy_of(object), .mode = memory_copy_of(mode), .held = held};
}

static void test_costs_are_measured_once(void **state)
{
    struct run_record *r = *state;
    struct measure_list list;
    struct text names = {0};
    struct step *step = &r->scenarios[0].steps[0];
    struct cost_record *c = memory_zeroed(1, sizeof *c);
    record_add_measurement(step, "WAL", "bytes", 4, 0);
    record_add_measurement(step, "longest stall", "s", 5, 0);
    add_lock(c, "table public.t", "AccessExclusiveLock", 1);
    add_lock(c, "table public.t", "AccessExclusiveLock", 2);
    add_lock(c, "table public.t", "AccessShareLock", 3);
    add_lock(c, "table pg_catalog.pg_class", "RowExclusiveLock", 4);
    add_lock(c, "TOAST table pg_toast.pg_toast_16747", "AccessExclusiveLock", 5);
    add_lock(c, "constraint k on table public.t", "AccessExclusiveLock", 6);
    r->scenarios[0].cost = c;
    measure_list_take(&list, r);
    for (size_t i = 0; i < list.count; i++)
        text_append_format(&names, "%s%s=%.0f; ", list.items[i].telling ? "!" : "",
                           list.items[i].name, list.items[i].value);
    measure_list_release(&list);
    bool good = strcmp(text_string(&names),
                       "upgrade=2; upgrade (2)=2; upgrade (3)=4; !WAL=4; !longest stall=5; "
                       "AccessExclusiveLock on table public.t held=2; ") == 0;
    if (!good)
        print_error("%s\n", text_string(&names));
    text_release(&names);
    assert_true(good);
}

static void test_a_failed_upgrade_is_not_measured(void **state)
{
    struct run_record *r = *state;
    static const enum outcome failed[] = {OUTCOME_FINDING, OUTCOME_ERROR, OUTCOME_NOT_RUN};
    for (size_t i = 0; i < sizeof failed / sizeof *failed; i++) {
        struct measure_list list;
        r->scenarios[0].steps[0].checks[0].outcome = failed[i];
        measure_list_take(&list, r);
        size_t count = list.count;
        measure_list_release(&list);
        assert_int_equal(count, 0);
    }
}

static void test_terms(void **state)
{
    struct run_record *r = *state;
    char first[DIGEST_LENGTH + 1], other[DIGEST_LENGTH + 1];
    terms_of(r, first);
    record_add_circumstance(r, "migrations.commit", "abc");
    record_add_scenario(r, "history", "looks at the others");
    terms_of(r, other);
    assert_string_equal(first, other); /* what does not bear on the time */
    static const struct {
        size_t index;
        const char *value;
        bool same;
    } changes[] = {{0, "15.21 (Debian)", true},
                   {1, "Linux 6.9 x86_64", true},
                   {0, "16.1", false},
                   {1, "Linux 6.1 aarch64", false},
                   {2, "11", false},
                   {3, "on", false},
                   {4, "postgresql://db/b", false}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char **value = &r->circumstances[changes[i].index].value, *before = *value;
        *value = memory_copy_of(changes[i].value);
        terms_of(r, other);
        free(*value);
        *value = before;
        assert_int_equal(strcmp(first, other) == 0, changes[i].same);
    }
}

/* `level` until `from`, then `then`; with a little noise. */
static struct trend make_trend(const char *unit, size_t count, size_t from, double level,
                               double then)
{
    struct trend t = {.scenario = memory_copy_of("s"),
                      .measure = memory_copy_of("m"),
                      .unit = memory_copy_of(unit)};
    for (size_t i = 0; i < count; i++) {
        struct trend_point *p = memory_append(&t.points, &t.point_count, sizeof *t.points);
        p->started_at = memory_format("2026-03-%02zuT00:00:00Z", i + 1);
        p->value = (i < from ? level : then) * (1 + 0.004 * (double)(i % 3));
    }
    return t;
}

static void test_drift(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        size_t count, from;
        double level, then;
        bool worse;
        const char *verdict;
    } cases[] = {
        {"s", 20, 20, 0.3, 0, false, "steady"},
        {"s", 20, 14, 0.3, 0.45, true, "since 2026-03-15 50 % slower: 301 ms to 452 ms"},
        {"s", 20, 14, 0.45, 0.3, false, "since 2026-03-15 33 % quicker: 452 ms to 301 ms"},
        {"s", 20, 14, 0.3, 0.315, false, "steady"},   /* below the threshold */
        {"s", 20, 18, 0.3, 0.45, false, "steady"},    /* not confirmed yet */
        {"s", 20, 14, 0.002, 0.003, false, "steady"}, /* the clock, not the migration */
        {"bytes", 20, 14, 2000, 4096000, true, "since 2026-03-15 2048 times more: "},
        {"", 20, 14, 0, 3, true, "since 2026-03-15 more: 0 to 3"}, /* rewritten tables */
        {"s", 5, 3, 0.3, 9, false, "too few runs to judge"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trend t =
            make_trend(cases[i].unit, cases[i].count, cases[i].from, cases[i].level, cases[i].then);
        drift_judge(&t);
        bool good = t.worse == cases[i].worse &&
                    strncmp(t.verdict, cases[i].verdict, strlen(cases[i].verdict)) == 0;
        if (!good)
            print_error("case %zu: %s\n", i, t.verdict);
        char *complaints = drift_complaints(&t, 1);
        good = good && (complaints != NULL) == cases[i].worse;
        free(complaints);
        trend_release(&t);
        assert_true(good);
    }
}

static void test_labels_are_escaped(void **state)
{
    char *text = pushgateway_text(*state), *url = pushgateway_url("http://h:1/p//?q=1", *state);
    bool escaped = strstr(text, "scenario=\"a \\\"b\\\"\\\\c\"") != NULL;
    bool grouped = strstr(url, "http://h:1/p/metrics/job/pgrehearse/suite/library/"
                               "migrator@base64/bmEvdGl2ZQ/instance") == url;
    bool query = strlen(url) > 4 && strcmp(url + strlen(url) - 4, "?q=1") == 0;
    free(text);
    free(url);
    assert_true(escaped);
    assert_true(grouped);
    assert_true(query);
}

static void test_headers_of_otlp(void **state)
{
    (void)state;
    static const struct {
        const char *variable, *headers; /* NULL: refused */
    } cases[] = {{NULL, ""},           {"", ""},
                 {"a=b", "a: b|"},     {"a=b, c=d%20e,", "a: b|c: d e|"},
                 {"a=b=c", "a: b=c|"}, {"a=%", "a: %|"},
                 {"a", NULL},          {"x=y,a", NULL},
                 {"=b", NULL},         {"a=b%0d%0aX: 1", NULL},
                 {"a b=c", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char **headers;
        struct text all = {0};
        struct error e = {0};
        bool taken = otlp_headers(cases[i].variable, &headers, &e);
        for (size_t j = 0; headers && headers[j]; j++) {
            text_append_format(&all, "%s|", headers[j]);
            free(headers[j]);
        }
        free(headers);
        bool good = taken == (cases[i].headers != NULL) &&
                    (!taken || strcmp(text_string(&all), cases[i].headers) == 0);
        text_release(&all);
        if (!good)
            print_error("case %zu\n", i);
        assert_true(good);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *number;
    } cases[] = {{0, "0"},
                 {1, "1"},
                 {0.1, "0.1"},
                 {1e9, "1e+09"},
                 {-2.5, "-2.5"},
                 {NAN, "NaN"},
                 {INFINITY, "+Inf"},
                 {-INFINITY, "-Inf"},
                 {1772359200, "1772359200"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *number = instant_number(cases[i].value);
        bool good = strcmp(number, cases[i].number) == 0;
        if (!good)
            print_error("%s\n", number);
        free(number);
        assert_true(good);
    }
    char *nano = instant_nanoseconds(instant_seconds("2026-03-01T10:00:00Z") + 0.25);
    bool good = strcmp(nano, "1772359200250000000") == 0;
    free(nano);
    assert_true(good);
    assert_true(instant_seconds("tomorrow") == 0);
}

static void test_urls(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "h", "file:///x", "http://", "postgresql://h/d",
                                      "ht tp://h"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error e = {0};
        assert_false(delivery_check_url("webhook", bad[i], &e));
        assert_int_equal(e.kind, ERROR_USAGE);
    }
    struct error e = {0};
    assert_true(delivery_check_url("webhook", "https://u:p@h:1/x?y", &e));
    char *receiver = delivery_receiver("https://u:p@h:1/x?y");
    bool good = strcmp(receiver, "https://h:1") == 0;
    free(receiver);
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_measures_have_names_of_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_costs_are_measured_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_failed_upgrade_is_not_measured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_terms, set_up, tear_down),
        cmocka_unit_test(test_drift),
        cmocka_unit_test_setup_teardown(test_labels_are_escaped, set_up, tear_down),
        cmocka_unit_test(test_headers_of_otlp),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_urls),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed ? 1 : 0;
}
