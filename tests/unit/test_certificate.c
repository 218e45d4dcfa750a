/* What a certificate says, and what it takes for it to hold no more. */
#include "certificate_records.h"

#include <sys/time.h>

/* The text of the first point about `about` with this agreement; "" if there is none. */
static const char *point(const struct certificate_test *t, enum certificate_agreement agreement,
                         const char *about)
{
    for (size_t i = 0; i < t->differences.count; i++)
        if (t->differences.items[i].agreement == agreement &&
            strcmp(t->differences.items[i].about, about) == 0)
            return t->differences.items[i].text;
    return "";
}

static void compare(struct certificate_test *t)
{
    struct error e = {0};
    certificate_ground_release(&t->now);
    certificate_differences_release(&t->differences);
    assert_true(certificate_ground_read(&t->now, t->suite, &t->ground.migrator, &e));
    certificate_compare(&t->read, &t->now, time(NULL), 30, &t->differences);
}

static void certify(struct certificate_test *t)
{
    passed_record(&t->record);
    make_certificate(t);
    write_and_read(t);
    compare(t);
}

static void holds_of_what_was_certified(void **state)
{
    struct certificate_test *t = *state;
    certify(t);
    assert_int_equal(t->differences.differing, 0);
    assert_string_equal(point(t, CERTIFICATE_AGREES, "migrations"), "2 files, unchanged");
    assert_string_equal(point(t, CERTIFICATE_AGREES, "migrator"), "psql, version psql 15.8");
    assert_string_equal(t->read.made_by, "Ada <dba@example>");
    assert_string_equal(t->read.ground.server_version, "15.8");
    assert_int_equal(t->read.chain_count, 2);
    assert_int_equal(t->read.tables[0].rows, 12000);
    assert_string_equal(t->read.tables[1].after, "");
    assert_string_equal(t->read.source.settings[0].name, "work_mem");
    assert_int_equal(t->read.ground.schema.count, 2);
}

static void names_each_file_that_differs(void **state)
{
    struct certificate_test *t = *state;
    certify(t);
    put_file(t, "2.sql", "DROP TABLE loanz;\n");
    compare(t);
    assert_int_equal(t->differences.differing, 1);
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "migrations"), "2.sql has changed");
    put_file(t, "2.sql", "DROP TABLE loans;\n");
    put_file(t, "0.sql", "");
    compare(t);
    assert_int_equal(t->differences.differing, 1);
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "migrations"), "0.sql is new");
    char *path = memory_format("%s/0.sql", t->ground.migrator.directory);
    unlink(path);
    path[strlen(path) - strlen("0.sql")] = '1';
    unlink(path);
    free(path);
    compare(t);
    assert_int_equal(t->differences.differing, 1);
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "migrations"), "1.sql is missing");
}

static void heeds_bytes_alone(void **state)
{
    struct certificate_test *t = *state;
    certify(t);
    char *path = memory_format("%s/1.sql", t->ground.migrator.directory);
    char *cache = memory_format("%s/__pycache__", t->ground.migrator.directory);
    chmod(path, 0600);
    utimes(path, (const struct timeval[2]){{1, 0}, {1, 0}});
    mkdir(cache, 0777);
    free(cache);
    free(path);
    put_file(t, "__pycache__/1.pyc", "compiled");
    compare(t);
    assert_int_equal(t->differences.differing, 0);
}

static void ages(void **state)
{
    struct certificate_test *t = *state;
    certify(t);
    struct certificate_differences *d = &t->differences;
    const time_t day = 86400;
    certificate_differences_release(d);
    certificate_compare(&t->read, &t->now, time(NULL) + 29 * day, 30, d);
    assert_int_equal(d->differing, 0);
    certificate_differences_release(d);
    certificate_compare(&t->read, &t->now, time(NULL) + 31 * day, 30, d);
    assert_int_equal(d->differing, 1);
    assert_non_null(strstr(point(t, CERTIFICATE_DIFFERS, "age"), "the maximum age is 30 days"));
    certificate_differences_release(d);
    certificate_compare(&t->read, &t->now, time(NULL) - day, 30, d);
    assert_int_equal(d->differing, 1);
    assert_non_null(strstr(point(t, CERTIFICATE_DIFFERS, "age"), "in the future"));
}

static void holds_only_if_it_passed(void **state)
{
    struct certificate_test *t = *state;
    findings_record(&t->record);
    make_certificate(t);
    write_and_read(t);
    compare(t);
    assert_int_equal(t->differences.differing, 1);
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "verdict"),
                        "the certification ended with 'findings'");
}

static void knows_suite_and_migrator(void **state)
{
    struct certificate_test *t = *state;
    certify(t);
    t->definition.version = (char *)"echo psql 16.0";
    compare(t);
    assert_int_equal(t->differences.differing, 1);
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "migrator"),
                        "psql: certified with version psql 15.8, found psql 16.0");
    t->now.suite_digest[0] = t->now.suite_digest[0] == '0' ? '1' : '0';
    certificate_differences_release(&t->differences);
    certificate_compare(&t->read, &t->now, time(NULL), 30, &t->differences);
    assert_int_equal(t->differences.differing, 2);
    assert_non_null(strstr(point(t, CERTIFICATE_DIFFERS, "suite"), "has changed"));
}

/* The database as certified, as a later look would find it. */
static void let_database(struct certificate_test *t, struct certificate_ground *g, char **lines,
                         size_t count)
{
    static struct circumstance extensions[] = {{(char *)"plpgsql", (char *)"1.0"}};
    static struct certificate_rows rows[] = {{(char *)"public.books", 12000},
                                             {(char *)"public.loans", 3}};
    *g = t->now;
    g->with_database = true;
    g->database = (char *)"library";
    g->system_identifier = (char *)"7300000000000000001";
    g->server_version = (char *)"15.8";
    g->revision = (char *)"1";
    g->extensions = extensions;
    g->extension_count = 1;
    g->schema = (struct snapshot){.lines = lines, .count = count};
    g->tables = rows;
    g->table_count = 2;
    certificate_schema_digest(&g->schema, g->schema_digest);
    certificate_differences_release(&t->differences);
}

static void names_what_differs_in_the_database(void **state)
{
    struct certificate_test *t = *state;
    struct certificate_ground g;
    certify(t);
    let_database(t, &g, test_lines, 2);
    certificate_compare(&t->read, &g, time(NULL), 30, &t->differences);
    assert_int_equal(t->differences.differing, 0);
    assert_string_equal(point(t, CERTIFICATE_AGREES, "rows"), "as many as certified");

    struct circumstance newer = {(char *)"plpgsql", (char *)"1.1"};
    struct certificate_rows more[] = {{(char *)"public.books", 13440}};
    let_database(t, &g, test_lines, 1);
    g.server_version = (char *)"15.9";
    g.revision = (char *)"2";
    g.extensions = &newer;
    g.tables = more;
    g.table_count = 1;
    certificate_compare(&t->read, &g, time(NULL), 30, &t->differences);
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "server"),
                        "certified on PostgreSQL 15.8, this is 15.9");
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "extensions"),
                        "certified with plpgsql 1.0, this is 1.1");
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "revision"),
                        "certified at 1, the database is at 2");
    assert_string_equal(point(t, CERTIFICATE_DIFFERS, "schema"), "lost table public.loans");
    assert_string_equal(point(t, CERTIFICATE_NOTE, "rows"),
                        "public.books: 13440 rows, 12.0 % more than certified");
    assert_int_equal(t->differences.differing, 4);
}

static void refuses_what_changed_meanwhile(void **state)
{
    struct certificate_test *t = *state;
    struct error e = {0};
    certify(t);
    certificate_release(&t->certificate);
    put_file(t, "2.sql", "DROP TABLE loans; -- in a hurry\n");
    struct certificate_request request = {.ground = &t->ground,
                                          .record = &t->record,
                                          .start = &t->start,
                                          .source = &t->facts,
                                          .schema = &t->schema};
    assert_false(certificate_make(&t->certificate, &request, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "2.sql changed while it was being certified"));
}

/* Each damage of a sound file, and what the error has to name. */
static void names_the_member_that_is_wrong(void **state)
{
    static const struct {
        const char *from, *to, *told;
    } damages[] = {
        {"urn:pgrehearse:certificate:1", "urn:pgrehearse:run:1", "$schema"},
        {"\"format_version\": 1", "\"format_version\": 2", "format_version"},
        {"\"made_at\": \"2", "\"made_at\": \"x2", "made_at"},
        {"\"verdict\": \"passed\"", "\"verdict\": \"fine\"", "verdict"},
        {"\"verdict\": \"passed\"", "\"verdict\": \"findings\"", "run.verdict"},
        {"\"path\": \"1.sql\"", "\"path\": 1", "migrator.files.path"},
        {"\"path\": \"1.sql\"", "\"path\": \"2.sql\"", "migrator.files"},
        {"\"files\": [", "\"other\": [", "migrator.files"},
        {"\"replaced\": false", "\"replaced\": null", "migrator.replaced"},
        {"\"rows\": 12000", "\"rows\": -1", "rows"},
        {"\"before\": \"0123", "\"before\": \"012g", "tables.before"},
        {"table public.books", "table public.boots", "source.schema"},
        {"\"seconds\": 4.1", "\"seconds\": \"4.1\"", "seconds"},
        {"\"made_by\": \"Ada", "\"id\": \"Ada", "line"},
        {"\"checklist\": [", "\"checklist\": [7", "checklist.part"},
        {"\"tables\": [", "\"tables\": [{}, ", "tables.name"},
        {"\"version\": \"1.0\"", "\"version\": null", "source.extensions.version"},
        {"\"run\": {", "\"ran\": {", "run"},
        {"\"name\": \"public.loans\"", "\"name\": \"public.loanz\"",
         "tables: expected public.loans, which source.schema has"},
        {"\"format_version\": 1", "\"format_version\": 1, \"more\": 1", ": more: expected no such"},
        {"\"$schema\": \"urn:pgrehearse:run:1\"", "\"$schema\": 7", "run.$schema: expected \"urn"},
        {"\"notes\": [", "\"schema_without\": [\"all\"], \"notes\": [", "line"},
    };
    struct certificate_test *t = *state;
    certify(t);
    char *path = memory_format("%s/certificate.json", t->folder);
    struct text sound = {0};
    bool good = text_read_file(&sound, path, 1 << 24);
    for (size_t i = 0; good && i < sizeof damages / sizeof *damages; i++) {
        const char *place = strstr(text_string(&sound), damages[i].from);
        struct text damaged = {0};
        struct error e = {0}, unheeded = {0};
        good = place != NULL;
        if (good) {
            text_append_bytes(&damaged, sound.data, (size_t)(place - sound.data));
            text_append_format(&damaged, "%s%s", damages[i].to, place + strlen(damages[i].from));
            whole_file_write(path, damaged.data, damaged.length, &unheeded);
            certificate_release(&t->read);
            good = !certificate_read(path, &t->read, &e) && e.kind == ERROR_USAGE &&
                   strstr(e.message, damages[i].told);
        }
        if (!good)
            print_message("# %s → %s: '%s'\n", damages[i].from, damages[i].to, e.message);
        text_release(&damaged);
    }
    /* cut off anywhere it is none either */
    for (size_t length = 0; good && length + 2 < sound.length; length += 97) {
        struct error e = {0}, unheeded = {0};
        whole_file_write(path, sound.data, length, &unheeded);
        certificate_release(&t->read);
        good = !certificate_read(path, &t->read, &e) && e.kind == ERROR_USAGE;
    }
    text_release(&sound);
    free(path);
    assert_true(good);
}

static struct checklist_line judge(struct certificate_test *t, char *kind, char *scenario)
{
    struct suite_checklist_line line = {.text = (char *)"a line",
                                        .note = (char *)"by hand",
                                        .checks = &kind,
                                        .check_count = kind != NULL,
                                        .scenarios = &scenario,
                                        .scenario_count = scenario != NULL};
    return checklist_judge(&line, &t->record);
}

static void assert_judged(struct certificate_test *t, const char *kind, const char *scenario,
                          enum checklist_state state, const char *note)
{
    struct checklist_line line = judge(t, (char *)kind, (char *)scenario);
    bool good = line.state == state && strcmp(line.note, note) == 0;
    if (!good)
        print_message("# %s in %s: %s: %s\n", kind ? kind : "all", scenario ? scenario : "all",
                      checklist_state_name(line.state), line.note);
    checklist_line_release(&line);
    assert_true(good);
}

static void judges_the_checklist(void **state)
{
    struct certificate_test *t = *state;
    findings_record(&t->record);
    assert_judged(t, NULL, NULL, CHECKLIST_PERSON, "by hand");
    assert_judged(t, NULL, "fresh", CHECKLIST_DONE, "3 checks passed");
    assert_judged(t, "upgrade", NULL, CHECKLIST_DONE, "1 check passed");
    assert_judged(t, NULL, "validation", CHECKLIST_FAILED, "5 of 6 checks did not pass");
    assert_judged(t, NULL, "rollback", CHECKLIST_PERSON, "not rehearsed in this run: rollback");
    assert_judged(t, "downgrade", "fresh", CHECKLIST_PERSON,
                  "not rehearsed in this run: fresh, downgrade");
}

/* A line of the pre-migration validation is not shown by all validations that there are. */
static void counts_what_its_line_means(void **state)
{
    struct certificate_test *t = *state;
    char *kind = (char *)"upgrade", *step = (char *)"upgrade to", *other = (char *)"lunch";
    struct suite_checklist_line line = {.text = (char *)"a line",
                                        .checks = &kind,
                                        .check_count = 1,
                                        .steps = &step,
                                        .step_count = 1};
    findings_record(&t->record);
    struct checklist_line done = checklist_judge(&line, &t->record);
    line.on_copy = true;
    struct checklist_line rehearsed = checklist_judge(&line, &t->record);
    line.steps = &other;
    struct checklist_line missing = checklist_judge(&line, &t->record);
    assert_int_equal(done.state, CHECKLIST_DONE);
    assert_string_equal(done.note, "1 check passed");
    assert_int_equal(rehearsed.state, CHECKLIST_REHEARSED);
    assert_string_equal(rehearsed.note, "on the copy: 1 check passed");
    assert_int_equal(missing.state, CHECKLIST_PERSON);
    assert_string_equal(missing.note, "not rehearsed in this run: upgrade, lunch");
    checklist_line_release(&done);
    checklist_line_release(&rehearsed);
    checklist_line_release(&missing);
}

#define TEST(function)                                                                             \
    cmocka_unit_test_setup_teardown(function, certificate_test_set_up, certificate_test_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_of_what_was_certified),
        TEST(names_each_file_that_differs),
        TEST(heeds_bytes_alone),
        TEST(ages),
        TEST(holds_only_if_it_passed),
        TEST(knows_suite_and_migrator),
        TEST(names_what_differs_in_the_database),
        TEST(refuses_what_changed_meanwhile),
        TEST(names_the_member_that_is_wrong),
        TEST(judges_the_checklist),
        TEST(counts_what_its_line_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
