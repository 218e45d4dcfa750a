/* Layouts: their reading, the parts and order that they give a folder's files, and their refusals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrate/chain.h"
#include "migrate/part_reader.h"

#define SHIPPED TEST_SOURCE_DIRECTORY "/../fixtures/layouts/"

struct fixture {
    struct layout layout;
    struct revision revision;
    struct error error;
    char *file; /* a layout under test */
};

static int setup(void **state)
{
    *state = memory_zeroed(1, sizeof(struct fixture));
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    layout_release(&f->layout);
    revision_release(&f->revision);
    if (f->file)
        unlink(f->file);
    free(f->file);
    free(f);
    return 0;
}

static void use(struct fixture *f, const char *name)
{
    char *path = memory_format(SHIPPED "%s.yaml", name);
    layout_release(&f->layout);
    bool good = layout_read(&f->layout, path, &f->error);
    free(path);
    assert_true(good);
}

static bool read_both(struct fixture *f, const char *content)
{
    revision_release(&f->revision);
    error_clear(&f->error);
    f->revision.path = memory_copy_of("x.sql");
    return part_read_both(&f->layout, &f->revision, "x.sql", content, &f->error);
}

static void check_step(const struct migration_part *part, size_t index, size_t line,
                       const char *sql)
{
    assert_true(index < part->step_count);
    assert_int_equal(part->steps[index].line, line);
    assert_string_equal(part->steps[index].sql, sql);
}

static void cuts_at_the_ends_of_lines(void **state)
{
    struct fixture *f = *state;
    use(f, "goose");
    assert_true(read_both(f,
                          "\n-- +goose Up\n-- a word\nSELECT ';' -- no end;\n;\nSELECT 2; -- end\n"
                          "-- +goose StatementBegin\nDO $$ BEGIN\nNULL;\nEND $$;\n"
                          "-- +goose StatementEnd\n--+goose Down\nSELECT 3;\r\n"));
    const struct migration_part *up = &f->revision.up, *down = &f->revision.down;
    assert_int_equal(up->step_count, 3);
    check_step(up, 0, 4, "SELECT ';' -- no end;\n;\n");
    check_step(up, 1, 6, "SELECT 2; -- end\n");
    check_step(up, 2, 8, "DO $$ BEGIN\nNULL;\nEND $$;\n");
    assert_int_equal(down->step_count, 1);
    check_step(down, 0, 13, "SELECT 3;\r\n");
    assert_false(up->no_transaction);
}

static void sends_a_section_whole(void **state)
{
    struct fixture *f = *state;
    use(f, "dbmate");
    assert_true(read_both(f, "-- first\n-- migrate:up transaction:false\nSELECT 1;\nSELECT 2;\n"
                             "-- migrate:down\nSELECT 3;\n"));
    check_step(&f->revision.up, 0, 2, "-- migrate:up transaction:false\nSELECT 1;\nSELECT 2;\n");
    check_step(&f->revision.down, 0, 5, "-- migrate:down\nSELECT 3;\n");
    assert_true(f->revision.up.no_transaction);
    assert_false(f->revision.down.no_transaction);
}

static void sends_statements_one_by_one(void **state)
{
    struct fixture *f = *state;
    use(f, "plain");
    assert_true(read_both(f, "\xEF\xBB\xBF/* a */ SELECT 1;\n\nSELECT $a$;$a$\n, 2;\n"
                             "-- ROLLBACK\nSELECT 3;"));
    check_step(&f->revision.up, 0, 1, "SELECT 1;");
    check_step(&f->revision.up, 1, 3, "SELECT $a$;$a$\n, 2;");
    check_step(&f->revision.down, 0, 6, "SELECT 3;");
    assert_false(f->revision.up.no_transaction);
    static const char *const ways_back[] = {"-- Down Migration", "--//@UNDO", "-- rollback;",
                                            "-- undo script",    "-- UNDO:",  "--down",
                                            "-- +migrate Down",  "-- @DOWN"};
    for (size_t i = 0; i < sizeof ways_back / sizeof *ways_back; i++) {
        char *content = memory_format("SELECT 1;\n%s\nSELECT 2;\n", ways_back[i]);
        bool good = read_both(f, content) && f->revision.down.present;
        free(content);
        if (!good)
            fail_msg("%s", ways_back[i]);
    }
    assert_true(
        read_both(f, "SELECT 1;\n-- down here we look\n-- rollback of the sale\nSELECT 2;\n"));
    assert_false(f->revision.down.present);
    assert_true(read_both(f, "CREATE TABLE a (x int);\nBEGIN;\nSELECT 1;\nCOMMIT;\n"));
    assert_true(f->revision.up.no_transaction);
    assert_true(read_both(f, "create  UNIQUE index\n concurrently i ON t (x);"));
    assert_true(f->revision.up.no_transaction);
    assert_false(f->revision.down.present);
}

static void leaves_psql_its_commands(void **state)
{
    struct fixture *f = *state;
    use(f, "plain");
    assert_true(read_both(f, "SELECT 1;\n\\echo hello\nSELECT 2;\n-- down\nSELECT '\\x';\n"));
    assert_true(f->revision.up.psql);
    assert_int_equal(f->revision.up.step_count, 1);
    assert_false(f->revision.down.psql);
    assert_true(read_both(f, "COPY t FROM STDIN;\n1\tit's\n\\.\n"));
    assert_true(f->revision.up.psql);
}

static void refuses_what_the_tool_would_not_take(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *layout, *content, *message;
    } rows[] = {
        {"goose", "SELECT 1;\n", "x.sql, line 1: SQL before the line that begins the up section"},
        {"goose", "-- nothing\n", "x.sql: no line begins the up section"},
        {"goose", "-- +goose Up\nSELECT 1\n", "x.sql, line 2: this statement does not end in"},
        {"goose", "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n", "end line is missing"},
        {"goose", "-- +goose Up\n-- +goose Up\n", "x.sql, line 2: a second section"},
        {"dbmate", "-- migrate:down\n-- migrate:up\n",
         "x.sql, line 2: the up section comes before"},
        {"dbmate", "SELECT 1;\n-- migrate:up\n", "x.sql, line 1: SQL before the line"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        use(f, rows[i].layout);
        assert_false(read_both(f, rows[i].content));
        assert_int_equal(f->error.kind, ERROR_USAGE);
        if (!strstr(f->error.message, rows[i].message))
            fail_msg("'%s' is not in '%s'", rows[i].message, f->error.message);
    }
}

/* A sound layout; each row of the table below damages it. */
static const char sound[] = "title: t\n"
                            "example: 1.sql\n"
                            "files:\n"
                            "  - {pattern: '^([0-9]+)\\.sql$', groups: [version], part: up}\n"
                            "transaction: revision\n"
                            "table: {name: v, applied: SELECT x FROM v}\n";

static bool read_text(struct fixture *f, const char *content)
{
    layout_release(&f->layout);
    error_clear(&f->error);
    if (!f->file) {
        f->file = memory_copy_of("/tmp/pgrehearse-layout-XXXXXX");
        close(mkstemp(f->file));
    }
    FILE *file = fopen(f->file, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
    return layout_read(&f->layout, f->file, &f->error);
}

static char *replaced(const char *in, const char *old, const char *new)
{
    const char *at = strstr(in, old);
    assert_non_null(at);
    return memory_format("%.*s%s%s", (int)(at - in), in, new, at + strlen(old));
}

static void refuses_broken_layouts(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *old, *new, *message;
    } rows[] = {
        {"title: t\n", "", "title"},
        {"part: up", "part: sideways", "line 4"},
        {"[0-9]+)", "[0-9]+", "key files: '^([0-9]+\\.sql$' is not a regular expression"},
        {"[0-9]+)", "(1)(2)(3)(4)(5)(6)(7)(8))", "has more than 8 groups"},
        {"groups: [version]", "groups: [name]", "does not capture the version from the path"},
        {"groups: [version]", "groups: [version, name]", "has 1 groups, but 2 are listed"},
        {"part: up", "part: both", "a part 'both' needs the key sections"},
        {"transaction: revision", "transaction: two", "transaction"},
        {"transaction: revision", "statements: {split: marks}",
         "marks need the key statements.mark"},
        {"transaction: revision", "statements: {split: lines, begin: a}",
         "begin and end go together"},
        {"transaction: revision", "sections: {down: '(a'}", "key sections.down: '(a' is not"},
        {"transaction: revision", "no_transaction: [{pattern: '[', in: line}]",
         "key no_transaction"},
        {"transaction: revision", "colour: red", "colour"},
        {"applied: SELECT x FROM v", "up: [x]", "applied"},
    };
    assert_true(read_text(f, sound));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *damaged = replaced(sound, rows[i].old, rows[i].new);
        bool good = read_text(f, damaged);
        free(damaged);
        assert_false(good);
        assert_int_equal(f->error.kind, ERROR_USAGE);
        if (!strstr(f->error.message, rows[i].message))
            fail_msg("'%s' is not in '%s'", rows[i].message, f->error.message);
    }
}

static void finds_no_layout_of_that_name(void **state)
{
    struct fixture *f = *state;
    assert_false(layout_load(&f->layout, "no_such", &f->error));
    assert_non_null(strstr(f->error.message, "no layout 'no_such'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cuts_at_the_ends_of_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(sends_a_section_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(sends_statements_one_by_one, setup, teardown),
        cmocka_unit_test_setup_teardown(leaves_psql_its_commands, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_the_tool_would_not_take, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_broken_layouts, setup, teardown),
        cmocka_unit_test_setup_teardown(finds_no_layout_of_that_name, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
