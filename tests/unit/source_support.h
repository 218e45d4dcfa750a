/* A source with all that makes a copy hard, a place for the copy, and the copy made and compared.
 */
#pragma once
#include "base/remove_tree.h"
#include "server.h"

#include <sys/stat.h>

#include "ground/embedded.h"
#include "ground/run_folder.h"
#include "ground/server_programs.h"
#include "production/sources/source.h"
#include "schema/database_state.h"

static const char source_schema[] =
    "CREATE EXTENSION vector; CREATE SCHEMA \"Sales, \"\"EU\"\"\"; CREATE TYPE mood AS ENUM ('a', "
    "'b');"
    "CREATE TABLE account (id int PRIMARY KEY, amount int NOT NULL, m mood, v vector(3));"
    "CREATE TABLE \"Sales, \"\"EU\"\"\".\"Order Line\" (\"Id\" int GENERATED ALWAYS AS IDENTITY "
    "PRIMARY KEY,"
    "  account int REFERENCES account, twice int GENERATED ALWAYS AS (account * 2) STORED,"
    "  note text CHECK (note <> ''));"
    "CREATE UNLOGGED TABLE scratch (a int, b bytea); CREATE TABLE \"logs of all\" (t text);"
    "CREATE TABLE parts (id int, day int NOT NULL) PARTITION BY RANGE (day);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE parts_2 PARTITION OF parts DEFAULT;"
    "CREATE TABLE base (id int); CREATE TABLE derived (more int) INHERITS (base);"
    "CREATE INDEX ON account (amount); COMMENT ON TABLE account IS 'it''s \\ odd';"
    "CREATE FUNCTION noop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    "CREATE EVENT TRIGGER quiet ON ddl_command_end EXECUTE FUNCTION noop();"
    "CREATE FUNCTION odd() RETURNS text LANGUAGE sql AS $$ SELECT '\nCOPY x FROM stdin;\n' $$;"
    "CREATE VIEW rich AS SELECT * FROM account WHERE amount > 5;"
    "ALTER TABLE account ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY every ON account FOR SELECT USING (true);";

static const char source_rows[] =
    "INSERT INTO account SELECT i, i, 'b', '[1,2,3]' FROM generate_series(1, 300) i;"
    "INSERT INTO \"Sales, \"\"EU\"\"\".\"Order Line\" (account, note) SELECT i, E'tab\\t\\\\. "
    "\\n\\\\! x' || i"
    "  FROM generate_series(1, 300) i; INSERT INTO scratch VALUES (1, '\\x00ff');"
    "INSERT INTO \"logs of all\" SELECT repeat('z', 100) FROM generate_series(1, 50);"
    "INSERT INTO \"logs of all\" VALUES ('\nSET transaction_timeout = 0;\n');"
    "INSERT INTO parts SELECT i, i FROM generate_series(1, 30) i; INSERT INTO base VALUES (1);"
    "INSERT INTO derived VALUES (2, 3); SELECT lo_from_bytea(0, 'large');"
    "SELECT lo_from_bytea(4711, decode(repeat('ab', 2500000), 'hex'));"
    "CREATE SEQUENCE counted; SELECT setval('counted', 42); CREATE SEQUENCE untouched START 7;"
    "CREATE SEQUENCE backwards INCREMENT -1; SELECT setval('backwards', -5);"
    "CREATE MATERIALIZED VIEW summed AS SELECT sum(amount) FROM account;";

struct fixture {
    struct test_database db, copy;
    char folder[64];
    struct cancel cancel;
    struct source_request request;
    struct source source;
    struct server server; /* its strings are borrowed */
    char *notes;
    struct embedded other;
    struct run_folder run;
    struct connection locker;
    char *url; /* of a reader */
    char *path;
    struct database_state before;
};

static inline int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->folder, sizeof f->folder, "/tmp/pgr-test-source.XXXXXX");
    if (!mkdtemp(f->folder) || !cancel_init(&f->cancel) ||
        test_database_create(&f->db, "pgr_test_source") != 0 ||
        test_database_create(&f->copy, "pgr_test_source_copy") != 0)
        return -1;
    f->server = (struct server){.is_embedded = true,
                                .url = f->db.url,
                                .migrator_url = f->db.url,
                                .display = (char *)"the embedded server",
                                .version = PQserverVersion(f->db.connection.pg)};
    f->request = (struct source_request){.url = f->db.url, .jobs = 2};
    test_database_run(&f->db, source_schema);
    test_database_run(&f->db, source_rows);
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->locker);
    source_release(&f->source);
    database_state_release(&f->before);
    test_database_drop(&f->db);
    test_database_drop(&f->copy);
    if (f->other.data) {
        embedded_stop(&f->other, false);
        embedded_release(&f->other);
        run_folder_remove(&f->run, &(struct error){0});
    }
    remove_tree(f->folder);
    cancel_release(&f->cancel);
    free(f->notes);
    free(f->url);
    free(f->path);
    free(f);
    return 0;
}

static inline bool copy_it(struct fixture *f, struct error *e)
{
    return source_open(&f->source, &f->request, &f->cancel, e) &&
           source_copy(&f->source, &f->server, f->copy.name, f->folder, NULL, NULL, &f->notes, e);
}

static inline void copy_well(struct fixture *f)
{
    struct error e = {0};
    if (!copy_it(f, &e))
        fail_msg("%s", e.message);
}

static inline void assert_error(const struct error *e, const char *words)
{
    if (!strstr(e->message, words))
        fail_msg("not \"%s\" but: %s", words, e->message);
}

/* An empty copy once more. */
static inline void copy_again(struct fixture *f)
{
    source_release(&f->source);
    free(f->notes);
    f->notes = NULL;
    test_database_drop(&f->copy);
    f->copy = (struct test_database){0};
    assert_int_equal(test_database_create(&f->copy, "pgr_test_source_copy"), 0);
}

static inline const struct source_table *table_fact(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < f->source.facts.table_count; i++)
        if (strcmp(f->source.facts.tables[i].name, name) == 0)
            return &f->source.facts.tables[i];
    fail_msg("no facts of %s", name);
    return NULL;
}

static inline void assert_same(struct connection *a, struct connection *b)
{
    struct database_state before = {0};
    struct text differences = {0};
    struct error e = {0};
    bool good = database_state_take(a, NULL, &before, &e) &&
                database_state_compare(&before, b, &differences, &e);
    database_state_release(&before);
    char said[2100];
    snprintf(said, sizeof said, "%s%s", e.message, text_string(&differences));
    text_release(&differences);
    assert_string_equal(said, "");
    assert_true(good);
}
