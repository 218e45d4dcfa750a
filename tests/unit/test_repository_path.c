/* A file's path from the root of the repository, wherever the working directory is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "reports/repository_path.h"

/* A repository with a project in it, a checkout beside it, and a folder that is in neither. */
static const char *const folders[] = {
    "repo",         "repo/.git",         "repo/app", "repo/app/db",     "work",
    "work/project", "work/project/.git", "plain",    "plain/migrations"};
static const char *const files[] = {"repo/app/db/1.sql", "work/project/2.sql", "work/3.sql",
                                    "plain/migrations/4.sql"};
static const char *const variables[] = {"GITHUB_WORKSPACE", "CI_PROJECT_DIR",
                                        "BUILD_SOURCESDIRECTORY", "WORKSPACE"};
enum {
    FOLDERS = sizeof folders / sizeof *folders,
    FILES = sizeof files / sizeof *files,
    VARIABLES = sizeof variables / sizeof *variables
};

static int set_up(void **state)
{
    char *root = memory_copy_of("/tmp/pgr-repository.XXXXXX");
    if (!mkdtemp(root) || chdir(root) != 0)
        return -1;
    for (size_t i = 0; i < FOLDERS; i++)
        mkdir(folders[i], 0700);
    for (size_t i = 0; i < FILES; i++)
        fclose(fopen(files[i], "we"));
    for (size_t i = 0; i < VARIABLES; i++)
        unsetenv(variables[i]);
    *state = root;
    return 0;
}

static int tear_down(void **state)
{
    if (chdir(*state) != 0)
        return -1;
    for (size_t i = 0; i < FILES; i++)
        unlink(files[i]);
    for (size_t i = FOLDERS; i > 0; i--)
        rmdir(folders[i - 1]);
    if (chdir("/") == 0)
        rmdir(*state);
    free(*state);
    return 0;
}

static const struct {
    const char *variable, *workspace; /* below the root of the test */
    const char *here, *file, *expected;
} rows[] = {
    {NULL, NULL, "repo/app", "db/1.sql", "app/db/1.sql"},
    {NULL, NULL, "repo/app/db", "1.sql", "app/db/1.sql"},
    {NULL, NULL, "repo", "./app/../app/db/1.sql", "app/db/1.sql"},
    {NULL, NULL, "plain", "../repo/app/db/1.sql", "app/db/1.sql"},
    {NULL, NULL, "plain", "migrations/4.sql", "migrations/4.sql"},
    {NULL, NULL, "repo/app", ".", "app"},
    {NULL, NULL, "repo", ".", "."},
    {"GITHUB_WORKSPACE", "work", "work", "project/2.sql", "2.sql"},
    {"GITHUB_WORKSPACE", "work", "work/project", "../3.sql", "3.sql"},
    {"CI_PROJECT_DIR", "plain", "plain/migrations", "4.sql", "migrations/4.sql"},
    {"BUILD_SOURCESDIRECTORY", "plain", "plain/migrations", "4.sql", "migrations/4.sql"},
    {"WORKSPACE", "repo", "repo/app", "db/1.sql", "app/db/1.sql"},
    {"WORKSPACE", "plain", "repo/app", "db/1.sql", "app/db/1.sql"},
    {"GITHUB_WORKSPACE", "nowhere", "plain", "migrations/4.sql", "migrations/4.sql"},
    {NULL, NULL, "plain", "no/such.sql", "no/such.sql"},
};

static void a_path_begins_at_the_root_of_the_repository(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *here = memory_format("%s/%s", (const char *)*state, rows[i].here);
        char *workspace = rows[i].workspace
                              ? memory_format("%s/%s", (const char *)*state, rows[i].workspace)
                              : NULL;
        assert_int_equal(chdir(here), 0);
        if (workspace)
            setenv(rows[i].variable, workspace, 1);
        char *path = repository_path(rows[i].file);
        if (strcmp(path, rows[i].expected) != 0) {
            print_message("# row %zu: %s, not %s\n", i, path, rows[i].expected);
            wrong++;
        }
        if (workspace)
            unsetenv(rows[i].variable);
        free(path);
        free(workspace);
        free(here);
    }
    assert_int_equal(wrong, 0);
}

static void what_lies_outside_keeps_its_absolute_path(void **state)
{
    char *file = memory_format("%s/plain/migrations/4.sql", (const char *)*state);
    char *here = memory_format("%s/work", (const char *)*state);
    assert_int_equal(chdir(here), 0);
    char *path = repository_path(file);
    bool same = strcmp(path, file) == 0;
    free(path);
    free(here);
    free(file);
    assert_true(same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_path_begins_at_the_root_of_the_repository, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_lies_outside_keeps_its_absolute_path, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
