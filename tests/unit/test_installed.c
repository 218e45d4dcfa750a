/* The folder of shipped data beside the running program, and the names in a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/installed.h"
#include "base/memory.h"

/* the running test is BUILD/tests/unit/test_installed.t, so that its root is BUILD/tests */
static void finds_a_folder_beside_the_program(void **state)
{
    (void)state;
    char *root = installed_root(), *unit = installed_folder("nowhere", "unit");
    char *wanted = memory_format("%s/unit", root);
    bool same = strcmp(unit, wanted) == 0;
    free(root);
    free(wanted);
    free(unit);
    assert_true(same);
}

/* installed data would be in BUILD/tests/share/pgrehearse */
static void prefers_the_installed_folder(void **state)
{
    char *root = installed_root();
    char *share = memory_format("%s/share", root), *data = memory_format("%s/pgrehearse", share);
    char *wanted = memory_format("%s/things", data);
    (void)state;
    mkdir(share, 0755);
    mkdir(data, 0755);
    mkdir(wanted, 0755);
    char *folder = installed_folder("things", "nowhere");
    bool good = strcmp(folder, wanted) == 0;
    rmdir(wanted);
    rmdir(data);
    rmdir(share);
    free(folder);
    free(wanted);
    free(data);
    free(share);
    free(root);
    assert_true(good);
}

/* a scenario's program, or a test, is beside bin/ */
static void finds_the_programs(void **state)
{
    (void)state;
    char *root = installed_root(), *programs = installed_programs();
    char *wanted = memory_format("%s/bin", root);
    bool good = strcmp(programs, wanted) == 0;
    free(wanted);
    free(programs);
    free(root);
    assert_true(good);
}

static void lists_names_in_order(void **state)
{
    (void)state;
    char *names =
        installed_names(TEST_SOURCE_DIRECTORY "/../fixtures/suites/migration_002/alembic", ".py");
    char *none = installed_names("/nowhere", ".py");
    bool good = strcmp(names, "env") == 0 && strcmp(none, "") == 0;
    free(names);
    free(none);
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_folder_beside_the_program),
        cmocka_unit_test(prefers_the_installed_folder),
        cmocka_unit_test(finds_the_programs),
        cmocka_unit_test(lists_names_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
