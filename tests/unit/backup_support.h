/* A database with all that makes rows hard to bring back, and a place for its backup. */
#pragma once
#include "base/remove_tree.h"
#include "server.h"

#include <sys/stat.h>

#include "ground/embedded.h"
#include "ground/run_folder.h"
#include "production/backups/backup.h"

static const char backup_schema[] =
    "CREATE SCHEMA \"Odd one\";"
    "CREATE TABLE parent (id int PRIMARY KEY, favourite int, note text);"
    "CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, above int REFERENCES "
    "child,"
    "  parent int NOT NULL REFERENCES parent, twice int GENERATED ALWAYS AS (parent * 2) STORED);"
    "ALTER TABLE parent ADD CONSTRAINT favourite_fkey FOREIGN KEY (favourite) REFERENCES child;"
    "COMMENT ON CONSTRAINT favourite_fkey ON parent IS 'a cycle';"
    "CREATE TABLE \"Odd one\".\"a, \"\"b'\" (id serial PRIMARY KEY, child int REFERENCES child"
    "  DEFERRABLE, at timestamptz);"
    "CREATE TABLE parts (id int, day int NOT NULL, child int REFERENCES child) PARTITION BY RANGE "
    "(day);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE parts_2 PARTITION OF parts DEFAULT;"
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
    "  'BEGIN NEW.note := ''touched''; RETURN NEW; END';";

static const char backup_rows[] =
    "INSERT INTO parent SELECT i, NULL, E'line\\n\\\\. of ' || i || (SELECT string_agg(md5((i * "
    "k)::text), '') FROM generate_series(1, 9) k) FROM generate_series(1, 500) i;"
    "INSERT INTO child (above, parent) SELECT CASE WHEN i > 1 THEN 1 + (i * 7) % 400 END, i"
    "  FROM generate_series(1, 400) i; UPDATE parent SET favourite = id WHERE id <= 400;"
    "INSERT INTO \"Odd one\".\"a, \"\"b'\" (child, at) SELECT i, now() FROM generate_series(1, 9) "
    "i;"
    "INSERT INTO parts SELECT i, i, i FROM generate_series(1, 20) i;"
    "CREATE TRIGGER touch BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION touch();"
    "ALTER TABLE parent ENABLE ALWAYS TRIGGER touch;"
    "ALTER TABLE parent ADD CONSTRAINT small CHECK (id < 450) NOT VALID;"
    "COMMENT ON CONSTRAINT small ON parent IS 'not for all';"
    "SELECT lo_from_bytea(0, 'large')";

struct fixture {
    struct test_database db, copy;
    char folder[64], *path;
    struct cancel cancel;
    struct backup_options options;
    struct embedded server;
    struct run_folder run;
    struct connection locker;
    bool seen_secret, seen_program;
};

static inline int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->folder, sizeof f->folder, "/tmp/pgr-test-backup.XXXXXX");
    if (!mkdtemp(f->folder) || !cancel_init(&f->cancel) ||
        test_database_create(&f->db, "pgr_test_backup") != 0 ||
        test_database_create(&f->copy, "pgr_test_backup_copy") != 0)
        return -1;
    f->path = memory_format("%s/it's a backup", f->folder);
    f->options = (struct backup_options){.cancel = &f->cancel, .jobs = 2};
    test_database_run(&f->db, backup_schema);
    test_database_run(&f->db, backup_rows);
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->locker);
    test_database_drop(&f->db);
    test_database_drop(&f->copy);
    if (f->server.data) {
        embedded_stop(&f->server, false);
        embedded_release(&f->server);
        run_folder_remove(&f->run, &(struct error){0});
    }
    remove_tree(f->folder);
    cancel_release(&f->cancel);
    free(f->path);
    free(f);
    return 0;
}

static inline void take(struct fixture *f, bool folder)
{
    struct error e = {0};
    f->options.folder = folder;
    if (!backup_take(f->db.url, f->path, &f->options, &e))
        fail_msg("%s", e.message);
}
