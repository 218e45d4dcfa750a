#include "../support/testing.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "migrator/project.h"

static const char shipped[] = TEST_SOURCE_DIRECTORY "/../fixtures/migrators";

struct fixture {
    char folder[40];
    struct project_list list;
    struct project *project;
    struct revision_list revisions;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->folder, sizeof f->folder, "/tmp/project-XXXXXX");
    return mkdtemp(f->folder) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    project_list_release(&f->list);
    revision_list_release(&f->revisions);
    project_free(f->project);
    nftw(f->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static void write_file(const struct fixture *f, const char *name, const char *content)
{
    char *path = memory_format("%s/%s", f->folder, name);
    for (char *p = strchr(path + strlen(f->folder) + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void find(struct fixture *f, const char *migrator, struct error *e)
{
    struct project_options options = {
        .shipped = shipped, .migrator = migrator, .runner = PROJECT_BY_LAYOUT};
    f->project = project_find(f->folder, &options, e);
}

static void find_and_read(struct fixture *f, enum project_runner runner)
{
    struct error e = {0};
    struct project_options options = {.shipped = shipped, .runner = runner};
    f->project = project_find(f->folder, &options, &e);
    assert_string_equal(e.message, "");
    assert_non_null(f->project);
    assert_true(project_revisions(f->project, &f->revisions, &e));
}

static void write_alembic(struct fixture *f)
{
    write_file(f, "backend/alembic.ini",
               "[alembic]\nscript_location = %(here)s/alembic\nsqlalchemy.url = driver://x\n");
    write_file(f, "backend/alembic/versions/0_b.py",
               "revision: str = \"b2\"\ndown_revision: Union[str, None] = \"a1\"\n"
               "def downgrade():\n    pass\n");
    write_file(f, "backend/alembic/versions/1_a.py", "revision = 'a1'\ndown_revision = None\n");
}

static void test_alembic(void **state)
{
    struct fixture *f = *state;
    write_alembic(f);
    write_file(f, "node_modules/x/1_a.up.sql", "SELECT 1;\n"); /* is not looked into */
    find_and_read(f, PROJECT_BY_TOOL);
    assert_string_equal(f->project->name, "alembic");
    assert_non_null(strstr(f->project->directory, "/backend"));
    assert_non_null(strstr(f->project->folder, "/backend/alembic/versions"));
    assert_int_equal(f->revisions.count, 2);
    assert_string_equal(f->revisions.items[0].id, "a1");
    assert_false(f->revisions.items[0].has_down);
    assert_string_equal(f->revisions.items[1].id, "b2");
    assert_true(f->revisions.items[1].has_down);
    assert_string_equal(f->revisions.items[1].parents[0], "a1");
    assert_int_equal(f->revisions.problem_count, 0);
    assert_int_equal(revision_list_place(&f->revisions, "b"), 1);
}

/* Of folders for several databases only PostgreSQL's counts. */
static void test_alembic_databases(void **state)
{
    struct fixture *f = *state;
    write_alembic(f);
    write_file(f, "backend/alembic/versions/postgresql/c.py",
               "revision = 'c3'\ndown_revision = 'b2'\n");
    write_file(f, "backend/alembic/versions/sqlite/c.py",
               "revision = 'c3'\ndown_revision = 'b2'\n");
    find_and_read(f, PROJECT_BY_TOOL);
    assert_int_equal(f->revisions.count, 3);
    assert_int_equal(f->revisions.problem_count, 0);
}

static void test_alembic_heads(void **state)
{
    struct fixture *f = *state;
    write_alembic(f);
    write_file(f, "backend/alembic/versions/2_c.py", "revision = 'c3'\ndown_revision = 'a1'\n");
    find_and_read(f, PROJECT_BY_TOOL);
    assert_int_equal(f->revisions.head_count, 2);
    assert_int_equal(f->revisions.problem_count, 1);
    assert_non_null(strstr(f->revisions.problems[0].text, "2 heads: b2 ("));
    assert_non_null(strstr(f->revisions.problems[0].text, "2_c.py"));
}

static void test_alembic_merge(void **state)
{
    struct fixture *f = *state;
    write_alembic(f);
    write_file(f, "backend/alembic/versions/2_c.py", "revision = 'c3'\ndown_revision = 'a1'\n");
    write_file(f, "backend/alembic/versions/00_d.py",
               "revision = 'd4'\ndown_revision = (\n    'b2',\n    'c3',\n)\n");
    find_and_read(f, PROJECT_BY_TOOL);
    assert_int_equal(f->revisions.head_count, 1);
    assert_int_equal(f->revisions.problem_count, 0);
    assert_string_equal(f->revisions.items[3].id, "d4");
    assert_int_equal(f->revisions.items[3].parent_count, 2);
}

static void test_alembic_missing_parent(void **state)
{
    struct fixture *f = *state;
    write_alembic(f);
    write_file(f, "backend/alembic/versions/2_c.py", "revision = 'c3'\ndown_revision = 'zz'\n");
    find_and_read(f, PROJECT_BY_TOOL);
    assert_non_null(strstr(f->revisions.problems[0].text, "names the parent revision zz"));
}

static void test_numbered_pairs(void **state)
{
    struct fixture *f = *state;
    write_file(f, "db/migrations/9_b.up.sql", "SELECT 1;\n");
    write_file(f, "db/migrations/10_c.up.sql", "SELECT 1;\n");
    write_file(f, "db/migrations/10_c.down.sql", "SELECT 1;\n");
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_string_equal(f->project->name, "golang-migrate");
    assert_true(f->project->by_layout);
    assert_int_equal(f->revisions.count, 2);
    assert_string_equal(f->revisions.items[0].id, "9");
    assert_string_equal(f->revisions.items[1].label, "c");
    assert_true(f->revisions.items[1].has_down);
    assert_false(f->revisions.items[0].has_down);
    assert_string_equal(f->revisions.items[1].parents[0], "9");
}

static void test_duplicate_number(void **state)
{
    struct fixture *f = *state;
    write_file(f, "db/migrations/01_b.up.sql", "SELECT 1;\n");
    write_file(f, "db/migrations/1_c.up.sql", "SELECT 1;\n");
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_int_equal(f->revisions.problem_count, 1);
    assert_non_null(strstr(f->revisions.problems[0].text, "duplicate revision "));
    assert_non_null(strstr(f->revisions.problems[0].text, "01_b.up.sql"));
    assert_non_null(strstr(f->revisions.problems[0].text, "1_c.up.sql"));
}

/* What repeated long ago was taken then: the whole name is the revision. */
static void test_old_duplicate_number(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {"01-a.sql", "02-b.sql", "02-c.sql", "03-d.sql", "04-e.sql",
                                        "05-f.sql", "06-g.sql", "07-h.sql", "X-i.sql"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = memory_format("migrations/%s", files[i]);
        write_file(f, path, "SELECT 1;\n");
        free(path);
    }
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_int_equal(f->revisions.problem_count, 0);
    assert_int_equal(f->revisions.count, 8);
    assert_string_equal(f->revisions.items[1].id, "02-b");
    assert_string_equal(f->revisions.items[2].id, "02-c");
    assert_string_equal(f->project->runner->layout, "plain-folders");
}

/* Diesel's older folders have no dashes; to it 2014… comes before 2017-…. */
static void test_dashless_order(void **state)
{
    struct fixture *f = *state;
    write_file(f, "migrations/2017-09-23-182408_b/up.sql", "SELECT 1;\n");
    write_file(f, "migrations/20140924113530_a/up.sql", "SELECT 1;\n");
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_string_equal(f->project->name, "diesel");
    assert_string_equal(f->revisions.items[0].id, "20140924113530");
    assert_string_equal(f->revisions.items[1].id, "2017-09-23-182408");
}

/* To sql-migrate 9 comes before 10, and two files may share a number. */
static void test_natural_order(void **state)
{
    struct fixture *f = *state;
    const char *text = "-- +migrate Up\nSELECT 1;\n";
    write_file(f, "a/b/c/d/migrations/10_d.sql", text);
    write_file(f, "a/b/c/d/migrations/9_c.sql", text);
    write_file(f, "a/b/c/d/migrations/9_b.sql", text);
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_string_equal(f->project->name, "sql-migrate");
    assert_string_equal(f->revisions.items[0].id, "9_b.sql");
    assert_string_equal(f->revisions.items[1].id, "9_c.sql");
    assert_string_equal(f->revisions.items[2].id, "10_d.sql");
    assert_int_equal(f->revisions.problem_count, 0);
}

static void test_sqlx_pairs(void **state)
{
    struct fixture *f = *state;
    write_file(f, "Cargo.toml", "sqlx = \"0.8\"\n");
    write_file(f, "migrations/1_clean_up.up.sql", "SELECT 1;\n");
    write_file(f, "migrations/1_clean_up.down.sql", "SELECT 1;\n");
    write_file(f, "migrations/2_drop.sql", "SELECT 1;\n");
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_string_equal(f->project->name, "sqlx");
    assert_int_equal(f->revisions.count, 2);
    assert_string_equal(f->revisions.items[0].label, "clean_up");
    assert_true(f->revisions.items[0].has_down);
    assert_string_equal(f->revisions.items[1].label, "drop");
    assert_false(f->revisions.items[1].has_down);
}

/* Files of two kinds in one folder: a migrator that would see half of them is not meant. */
static void test_mixed_names(void **state)
{
    struct fixture *f = *state;
    write_file(f, "migrations/1_create_up.up.sql", "SELECT 1;\n");
    write_file(f, "migrations/1_create_up.down.sql", "SELECT 1;\n");
    write_file(f, "migrations/2_search_pro.sql", "SELECT 1;\n");
    write_file(f, "migrations/4-slow-down.sql", "SELECT 1;\n");
    write_file(f, "migrations/4-slow.sql", "SELECT 1;\n");
    find_and_read(f, PROJECT_BY_LAYOUT);
    assert_string_equal(f->project->name, "plain");
    assert_int_equal(f->revisions.count, 3);
    assert_string_equal(f->revisions.items[0].label, "create_up");
    assert_true(f->revisions.items[0].has_down);
    assert_string_equal(f->revisions.items[1].label, "search_pro");
    assert_false(f->revisions.items[1].has_down);
}

static void test_several(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_alembic(f);
    write_file(f, "db/migrations/01_b.up.sql", "SELECT 1;\n");
    find(f, NULL, &e);
    assert_null(f->project);
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, "--migrator alembic --migrations backend/alembic/versions, "
                                      "--migrator golang-migrate --migrations db/migrations"));
    error_clear(&e);
    find(f, "golang-migrate", &e);
    assert_non_null(f->project);
}

static void test_nothing(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    find(f, NULL, &e);
    assert_null(f->project);
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, "no migrations were recognised here or below"));
    error_clear(&e);
    find(f, "alembc", &e);
    assert_non_null(strstr(e.message, "no migrator 'alembc'; did you mean 'alembic'?"));
}

/* A sign without its folder: what is missing is said, also where no migrator is named. */
static void test_half(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_file(f, "app/alembic.ini", "[alembic]\nscript_location = elsewhere:steps\n");
    find(f, NULL, &e);
    assert_null(f->project);
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, "app/alembic.ini is Alembic's, but the folder of the "
                                      "revisions is not at elsewhere/steps/versions; name it with "
                                      "--migrator alembic --migrations DIR"));
    error_clear(&e);
    write_file(f, "app/steps/versions/1.py", "revision = '1'\ndown_revision = None\n");
    struct project_options options = {.shipped = shipped};
    struct project_list list;
    assert_true(project_list_find(&list, f->folder, &options, &e));
    assert_int_equal(list.count, 1);
    assert_non_null(strstr(list.items[0].folder, "app/steps/versions"));
    project_list_release(&list);
}

static void test_own_profile(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    write_file(f, "pgrehearse/migrators/mine.yaml",
               "detect: [{all: [{file: mine.conf}], folder: steps}]\n"
               "revisions: {files: ['*.step'], name: '^([a-z]+)\\.step$'}\n"
               "upgrade: cat {revision}\n");
    write_file(f, "mine.conf", "");
    write_file(f, "steps/b.step", "");
    write_file(f, "steps/a.step", "");
    find_and_read(f, PROJECT_BY_EITHER);
    assert_string_equal(f->project->name, "mine");
    assert_string_equal(f->revisions.items[0].id, "a");
    project_free(f->project);
    f->project = NULL;
    write_file(f, "pgrehearse/migrators/mine.yaml", "upgrade: x\nran: '('\n");
    find(f, NULL, &e);
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(
        strstr(e.message, "mine.yaml, line 2, key ran: not an extended regular expression"));
}

static void test_all_profiles_load(void **state)
{
    (void)state;
    struct profile_set set;
    struct error e = {0};
    assert_true(profile_set_load(&set, shipped, NULL, &e));
    assert_string_equal(e.message, "");
    assert_true(set.count >= 22);
    for (size_t i = 0; i < set.count; i++) {
        const struct suite_migrator *m = set.items[i];
        assert_true(m->upgrade || m->layout);
        assert_true(m->revisions || strcmp(m->name, "native") == 0);
    }
    profile_set_release(&set);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_alembic),
        TEST(test_alembic_databases),
        TEST(test_alembic_heads),
        TEST(test_alembic_merge),
        TEST(test_alembic_missing_parent),
        TEST(test_numbered_pairs),
        TEST(test_duplicate_number),
        TEST(test_old_duplicate_number),
        TEST(test_dashless_order),
        TEST(test_natural_order),
        TEST(test_sqlx_pairs),
        TEST(test_mixed_names),
        TEST(test_several),
        TEST(test_nothing),
        TEST(test_half),
        TEST(test_own_profile),
        TEST(test_all_profiles_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
