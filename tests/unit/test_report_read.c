/* What the reporter json wrote is read back as it was, and what is no such file is refused. */
#include "report_costs.h"

#include <unistd.h>

#include "base/whole_file.h"
#include "reports/json.h"
#include "reports/json_read.h"

struct fixture {
    struct run_record written, read;
    char path[32];
};

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->path, sizeof f->path, "/tmp/pgr-read.XXXXXX");
    int fd = mkstemp(f->path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    unlink(f->path);
    record_release(&f->written);
    record_release(&f->read);
    free(f);
    return 0;
}

static char *rewrite(struct fixture *f, const char *text, const char *name)
{
    struct error e = {0};
    assert_true(whole_file_write(f->path, text, strlen(text), &e));
    if (!json_read_run(&f->read, f->path, &e))
        fail_msg("%s: %s", name, e.message);
    char *again = json_text(&f->read);
    record_release(&f->read);
    return again;
}

static void write_and_read(struct fixture *f, const char *name)
{
    forecast_record_free(f->written.forecast); /* no run has one */
    f->written.forecast = NULL;
    char *text = json_text(&f->written);
    char *again = rewrite(f, text, name);
    /* messages and names of several lines, as no run has them, become one line */
    if (strcmp(name, "nasty") != 0)
        assert_string_equal(text, again);
    free(again);
    free(text);
    record_release(&f->written);
}

static void each_record_comes_back(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof record_cases / sizeof *record_cases; i++) {
        record_cases[i].make(&f->written);
        write_and_read(f, record_cases[i].name);
    }
    cost_cases[0].make(&f->written);
    write_and_read(f, cost_cases[0].name);
}

/* What only runs of several parts, tries or servers have. */
static void the_rare_members_come_back(void **state)
{
    struct fixture *f = *state;
    passed_record(&f->written);
    struct partition *p = &f->written.partition;
    *p = (struct partition){.number = 2, .count = 2};
    for (size_t i = 0; i < p->count; i++)
        *(char **)memory_append(&p->scenarios, &p->scenario_count, sizeof *p->scenarios) =
            memory_copy_of(i ? "rollback" : "fresh");
    struct scenario_record *s = &f->written.scenarios[0];
    s->revision = memory_copy_of("0002");
    s->file = memory_copy_of("db/0002.sql");
    s->server_version = memory_copy_of("18.4");
    s->retries = 2;
    s->retried_after = memory_copy_of("the connection was lost");
    char *text = json_text(&f->written);
    assert_non_null(strstr(text, "\"retries\": 2"));
    assert_non_null(strstr(text, "\"number\": 2"));
    free(text);
    write_and_read(f, "rare members");
}

static void other_files_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *content, *complaint;
    } rows[] = {
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "$schema: expected urn:pgrehearse:run:1"},
        {"{\"$schema\": \"urn:pgrehearse:run:2\"}", "$schema: expected urn:pgrehearse:run:1"},
        {"{\"$schema\": \"urn:pgrehearse:run:1\"}", "started_at: expected a text"},
        {"{\"$schema\": \"urn:pgrehearse:run:1\", \"started_at\": \"\", \"scenarios\": 3}",
         "scenarios: expected a list"},
        {"{\"$schema\": \"urn:pgrehearse:run:1\", \"started_at\": \"\", \"scenarios\": [7]}",
         "name: expected a text"},
        {"{\"$schema\": \"urn:pgrehearse:run:1\", \"started_at\": \"\", \"partition\": "
         "{\"number\": 4, \"count\": 3}}",
         "partition: expected a number from 1 to count"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = {0};
        assert_true(whole_file_write(f->path, rows[i].content, strlen(rows[i].content), &e));
        assert_false(json_read_run(&f->read, f->path, &e));
        assert_int_equal(e.kind, ERROR_USAGE);
        if (!strstr(e.message, rows[i].complaint) || !strstr(e.message, f->path))
            fail_msg("%s: %s", rows[i].content, e.message);
        record_release(&f->read);
    }
    struct error e = {0};
    assert_false(json_read_run(&f->read, "/nowhere/run.json", &e));
    assert_string_equal(e.message, "/nowhere/run.json: cannot be read: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_record_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rare_members_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_files_are_refused, set_up, tear_down)};
    return cmocka_run_group_tests_name("report_read", tests, NULL, NULL) ? 1 : 0;
}
