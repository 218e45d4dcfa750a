/* The reading of revision files, the refusal of broken chains, and where a target leads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "migrate/chain.h"

struct fixture {
    struct revision revision;
    struct chain chain;
    struct error error;
};

static int setup(void **state)
{
    *state = memory_zeroed(1, sizeof(struct fixture));
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    revision_release(&f->revision);
    chain_release(&f->chain);
    free(f);
    return 0;
}

static bool read_revision(struct fixture *f, const char *content)
{
    revision_release(&f->revision);
    error_clear(&f->error);
    return revision_parse(&f->revision, "x.sql", content, strlen(content), &f->error);
}

static const char sound[] = "-- revision: 002\n"
                            "-- parent: 001\n"
                            "-- message:  Add   a table\n"
                            "-- A word for the reader.\n"
                            "\n"
                            "-- up: 10 steps\n"
                            "-- step: Looking...\n"
                            "-- timing: look\n"
                            "SELECT 1;\n"
                            "-- step: Doing...\n"
                            "-- complete: all well\n"
                            "SELECT '-- step: none\n"
                            " two  ';\n"
                            "-- down\n"
                            "DROP TABLE t;\n";

static void reads_a_sound_file(void **state)
{
    struct fixture *f = *state;
    assert_true(read_revision(f, sound));
    const struct revision *r = &f->revision;
    assert_string_equal(r->id, "002");
    assert_string_equal(r->parent, "001");
    assert_string_equal(r->message, "Add a table");
    assert_int_equal(r->up.total, 10);
    assert_int_equal(r->up.step_count, 2);
    assert_string_equal(r->up.steps[0].title, "Looking...");
    assert_string_equal(r->up.steps[0].timing, "look");
    assert_null(r->up.steps[0].complete);
    assert_string_equal(r->up.steps[1].complete, "all well");
    assert_int_equal(r->up.steps[1].line, 11);
    /* to the byte, trailing blanks in a literal included */
    assert_string_equal(r->up.steps[1].sql,
                        "-- complete: all well\nSELECT '-- step: none\n two  ';\n");
    assert_true(r->down.present);
    assert_int_equal(r->down.total, 0);
    assert_int_equal(r->down.step_count, 1);
    assert_null(r->down.steps[0].title);
    assert_string_equal(r->down.steps[0].sql, "DROP TABLE t;\n");
}

static void reads_the_first_revision(void **state)
{
    struct fixture *f = *state;
    static const char *const parents[] = {"-- parent:", "-- parent: none", "-- parent"};
    for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
        char *content = memory_format(
            "\xEF\xBB\xBF-- revision: a_1.b\r\n%s\r\n-- message: m\r\n-- up\r\n", parents[i]);
        bool good = read_revision(f, content);
        free(content);
        assert_true(good);
        assert_string_equal(f->revision.id, "a_1.b");
        assert_null(f->revision.parent);
        assert_false(f->revision.down.present);
    }
}

#define HEADER "-- revision: 1\n-- parent:\n-- message: m\n"

static void refuses_bad_files(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *content, *message;
    } rows[] = {
        {"", "x.sql: no '-- revision:' line"},
        {"SELECT 1;\n", "x.sql, line 1: SQL before '-- up'"},
        {"-- revision: 1\n-- message: m\n-- up\n", "x.sql: no '-- parent:' line"},
        {"-- revision: 1\n-- parent:\n-- up\n", "x.sql: no '-- message:' line"},
        {"-- revision: 1\n-- parent:\n-- message:\n-- up\n", "x.sql: no '-- message:' line"},
        {"-- parent:\n-- message: m\n-- up\n", "x.sql: no '-- revision:' line"},
        {"-- revision: 1\n-- revision: 2\n", "line 2: a second '-- revision:' line"},
        {"-- parent:\n-- parent: 2\n", "line 2: a second '-- parent:' line"},
        {"-- revision: head\n", "line 1: a revision is 1 to 32"},
        {"-- revision: a b\n", "line 1: a revision is 1 to 32"},
        {"-- revision: 123456789012345678901234567890123\n", "line 1: a revision is 1 to 32"},
        {HEADER, "x.sql: no '-- up' line"},
        {HEADER "-- down\n-- up\n", "line 4: '-- up' comes before '-- down'"},
        {HEADER "-- up\n-- up\n", "line 5: duplicate part"},
        {HEADER "-- up: ten\n", "line 4: expected nothing"},
        {HEADER "-- up: 0 steps\n", "line 4: expected nothing"},
        {HEADER "-- up: 2 steps\nSELECT 1;\n", "the preceding part declares a number of steps"},
        {HEADER "-- up: 1 step\n-- step: a\nSELECT 1;\n-- step: b\nSELECT 1;\n",
         "has more steps than it declares"},
        {HEADER "-- up\nSELECT 1;\n-- step: a\n", "line 6: SQL before the first '-- step:'"},
        {HEADER "-- up\n-- step: a\n-- step: b\n", "the step 'a' before line 6 has no SQL"},
        {HEADER "-- up\n-- step: a\n-- nothing\n", "the step 'a' before line 7 has no SQL"},
        {HEADER "-- up\n-- step:\n", "line 5: a step needs a title"},
        {HEADER "-- up\n-- timing: a\n", "line 5: '-- timing:' must directly follow"},
        {HEADER "-- up\n-- step: a\nSELECT 1;\n-- complete: a\n", "'-- complete:' must directly"},
        {HEADER "-- up\n-- step: a\n-- timing: b\n-- timing: c\n", "a second '-- timing:' line"},
    };
    assert_true(read_revision(f, HEADER "-- up\nSELECT 1;\n"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(read_revision(f, rows[i].content));
        assert_int_equal(f->error.kind, ERROR_USAGE);
        if (!strstr(f->error.message, rows[i].message))
            fail_msg("row %zu: expected '%s', got '%s'", i, rows[i].message, f->error.message);
    }
    revision_release(&f->revision);
    error_clear(&f->error);
    assert_false(revision_parse(&f->revision, "x.sql", "a\0b", 3, &f->error));
    assert_non_null(strstr(f->error.message, "NUL byte"));
}

/* "b<a" is revision b with the parent a; "a<" is a base; separated by blanks. */
static bool make_chain(struct fixture *f, const char *links)
{
    chain_release(&f->chain);
    error_clear(&f->error);
    while (*links) {
        size_t length = strcspn(links, " "), id = strcspn(links, "<");
        struct revision *r =
            memory_append(&f->chain.revisions, &f->chain.count, sizeof *f->chain.revisions);
        r->id = memory_format("%.*s", (int)id, links);
        r->path = memory_format("%s-%zu.sql", r->id, f->chain.count);
        r->message = memory_copy_of("m");
        if (length > id + 1)
            r->parent = memory_format("%.*s", (int)(length - id - 1), links + id + 1);
        links += length + (links[length] == ' ');
    }
    return chain_order(&f->chain, &f->error);
}

static void orders_by_parents(void **state)
{
    struct fixture *f = *state;
    assert_true(make_chain(f, "002<005 003<001 005<003a 001< 003a<003"));
    static const char *const order[] = {"base", "001", "003", "003a", "005", "002"};
    assert_int_equal(f->chain.count, 5);
    for (size_t place = 0; place <= 5; place++)
        assert_string_equal(chain_name(&f->chain, place), order[place]);
    assert_int_equal(chain_find(&f->chain, "003a"), 3);
    assert_int_equal(chain_find(&f->chain, "00"), 0);
    assert_true(make_chain(f, "1<"));
    assert_int_equal(f->chain.count, 1);
}

static void refuses_broken_chains(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *links, *message;
    } rows[] = {
        {"", "no revisions found"},
        {"a< b<a c<a", "two heads: b (b-2.sql) and c (c-3.sql)"},
        {"a< b<", "two bases: a (a-1.sql) and b (b-2.sql)"},
        {"a< b<a c<", "two bases: a (a-1.sql) and c (c-3.sql)"},
        {"a< b<x", "revision b (b-2.sql): its parent x is missing"},
        {"a< b<a b<a", "duplicate revision b: in b-2.sql and in b-3.sql"},
        {"a<a", "cycle, each the child of the next: a -> a"},
        {"a<c b<a c<b", "cycle, each the child of the next:"},
        {"a< b<a c<d d<c", "cycle, each the child of the next:"},
        {"t<c c<d d<c", "cycle, each the child of the next:"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(make_chain(f, rows[i].links));
        assert_int_equal(f->error.kind, ERROR_USAGE);
        if (!strstr(f->error.message, rows[i].message))
            fail_msg("%s: expected '%s', got '%s'", rows[i].links, rows[i].message,
                     f->error.message);
    }
}

static void finds_targets(void **state)
{
    struct fixture *f = *state;
    assert_true(make_chain(f, "001< 003<001 003a<003 005<003a 0x2<005"));
    static const struct {
        const char *word;
        size_t current, place;
        const char *message;
    } rows[] = {
        {"head", 0, 5, NULL},
        {"base", 4, 0, NULL},
        {"003", 0, 2, NULL}, /* in full, although 003a begins so too */
        {"003a", 0, 3, NULL},
        {"0x", 0, 5, NULL},
        {"+1", 0, 1, NULL},
        {"+5", 0, 5, NULL},
        {"-4", 4, 0, NULL},
        {"00", 0, 0, "revision '00' is ambiguous: 001 and 003 begin with it"},
        {"9", 0, 0, "there is no revision '9'"},
        {"", 0, 0, "'' is not a revision"},
        {"-0", 0, 0, "'-0' is not a revision"},
        {"+1x", 0, 0, "'+1x' is not a revision"},
        {"+99999999999999999999", 0, 0, "is not a revision"},
        {"+9223372036854775807", 5, 0, "leads past the head: only 0 revisions lie that way"},
        {"+2", 4, 0, "+2 from 005 leads past the head: only 1 revisions lie that way"},
        {"-5", 4, 0, "-5 from 005 leads past the base: only 4 revisions lie that way"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct target target;
        size_t place = 0;
        error_clear(&f->error);
        bool good = target_parse(&target, &f->chain, rows[i].word, &f->error) &&
                    target_resolve(&target, &f->chain, rows[i].current, &place, &f->error);
        if (good != !rows[i].message || (good && place != rows[i].place) ||
            (!good && !strstr(f->error.message, rows[i].message)))
            fail_msg("'%s' from %zu: got place %zu, '%s'", rows[i].word, rows[i].current, place,
                     f->error.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_sound_file, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_the_first_revision, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_bad_files, setup, teardown),
        cmocka_unit_test_setup_teardown(orders_by_parents, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_broken_chains, setup, teardown),
        cmocka_unit_test_setup_teardown(finds_targets, setup, teardown),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed ? 1 : 0;
}
