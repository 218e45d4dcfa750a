/* The small parts of layouts: patterns, versions, SQL cut at its semicolons, templates, checksums.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "migrate/checksum.h"
#include "migrate/lines.h"
#include "migrate/revision_journal.h"
#include "migrate/sql_split.h"
#include "migrate/template.h"
#include "migrate/version_order.h"

static void knows_how_a_pattern_begins(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *start, *fits, *fails;
    } rows[] = {
        {"^-- \\+goose (Up|Down)", "", "-- +goose Up", "-- +goose"},
        {"^-- \\+goose Up$", "-- +goose Up", "-- +goose Up", "-- +goose Upx"},
        {"^--x*y", "--", "--y", "-x"},
        {"^-+x", "-", "---x", "x"},
        {"^--[[:space:]]*a", "--", "--  a", "-- b"},
        {"a", "", "ba", "b"},
        {"^\\<a b", "", "a b", "-a b"},
        {"(?i)^-- \\+goose up$", "-- +", "-- +GOOSE Up", "-- +goose"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pattern p;
        struct error e = {0};
        assert_true(pattern_compile(&p, rows[i].pattern, &e));
        bool good = strcmp(p.start, rows[i].start) == 0 && pattern_matches(&p, rows[i].fits) &&
                    !pattern_matches(&p, rows[i].fails);
        pattern_release(&p);
        if (!good)
            fail_msg("%s", rows[i].pattern);
    }
}

static void refuses_bad_patterns(void **state)
{
    (void)state;
    struct pattern p;
    struct error e = {0};
    assert_false(pattern_compile(&p, "(", &e));
    pattern_release(&p);
    assert_true(pattern_compile(&p, NULL, &e) || e.kind);
    assert_false(pattern_matches(&p, ""));
    pattern_release(&p);
}

static void orders_versions(void **state)
{
    (void)state;
    static const struct {
        enum version_kind kind;
        const char *first, *second;
        int order;
    } rows[] = {
        {VERSION_NUMBER, "9", "10", -1},
        {VERSION_NUMBER, "0007", "7", 0},
        {VERSION_NUMBER, "0002", "20240101", -1},
        {VERSION_TEXT, "9", "10", 1},
        {VERSION_DOTTED, "1.9", "1.10", -1},
        {VERSION_DOTTED, "1_0", "1", 0},
        {VERSION_DOTTED, "1", "1.0.1", -1},
        {VERSION_DOTTED, "01.2", "1_2", 0},
        {VERSION_DOTTED, "0.1", "0", 1},
        {VERSION_NATURAL, "2", "2a", -1},
        {VERSION_NATURAL, "2a", "10", -1},
        {VERSION_NATURAL, "v2-9", "v2-10", -1},
        {VERSION_NATURAL, "007", "7", 0},
        {VERSION_DASHLESS, "2024-01-02", "20240102", 0},
        {VERSION_NATURAL, "99999999999999999999998", "99999999999999999999999", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *a = version_key(rows[i].kind, rows[i].first);
        char *b = version_key(rows[i].kind, rows[i].second);
        int forth = version_compare(rows[i].kind, a, b), back = version_compare(rows[i].kind, b, a);
        free(a);
        free(b);
        bool good =
            (forth > 0) - (forth < 0) == rows[i].order && (back > 0) - (back < 0) == -rows[i].order;
        if (!good)
            fail_msg("%s and %s", rows[i].first, rows[i].second);
    }
}

static void cuts_sql(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        size_t count;
        bool metacommands;
    } rows[] = {
        {"", 0, false},
        {" ; -- a;\n/* ; /* ; */ ; */ ;", 0, false},
        {"SELECT 1; SELECT 2", 2, false},
        {"SELECT ';', 'it''s;', E'\\';', \"a;b\"; x", 2, false},
        {"DO $$ ; $$; DO $b$ $$ ; $$ $b$; SELECT $1; x", 4, false},
        {"CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); x", 2, false},
        {"CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 3; END; x", 2,
         false},
        {"BEGIN; SELECT 1; END;", 3, false},
        {"SELECT a$b; SELECT $b", 2, false},
        {"SELECT 1;\n\\d t\n", 1, true},
        {"copy t (a) from stdin;\n'\n", 1, true},
        {"COPY t TO '/stdin'", 1, true},
        {"COPY t FROM '/x'; SELECT 1", 2, false},
        {"SELECT 'never closed; SELECT 2", 1, false},
        {"/* never closed", 0, false},
        {"DO $$ never closed", 1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sql_list list;
        sql_split(&list, rows[i].sql);
        bool good = list.count == rows[i].count && list.metacommands == rows[i].metacommands;
        size_t count = list.count;
        sql_list_release(&list);
        if (!good)
            fail_msg("%s: %zu", rows[i].sql, count);
    }
    struct sql_list list;
    sql_split(&list, "\n-- a\nSELECT '\n';\n  SELECT 2;");
    assert_int_equal(list.statements[0].line, 3);
    assert_int_equal(list.statements[1].line, 5);
    assert_int_equal(list.statements[1].length, strlen("SELECT 2;"));
    sql_list_release(&list);
}

static void fills_templates(void **state)
{
    (void)state;
    const struct template_value values[] = {{"version", "1"}, {"name", NULL}};
    struct template_query q;
    struct error e = {0};
    assert_true(
        template_fill(&q, "{table} {name} {version} {name} {x y} '{}'", "\"t\"", values, 2, &e));
    assert_string_equal(q.sql, "\"t\" $1 $2 $1 {x y} '{}'");
    assert_int_equal(q.count, 2);
    assert_null(q.values[0]);
    assert_string_equal(q.values[1], "1");
    template_release(&q);
    assert_false(template_fill(&q, "SELECT {colour}", "t", values, 2, &e));
    assert_string_equal(e.message, "unknown placeholder {colour}");
    template_release(&q);
}

/* Figures from other programs: crc32 of gzip, sha256sum, sha384sum. */
static void sums_files(void **state)
{
    (void)state;
    static const char content[] = "CREATE TABLE a (x int);\r\nSELECT 1;\n";
    char *unix_lines = checksum_of(CHECKSUM_CRC32_LINES, "123456789", 9);
    char *other_lines = checksum_of(CHECKSUM_CRC32_LINES,
                                    "\xEF\xBB\xBF"
                                    "1234\r\n5678\n9\n",
                                    17 - 1);
    bool same = strcmp(unix_lines, "-873187034") == 0 && strcmp(other_lines, "-873187034") == 0;
    free(unix_lines);
    free(other_lines);
    assert_true(same);
    char *digest = checksum_of(CHECKSUM_SHA256, "abc", 3);
    same = strcmp(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0;
    free(digest);
    assert_true(same);
    assert_null(checksum_of(CHECKSUM_NONE, content, sizeof content - 1));
}

static void reads_a_journal(void **state)
{
    (void)state;
    struct layout_journal rules = {.path = (char *)"j",
                                   .list = (char *)"entries",
                                   .file = (char *)"tag",
                                   .key = (char *)"when"};
    struct revision_journal j;
    struct error e = {0};
    bool good = revision_journal_read(&j, &rules, "j",
                                      "{\"entries\": [{\"tag\": \"a\", \"when\": 5}]}", &e);
    good = good && j.count == 1 && strcmp(j.entries[0].file, "a") == 0 &&
           strcmp(j.entries[0].key, "5") == 0;
    revision_journal_release(&j);
    assert_true(good);
    static const char *const broken[] = {"",
                                         "{",
                                         "[]",
                                         "{\"entries\": 1}",
                                         "{\"entries\": [1]}",
                                         "{\"entries\": [{\"tag\": \"a\"}]}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        error_clear(&e);
        good = revision_journal_read(&j, &rules, "j", broken[i], &e);
        revision_journal_release(&j);
        assert_false(good);
        assert_int_equal(e.kind, ERROR_USAGE);
    }
}

static void reads_lines(void **state)
{
    (void)state;
    struct line_reader l;
    lines_begin(&l, "a \r\n\nb");
    assert_true(lines_next(&l));
    assert_string_equal(text_string(&l.line), "a");
    assert_int_equal(l.raw_length, 4);
    assert_true(lines_next(&l));
    assert_true(lines_next(&l));
    assert_string_equal(text_string(&l.line), "b");
    assert_int_equal(l.number, 3);
    assert_false(lines_next(&l));
    lines_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_how_a_pattern_begins),
        cmocka_unit_test(refuses_bad_patterns),
        cmocka_unit_test(orders_versions),
        cmocka_unit_test(cuts_sql),
        cmocka_unit_test(fills_templates),
        cmocka_unit_test(sums_files),
        cmocka_unit_test(reads_a_journal),
        cmocka_unit_test(reads_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
