#include "base/digest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/memory.h"

struct ground {
    char folder[32];
};

static void write_file(const struct ground *g, const char *name, const char *content)
{
    char *path = memory_format("%s/%s", g->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
    free(path);
}

static int set_up(void **state)
{
    struct ground *g = calloc(1, sizeof *g);
    snprintf(g->folder, sizeof g->folder, "/tmp/digest-XXXXXX");
    *state = g;
    return g && mkdtemp(g->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    char *remove = memory_format("rm -r '%s'", g->folder);
    FILE *shell = popen(remove, "r");
    if (shell)
        pclose(shell);
    free(remove);
    free(g);
    return 0;
}

/* The examples of FIPS 180-4 as NIST publishes them. */
static void test_known_values(void **state)
{
    (void)state;
    char digest[DIGEST_LENGTH + 1];
    digest_bytes("abc", 3, digest);
    assert_string_equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_bytes("", 0, digest);
    assert_string_equal(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_file_gone(void **state)
{
    (void)state;
    char digest[DIGEST_LENGTH + 1];
    struct error e = {0};
    assert_false(digest_file("/nonexistent/file", digest, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "/nonexistent/file"));
}

static void test_folder(void **state)
{
    const struct ground *g = *state;
    char *below = memory_format("%s/below", g->folder),
         *cache = memory_format("%s/__pycache__", g->folder);
    assert_int_equal(mkdir(below, 0700) + mkdir(cache, 0700), 0);
    free(below);
    free(cache);
    write_file(g, "b.sql", "two");
    write_file(g, "below/a.sql", "one");
    write_file(g, "a.sql", "abc");
    write_file(g, "a.sql~", "old");
    write_file(g, "__pycache__/a.pyc", "made");
    struct digest_entry *entries;
    size_t count;
    struct error e = {0};
    assert_true(digest_folder(g->folder, &entries, &count, &e));
    assert_int_equal(count, 3);
    assert_string_equal(entries[0].path, "a.sql");
    assert_string_equal(entries[1].path, "b.sql");
    assert_string_equal(entries[2].path, "below/a.sql");
    assert_string_equal(entries[0].sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char before[DIGEST_LENGTH + 1], after[DIGEST_LENGTH + 1];
    digest_list(entries, count, before);
    digest_list_free(entries, count);
    write_file(g, "below/a.sql", "onf");
    assert_true(digest_folder(g->folder, &entries, &count, &e));
    digest_list(entries, count, after);
    digest_list_free(entries, count);
    assert_string_not_equal(before, after);
}

static void test_no_folder(void **state)
{
    (void)state;
    struct digest_entry *entries;
    size_t count;
    struct error e = {0};
    assert_false(digest_folder("/nonexistent", &entries, &count, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    digest_list_free(entries, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_file_gone),
        cmocka_unit_test_setup_teardown(test_folder, set_up, tear_down),
        cmocka_unit_test(test_no_folder),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed ? 1 : 0;
}
