/* What is read from outside is bounded: files, YAML and regular expressions. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/regular_file.h"
#include "base/remove_tree.h"
#include "base/text.h"
#include "base/yaml_bounds.h"

static char *repeated(const char *part, size_t times)
{
    struct text t = {0};
    for (size_t i = 0; i < times; i++)
        text_append(&t, part);
    return text_detach(&t);
}

static void expressions_of_ordinary_size_pass(void **state)
{
    (void)state;
    static const char *const sound[] = {
        "",
        "^Step ([0-9]+)/[0-9]+: (.*)$",
        "a{2,5}b{3}(c|d{1,}){0,9}",
        "[[:alpha:]]{1,200}",
        "[]()]",
        "[^](]*\\(\\(\\(",
        "x{1000}",
    };
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        char *fault = pattern_fault(sound[i]);
        if (fault)
            print_error("%s: %s\n", sound[i], fault);
        free(fault);
        assert_null(fault);
    }
}

static void expect_fault(char *source, const char *expected)
{
    char *fault = pattern_fault(source);
    free(source);
    assert_non_null(fault);
    bool same = strcmp(fault, expected) == 0;
    if (!same)
        print_error("%s\n", fault);
    free(fault);
    assert_true(same);
}

static void deep_and_large_expressions_are_refused(void **state)
{
    static const char deep[] = "its groups are nested more than 50 deep";
    static const char large[] = "it is too large once its repetitions are written out";
    (void)state;
    expect_fault(repeated("(", 20000), deep);
    expect_fault(repeated("(((((((((((((((((((((((((((((((((((((((((((((((((((", 1), deep);
    expect_fault(repeated("x", 30000), large);
    expect_fault(memory_copy_of("((a{1,255}){1,255}){1,255}"), large);
    expect_fault(memory_copy_of("a{99999999999999999999}"), large);
    expect_fault(memory_copy_of("(a|b{2,}){1,20000}"), large);
}

/* Fifty are nested as deeply as they may be. */
static void groups_may_be_nested_fifty_deep(void **state)
{
    (void)state;
    char *open = repeated("(", 50), *close = repeated(")", 50);
    char *source = memory_format("%sx%s", open, close), *fault = pattern_fault(source);
    free(open);
    free(close);
    free(source);
    free(fault);
    assert_null(fault);
}

static void groups_are_counted(void **state)
{
    (void)state;
    char *right = pattern_fault_of_groups("(a)(b)", 2);
    char *wrong = pattern_fault_of_groups("(a)b", 2);
    assert_null(right);
    assert_string_equal(wrong, "expected 2 groups in parentheses, found 1");
    free(wrong);
}

static const struct {
    const char *name, *yaml, *expected; /* NULL: passes */
} documents[] = {
    {"ordinary", "a: [1, {b: c}]\n", NULL},
    {"an alias", "a: &x [1, 2]\nb: *x\nc: *x\n", NULL},
    {"the same anchor again", "a: &x 1\nb: *x\nc: &x [2]\nd: *x\n", NULL},
    {"not YAML", "a: [1\n", NULL},
    {"laughter",
     "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
     "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
     "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
     "f.yaml, line 6: more than 200000 values, with aliases written out"},
    {"a circle", "a: &a [1, *a]\n", "f.yaml, line 1: an alias within what it stands for"},
    {"NUL", "a: \"b\\0c\"\n",
     "f.yaml, line 1: a value with a NUL character, which nothing here can hold"},
    {"a second document, too", "a: b\n---\n\"\\0\"\n",
     "f.yaml, line 3: a value with a NUL character, which nothing here can hold"},
};

static void expect_document(const char *name, const char *yaml, const char *expected)
{
    struct text source = {0};
    struct error e = {0};
    text_append(&source, yaml);
    bool good = yaml_bounds_check(&source, "f.yaml", YAML_VALUES, &e);
    text_release(&source);
    if (good == (expected != NULL) || (expected && strcmp(e.message, expected) != 0))
        print_error("%s: %s\n", name, e.message);
    assert_int_equal(good, !expected);
    assert_int_equal(e.kind, expected ? ERROR_USAGE : ERROR_NONE);
    if (expected)
        assert_string_equal(e.message, expected);
}

static void documents_are_bounded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        expect_document(documents[i].name, documents[i].yaml, documents[i].expected);
}

static void deep_documents_are_refused_at_once(void **state)
{
    (void)state;
    char *open = repeated("[", 100000), *block = repeated("- ", 60), *fine = repeated("[", 50),
         *end = repeated("]", 50), *whole = memory_format("%s%s\n", fine, end);
    expect_document("100,000 brackets", open, "f.yaml, line 1: nested more than 50 deep");
    expect_document("a block", block, "f.yaml, line 1: nested more than 50 deep");
    expect_document("fifty", whole, NULL);
    free(open);
    free(block);
    free(fine);
    free(end);
    free(whole);
}

static void expect_refused(const char *path, const char *reason)
{
    FILE *file = regular_file_open(path);
    int number = errno;
    assert_null(file);
    assert_string_equal(file_reason(number), reason);
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    char folder[] = "/tmp/test-bounds-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *fifo = memory_format("%s/fifo", folder), *plain = memory_format("%s/plain", folder);
    char *link = memory_format("%s/link", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int fd = open(plain, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
    assert_int_equal(symlink(plain, link), 0);
    expect_refused(fifo, "not a regular file");
    expect_refused("/dev/zero", "not a regular file");
    expect_refused(folder, "Is a directory");
    expect_refused("/nonexistent", "No such file or directory");
    struct text content = {0};
    bool read = text_read_file(&content, link, 10);
    assert_true(read);
    assert_string_equal(text_string(&content), "x");
    text_release(&content);
    assert_true(remove_tree(folder));
    free(fifo);
    free(plain);
    free(link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_of_ordinary_size_pass),
        cmocka_unit_test(deep_and_large_expressions_are_refused),
        cmocka_unit_test(groups_may_be_nested_fifty_deep),
        cmocka_unit_test(groups_are_counted),
        cmocka_unit_test(documents_are_bounded),
        cmocka_unit_test(deep_documents_are_refused_at_once),
        cmocka_unit_test(only_regular_files_are_read),
    };
    return cmocka_run_group_tests_name("bounds", tests, NULL, NULL) ? 1 : 0;
}
