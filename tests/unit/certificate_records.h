/* A certificate for tests, of the small suite, with its migrations in a folder of the test's own.
 */
#pragma once
#include "report_records.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "production/certificates/certificate_compare.h"

struct certificate_test {
    char folder[40]; /* migrations/ lies in it */
    struct run_record record;
    struct suite *suite;
    struct suite_migrator definition;
    struct ground ground;
    struct source_facts facts;
    struct snapshot schema;
    struct certificate_ground start, now;
    struct certificate certificate, read;
    struct certificate_differences differences;
};

static inline void put_file(const struct certificate_test *t, const char *name, const char *content)
{
    struct error e = {0};
    char *path = memory_format("%s/migrations/%s", t->folder, name);
    bool good = whole_file_write(path, content, strlen(content), &e);
    free(path);
    assert_string_equal(e.message, "");
    assert_true(good);
}

static inline int remove_entry(const char *path, const struct stat *s, int type, struct FTW *f)
{
    (void)s, (void)type, (void)f;
    return remove(path);
}

static char *test_lines[] = {(char *)"table public.books persistence=permanent",
                             (char *)"table public.loans persistence=permanent"};
static struct source_table test_tables[] = {
    {(char *)"public.books", 12000, "0123456789abcdef0123456789abcdef"},
    {(char *)"public.loans", 3, "fedcba9876543210fedcba9876543210"}};
static struct circumstance test_circumstances[] = {{(char *)"extension.plpgsql", (char *)"1.0"},
                                                   {(char *)"setting.work_mem", (char *)"64MB"}};

static inline int certificate_test_set_up(void **state)
{
    struct certificate_test *t = memory_zeroed(1, sizeof *t);
    struct error e = {0};
    *state = t;
    snprintf(t->folder, sizeof t->folder, "/tmp/pgr-certificate.XXXXXX");
    if (!mkdtemp(t->folder))
        return -1;
    char *migrations = memory_format("%s/migrations", t->folder);
    mkdir(migrations, 0777);
    t->suite = suite_load(TEST_SOURCE_DIRECTORY "/suites/library", &e);
    if (!t->suite)
        return -1;
    t->definition = t->suite->migrators[0];
    t->definition.version = (char *)"echo psql 15.8";
    t->ground.suite = t->suite;
    t->ground.migrator = (struct migrator){.definition = &t->definition, .directory = migrations};
    t->facts = (struct source_facts){.display = (char *)"postgresql://reader@db.example/library",
                                     .database = (char *)"library",
                                     .system_identifier = (char *)"7300000000000000001",
                                     .server_version = (char *)"15.8 (Debian 15.8-1)",
                                     .revision = (char *)"1",
                                     .bytes = 123456789,
                                     .circumstances = test_circumstances,
                                     .circumstance_count = 2,
                                     .tables = test_tables,
                                     .table_count = 2,
                                     .taken_at = "2025-10-11T09:29:00Z"};
    t->schema = (struct snapshot){.lines = test_lines, .count = 2};
    return 0;
}

static inline int certificate_test_tear_down(void **state)
{
    struct certificate_test *t = *state;
    certificate_release(&t->certificate);
    certificate_release(&t->read);
    certificate_ground_release(&t->start);
    certificate_ground_release(&t->now);
    certificate_differences_release(&t->differences);
    record_release(&t->record);
    migrator_release(&t->ground.migrator);
    suite_free(t->suite);
    nftw(t->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(t);
    return 0;
}

static struct certificate_table certified_tables[] = {
    {(char *)"public.books", 12000, "0123456789abcdef0123456789abcdef",
     "0123456789abcdef0123456789abcdef"},
    {(char *)"public.loans", 3, "fedcba9876543210fedcba9876543210", ""}};

/* Makes t->certificate of the record, of the migrations 1.sql and 2.sql. */
static inline void make_certificate(struct certificate_test *t)
{
    struct error e = {0};
    static char *const notes[] = {(char *)"rows of public.<log> stay behind"};
    static char *const chain[] = {(char *)"1 -> 2, Give every book a language",
                                  (char *)"<base> -> 1"};
    put_file(t, "1.sql", "CREATE TABLE books ();\n");
    put_file(t, "2.sql", "DROP TABLE loans;\n");
    bool read = certificate_ground_read(&t->start, t->suite, &t->ground.migrator, &e);
    assert_string_equal(e.message, "");
    assert_true(read);
    struct certificate_request request = {.ground = &t->ground,
                                          .record = &t->record,
                                          .start = &t->start,
                                          .source = &t->facts,
                                          .schema = &t->schema,
                                          .chain = chain,
                                          .chain_count = 2,
                                          .notes = notes,
                                          .note_count = 1,
                                          .tables = certified_tables,
                                          .table_count = 2,
                                          .by = "Ada <dba@example>"};
    bool made = certificate_make(&t->certificate, &request, &e);
    assert_string_equal(e.message, "");
    assert_true(made);
}

/* Writes it, and reads it again as t->read. */
static inline void write_and_read(struct certificate_test *t)
{
    struct error e = {0};
    bool written = certificate_write(t->folder, &t->certificate, &e);
    assert_string_equal(e.message, "");
    assert_true(written);
    char *path = memory_format("%s/certificate.json", t->folder);
    bool read = certificate_read(path, &t->read, &e);
    free(path);
    assert_string_equal(e.message, "");
    assert_true(read);
}
