/* The place that a migrator's log names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "migrator/migrator_place.h"

static const char *const files[] = {"002_remove.sql", "versions/7f_split.py", "0001_up.up.sql"};

static int set_up(void **state)
{
    char *folder = memory_copy_of("/tmp/pgr-place.XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return -1;
    mkdir("versions", 0700);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        fclose(fopen(files[i], "we"));
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir("versions");
    if (chdir("/") == 0)
        rmdir(*state);
    free(*state);
    return 0;
}

static const struct {
    const char *log[3];
    const char *file;
    unsigned line;
} rows[] = {
    {{"ERROR [migration.002] no (SQLSTATE 42704; 002_remove.sql, line 270, step 1/6 'x')"},
     "002_remove.sql",
     270},
    {{"psql:002_remove.sql:12: ERROR:  relation \"x\" does not exist"}, "002_remove.sql", 12},
    {{"Traceback", "  File \"/usr/lib/python3/alembic/op.py\", line 9, in f",
      "  File \"versions/7f_split.py\", line 31, in upgrade"},
     "versions/7f_split.py",
     31},
    {{"  File \"versions/7f_split.py\", line 31, in upgrade",
      "  File \"/usr/lib/python3/psycopg2/x.py\", line 9, in f", "psycopg2.errors.UndefinedTable"},
     "versions/7f_split.py",
     31},
    {{"error in 7f_split.py:8"}, "versions/7f_split.py", 8},
    {{"failed: db/migrations/0001_up.up.sql:4"}, "0001_up.up.sql", 4},
    {{"at 002_remove.sql row 5"}, "002_remove.sql", 5},
    {{"/tmp/staged/versions/7f_split.py:8"}, "versions/7f_split.py", 8},
    {{"other.sql, line 3"}, NULL, 0},
    {{"002_remove.sql failed"}, "002_remove.sql", 0},
    {{"002_remove.sql:12: ERROR", "0001_up.up.sql was next"}, "002_remove.sql", 12},
    {{"../../etc/passwd.sql:1"}, NULL, 0},
    {{""}, NULL, 0},
};

static void the_last_place_below_the_folder_counts(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct migrator_line lines[3] = {0};
        struct migrator_result result = {.lines = lines};
        for (; result.line_count < 3 && rows[i].log[result.line_count]; result.line_count++)
            lines[result.line_count].text = (char *)(uintptr_t)rows[i].log[result.line_count];
        static char *places[] = {(char *)(uintptr_t) "at ([a-z_0-9/.]+) row ([0-9]+)"};
        const struct suite_migrator profile = {.places = places, .place_count = 1};
        struct migrator m = {.definition = &profile, .directory = *state};
        char *file;
        unsigned line;
        bool found = migrator_place(&result, &m, NULL, &file, &line);
        bool good = found == (rows[i].file != NULL) && line == rows[i].line &&
                    strcmp(file ? file : "", rows[i].file ? rows[i].file : "") == 0;
        if (!good)
            print_message("# %s: %s:%u\n", rows[i].log[0], file ? file : "none", line);
        wrong += !good;
        free(file);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_place_below_the_folder_counts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
