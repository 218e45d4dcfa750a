#include "server.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "backup.h"
#include "database_state.h"
#include "embedded.h"
#include "process.h"
#include "run_folder.h"
#include "server_programs.h"

static const char schema[] =
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

static const char rows[] =
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

static const char *const restored[] = {"parent", "public.child", "\"Odd one\".\"a, \"\"b'\"",
                                       "public.parts"};
enum { RESTORED = sizeof restored / sizeof *restored };

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

static int set_up(void **state)
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
    test_database_run(&f->db, schema);
    test_database_run(&f->db, rows);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->locker);
    test_database_drop(&f->db);
    test_database_drop(&f->copy);
    if (f->server.data) {
        embedded_stop(&f->server, false);
        embedded_release(&f->server);
        run_folder_remove(&f->run);
    }
    run_folder_remove_tree(f->folder);
    cancel_release(&f->cancel);
    free(f->path);
    free(f);
    return 0;
}

static void take(struct fixture *f, bool folder)
{
    struct error e = {0};
    f->options.folder = folder;
    if (!backup_take(f->db.url, f->path, &f->options, &e))
        fail_msg("%s", e.message);
}

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries));)
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

/* What differs between the two databases, seen from the first. */
static void assert_same(struct test_database *a, struct test_database *b)
{
    struct database_state before = {0};
    struct text differences = {0};
    struct error e = {0};
    bool good = database_state_take(&a->connection, NULL, &before, &e) &&
                database_state_compare(&before, &b->connection, &differences, &e);
    database_state_release(&before);
    char said[2100];
    snprintf(said, sizeof said, "%s%s", e.message, text_string(&differences));
    text_release(&differences);
    assert_string_equal(said, "");
    assert_true(good);
}

static void test_round_trip(void **state)
{
    struct fixture *f = *state;
    for (int folder = 0; folder < 2; folder++) {
        struct error e = {0};
        take(f, folder);
        assert_int_equal(files_in(f->folder), folder ? 1 : 2);
        struct stat status;
        assert_int_equal(stat(f->path, &status), 0);
        assert_int_equal(status.st_mode & 077, 0);
        if (!backup_check(f->path, &f->options, &e))
            fail_msg("%s", e.message);
        if (!backup_restore(f->path, f->copy.url, &f->options, &e))
            fail_msg("%s", e.message);
        assert_same(&f->db, &f->copy);
        test_database_run(&f->copy, "DROP SCHEMA public, \"Odd one\" CASCADE; CREATE SCHEMA public;"
                                    "ALTER SCHEMA public OWNER TO pg_database_owner");
        connection_close(&f->copy.connection);
        test_database_drop(&f->copy);
        f->copy = (struct test_database){0};
        assert_int_equal(test_database_create(&f->copy, "pgr_test_backup_copy"), 0);
        backup_remove(f->path);
        assert_int_equal(files_in(f->folder), 0);
    }
}

static void test_nothing_written_over(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    take(f, false);
    assert_false(backup_take(f->db.url, f->path, &f->options, &e));
    assert_non_null(strstr(e.message, "there already"));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
}

static void damage(const char *path, long at)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    if (at < 0) {
        assert_int_equal(ftruncate(fileno(file), size - 1), 0);
    } else {
        fseek(file, at, SEEK_SET);
        int byte = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(byte ^ 0x10, file);
    }
    fclose(file);
}

/* A file of rows in the folder format, the largest. */
static char *file_of_rows(const char *folder)
{
    char *found = NULL;
    off_t largest = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries));) {
        char *path = memory_format("%s/%s", folder, entry->d_name);
        struct stat status;
        bool better =
            strstr(path, ".dat.gz") && stat(path, &status) == 0 && status.st_size > largest;
        if (better)
            largest = status.st_size;
        free(better ? found : path);
        found = better ? path : found;
    }
    closedir(entries);
    assert_non_null(found);
    return found;
}

static void assert_broken(struct fixture *f, const char *words)
{
    struct error e = {0};
    assert_false(backup_check(f->path, &f->options, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    if (!strstr(e.message, words))
        fail_msg("not \"%s\" but: %s", words, e.message);
    backup_remove(f->path);
}

/* With its digest every changed byte is found; without it, what pg_restore stumbles over. */
static void test_damage(void **state)
{
    struct fixture *f = *state;
    static const char no_digest[] = "cannot be read back";
    static const char digest[] = "is missing, new or changed";
    for (int with = 0; with < 2; with++) {
        char *beside = memory_format("%s.sha256", f->path);
        char *inside = memory_format("%s/SHA256SUMS", f->path);
        for (int how = 0; how < 4; how++) {
            take(f, how >= 2);
            char *file = how >= 2 ? file_of_rows(f->path) : memory_copy_of(f->path);
            struct stat status;
            stat(file, &status);
            if (!with)
                unlink(how >= 2 ? inside : beside);
            if (how == 3)
                unlink(file);
            else
                damage(file, how == 0 ? -1 : (long)status.st_size / 2);
            free(file);
            assert_broken(f, with ? digest : no_digest);
        }
        free(beside);
        free(inside);
    }
    take(f, false);
    damage(f->path, 30); /* in the head, which has no checksum of its own */
    assert_broken(f, digest);
}

static void test_failure_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    char *url = url_with_database(f->db.url, "no_such_database", &(struct error){0});
    for (int folder = 0; folder < 2; folder++) {
        struct error e = {0};
        f->options.folder = folder;
        assert_false(backup_take(url, f->path, &f->options, &e));
        assert_non_null(strstr(e.message, "no_such_database"));
        assert_int_equal(e.kind, ERROR_UNAVAILABLE);
        assert_int_equal(files_in(f->folder), 0);
    }
    free(url);
}

static void lock_a_table(struct fixture *f, const char *url)
{
    struct error e = {0};
    if (!connection_open(&f->locker, url, NULL, &e) ||
        !connection_run(&f->locker, "BEGIN; LOCK TABLE parent IN ACCESS EXCLUSIVE MODE", &e))
        fail_msg("%s", e.message);
}

static void stop_it(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)what;
    (void)done;
    (void)total;
    struct fixture *f = context;
    cancel_raise(&f->cancel);
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    lock_a_table(f, f->db.url); /* pg_dump waits for it */
    f->options.progress = stop_it;
    f->options.context = f;
    for (int folder = 0; folder < 2; folder++) {
        error_clear(&e);
        f->options.folder = folder;
        assert_false(backup_take(f->db.url, f->path, &f->options, &e));
        assert_int_equal(e.kind, ERROR_INTERRUPTED);
        assert_int_equal(files_in(f->folder), 0);
    }
}

/* Whoever takes it is killed: of a file nothing is left, and no pg_dump. */
static void test_killed(void **state)
{
    struct fixture *f = *state;
    char variable[] = "PGR_TEST_BACKUP=killed";
    lock_a_table(f, f->db.url);
    pid_t pid = fork();
    if (pid == 0) {
        struct error e = {0};
        f->options.mark = variable;
        backup_take(f->db.url, f->path, &f->options, &e);
        _exit(0);
    }
    char *waiting = NULL;
    const char *const values[] = {f->db.name};
    struct error e = {0};
    for (int i = 0; i < 1000 && (!waiting || *waiting == '0'); i++) {
        free(waiting);
        usleep(10000);
        waiting = connection_value(&f->db.connection,
                                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                                   "'Lock' AND application_name = 'pg_dump' AND datname = $1",
                                   1, values, &e);
    }
    kill(pid, SIGKILL);
    int status;
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_string_equal(waiting, "1");
    free(waiting);
    assert_int_equal(files_in(f->folder), 0);
    struct process_request request = {
        .command = "sleep 0.2; ! grep -lzxs PGR_TEST_BACKUP=killed /proc/[0-9]*/environ"};
    struct process_result result = {0};
    bool good = process_run(&request, &result, &e) && result.status == 0;
    process_result_release(&result);
    assert_true(good);
}

static const char secret[] = "p@ :/%'\"% w";

/* Looks at every command line on the machine while pg_dump waits for the lock, then lets it go. */
static void look_around(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)what;
    (void)done;
    (void)total;
    struct fixture *f = context;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        char *path = memory_format("/proc/%s/cmdline", entry->d_name);
        char bytes[8192] = "";
        FILE *file = fopen(path, "re");
        size_t got = file ? fread(bytes, 1, sizeof bytes - 1, file) : 0;
        if (file)
            fclose(file);
        free(path);
        for (size_t i = 0; i < got; i++)
            bytes[i] = bytes[i] ? bytes[i] : ' ';
        f->seen_program = f->seen_program || strstr(bytes, "pg_dump --format");
        f->seen_secret = f->seen_secret || strstr(bytes, "p@ :/") || strstr(bytes, "p%40");
    }
    if (processes)
        closedir(processes);
    if (f->locker.pg)
        connection_close(&f->locker);
}

static void start_with_password(struct fixture *f, char **url)
{
    struct error e = {0};
    char *bin = server_programs_find(NULL, 0, &e);
    bool good = bin && run_folder_create(&f->run, 100u << 20, &e) &&
                embedded_start(&f->server, bin, &f->run, true, NULL, &e);
    free(bin);
    struct connection c = {0};
    struct url u = {0};
    good = good && connection_open(&c, f->server.url, NULL, &e) &&
           connection_run(&c,
                          "CREATE ROLE \"us er\" SUPERUSER LOGIN PASSWORD 'p@ :/%''\"% w'"
                          "",
                          &e) &&
           connection_run(&c, "CREATE DATABASE source", &e) &&
           connection_run(&c, "CREATE DATABASE target", &e) &&
           url_parse(&u, f->server.port_url, &e);
    connection_close(&c);
    if (!good)
        fail_msg("%s", e.message);
    free(u.user);
    free(u.password);
    free(u.database);
    u.user = memory_copy_of("us er");
    u.password = memory_copy_of(secret);
    u.database = memory_copy_of("source");
    *url = url_format(&u, true);
    url_release(&u);
}

static void test_password(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    char *url;
    start_with_password(f, &url);
    struct connection c = {0};
    bool good = connection_open(&c, url, NULL, &e) && connection_run(&c, schema, &e) &&
                connection_run(&c, rows, &e);
    connection_close(&c);
    if (!good)
        fail_msg("%s", e.message);
    lock_a_table(f, url);
    f->options.progress = look_around;
    f->options.context = f;
    f->options.expected = 1;
    char *target = url_with_database(url, "target", &e);
    good = backup_take(url, f->path, &f->options, &e) && backup_check(f->path, &f->options, &e) &&
           backup_restore(f->path, target, &f->options, &e);
    if (!good)
        fail_msg("%s", e.message);
    assert_true(f->seen_program);
    assert_false(f->seen_secret);
    struct url wrong;
    assert_true(url_parse(&wrong, url, &e));
    wrong.password[0] = 'q';
    char *refused = url_format(&wrong, true);
    backup_remove(f->path);
    assert_false(backup_take(refused, f->path, &f->options, &e));
    assert_null(strstr(e.message, "q@ :/"));
    assert_int_equal(files_in(f->folder), 0);
    url_release(&wrong);
    free(refused);
    free(target);
    free(url);
}

static const char empty_again[] = "TRUNCATE parent, child, \"Odd one\".\"a, \"\"b'\", parts "
                                  "RESTART IDENTITY";

static void assert_rows_back(struct fixture *f, const char *url)
{
    struct error e = {0};
    struct database_state before = {0};
    struct text differences = {0};
    assert_true(database_state_take(&f->db.connection, NULL, &before, &e));
    test_database_run(&f->db, empty_again);
    bool good = backup_restore_rows(f->path, url, restored, RESTORED, &f->options, &e) &&
                database_state_compare(&before, &f->db.connection, &differences, &e);
    database_state_release(&before);
    char *said = memory_format("%s%s", e.message, text_string(&differences));
    text_release(&differences);
    assert_string_equal(said, "");
    assert_true(good);
    free(said);
    char *next = connection_value(&f->db.connection,
                                  "SELECT nextval('child_id_seq') || ' ' || "
                                  "nextval('\"Odd one\".\"a, \"\"b''_id_seq\"')",
                                  0, NULL, &e);
    assert_string_equal(next, "401 10");
    free(next);
}

static void test_rows(void **state)
{
    struct fixture *f = *state;
    for (int folder = 0; folder < 2; folder++) {
        take(f, folder);
        assert_rows_back(f, f->db.url);
        backup_remove(f->path);
        test_database_run(&f->db, "SELECT setval('child_id_seq', 400), "
                                  "setval('\"Odd one\".\"a, \"\"b''_id_seq\"', 9)");
    }
}

/* The owner of the tables, who is no superuser. */
static void test_rows_as_owner(void **state)
{
    struct fixture *f = *state;
    take(f, false);
    char *grant = memory_format(
        "DROP ROLE IF EXISTS pgr_test_backup_owner; CREATE ROLE pgr_test_backup_owner LOGIN;"
        "ALTER DATABASE %s OWNER TO pgr_test_backup_owner;"
        "ALTER SCHEMA \"Odd one\" OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parent OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE child OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE \"Odd one\".\"a, \"\"b'\" OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parts OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parts_1 OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parts_2 OWNER TO pgr_test_backup_owner",
        f->db.name);
    test_database_run(&f->db, grant);
    free(grant);
    struct url u;
    struct error e = {0};
    assert_true(url_parse(&u, f->db.url, &e));
    free(u.user);
    u.user = memory_copy_of("pgr_test_backup_owner");
    char *url = url_format(&u, true);
    url_release(&u);
    assert_rows_back(f, url);
    free(url);
    test_database_run(&f->db, "REASSIGN OWNED BY pgr_test_backup_owner TO postgres;"
                              "DROP ROLE pgr_test_backup_owner");
}

static void refuse(struct fixture *f, const char *change, const char *back, const char *words)
{
    struct error e = {0};
    struct database_state before = {0};
    struct text differences = {0};
    test_database_run(&f->db, change);
    assert_true(database_state_take(&f->db.connection, NULL, &before, &e));
    assert_false(backup_restore_rows(f->path, f->db.url, restored, RESTORED, &f->options, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    if (!strstr(e.message, words))
        fail_msg("not \"%s\" but: %s", words, e.message);
    error_clear(&e);
    assert_true(database_state_compare(&before, &f->db.connection, &differences, &e));
    assert_string_equal(text_string(&differences), "");
    text_release(&differences);
    database_state_release(&before);
    test_database_run(&f->db, back);
}

static void test_rows_refused(void **state)
{
    struct fixture *f = *state;
    take(f, false);
    test_database_run(&f->db, empty_again);
    refuse(f, "INSERT INTO parts VALUES (1, 1)", "DELETE FROM parts",
           "table public.parts_1 has rows already");
    refuse(f, "ALTER TABLE parts RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO parts",
           "there is no table public.parts");
    refuse(f, "CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (90) TO (99)",
           "DROP TABLE parts_3", "holds nothing of table public.parts_3");
    refuse(f,
           "ALTER TABLE parts ADD CONSTRAINT other FOREIGN KEY (id) REFERENCES"
           " \"Odd one\".\"a, \"\"b'\"",
           "ALTER TABLE parts DROP CONSTRAINT other", "violates foreign key constraint \"other\"");
    refuse(f, "ALTER SEQUENCE child_id_seq RENAME TO numbers",
           "ALTER SEQUENCE numbers RENAME TO child_id_seq",
           "holds nothing of sequence public.numbers");
    backup_remove(f->path);
    refuse(f, "SELECT 1", "SELECT 1", "No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failure_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_password, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_as_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
