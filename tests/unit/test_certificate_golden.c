/*
 * certificate.json and certificate.html of several records, byte by byte as in
 * tests/golden/certificate-NAME/, and as the readers of others read them (tests/golden/
 * check-reports). PGREHEARSE_REWRITE_GOLDEN=1 writes what is found, for a person to read in the
 * diff.
 */
#include "certificate_records.h"

#include <sys/wait.h>

static void add_line(struct certificate *c, const char *part, const char *text,
                     enum checklist_state state, const char *note)
{
    struct checklist_line *line =
        memory_append(&c->checklist, &c->checklist_count, sizeof *c->checklist);
    *line = (struct checklist_line){memory_copy_of(part), memory_copy_of(text), state,
                                    memory_copy_of(note)};
}

/* What would be another one each time. */
static void settle(struct certificate *c)
{
    snprintf(c->made_at, sizeof c->made_at, "2025-10-11T09:31:00Z");
    memset(c->ground.suite_digest, 'a', DIGEST_LENGTH);
    c->upgrade_seconds = 0.8;
    add_line(c, "Before", "All scenarios passed", CHECKLIST_DONE, "8 checks passed");
    add_line(c, "Before", "The window is scheduled", CHECKLIST_PERSON, NULL);
    add_line(c, "After", "Nothing is lost", CHECKLIST_FAILED, "1 of 2 checks did not pass");
}

static bool same_file(const char *folder, const char *golden_folder, const char *name)
{
    struct text found = {0}, expected = {0};
    struct error e = {0};
    char *path = memory_format("%s/%s", folder, name);
    char *golden = memory_format("%s/%s", golden_folder, name);
    bool read = text_read_file(&found, path, 1 << 24);
    if (getenv("PGREHEARSE_REWRITE_GOLDEN") && read)
        whole_file_write(golden, text_string(&found), found.length, &e);
    bool same = read && text_read_file(&expected, golden, 1 << 24) &&
                strcmp(text_string(&found), text_string(&expected)) == 0;
    if (!same)
        print_message("# %s differs from %s\n", name, golden);
    free(path);
    free(golden);
    text_release(&found);
    text_release(&expected);
    return same;
}

static int check_reports(const char *folder)
{
    pid_t child = fork();
    if (child == 0) {
        execl(TEST_SOURCE_DIRECTORY "/golden/check-reports", "check-reports", folder, NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void compare(struct certificate_test *t, const char *name)
{
    static const char root[] = TEST_SOURCE_DIRECTORY "/golden/certificate-";
    char golden[sizeof root + 16];
    snprintf(golden, sizeof golden, "%s%s", root, name);
    make_certificate(t);
    settle(&t->certificate);
    write_and_read(t);
    bool json = same_file(t->folder, golden, "certificate.json");
    bool html = same_file(t->folder, golden, "certificate.html");
    assert_true(json);
    assert_true(html);
    assert_int_equal(check_reports(t->folder), 0);
}

static void passed_as_golden(void **state)
{
    struct certificate_test *t = *state;
    passed_record(&t->record);
    compare(t, "passed");
}

static void findings_as_golden(void **state)
{
    struct certificate_test *t = *state;
    findings_record(&t->record);
    compare(t, "findings");
}

/* Strings from outside that may break a format, in every place where one can stand. */
static void nasty_as_golden(void **state)
{
    static struct circumstance settings[] = {
        {(char *)"setting.a\xff", (char *)"</td><script>alert(1)</script>\x1b[31m"}};
    static char *lines[] = {(char *)"table public.\xff persistence=permanent"};
    struct certificate_test *t = *state;
    nasty_record(&t->record);
    put_file(t, "3 <b>\"&\xff\n.sql", "");
    t->facts.display = (char *)"a dump & \"more\" \xc3( \u202e";
    t->facts.is_dump = true;
    t->facts.server_version = t->facts.system_identifier = NULL;
    t->facts.circumstances = settings;
    t->facts.circumstance_count = 1;
    t->schema = (struct snapshot){.lines = lines, .count = 1}; /* told by its digest alone */
    compare(t, "nasty");
    assert_int_equal(t->read.ground.schema.count, 0);
    assert_string_equal(t->read.ground.schema_digest, t->certificate.ground.schema_digest);
}

#define TEST(function)                                                                             \
    cmocka_unit_test_setup_teardown(function, certificate_test_set_up, certificate_test_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(passed_as_golden), TEST(findings_as_golden),
                                       TEST(nasty_as_golden)};
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
