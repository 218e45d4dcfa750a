#include "backup_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/process.h"
#include "ground/server_programs.h"
#include "schema/database_state.h"

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
    assert_non_null(strstr(e.message, "already exists"));
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
    for (int i = 0; i < 6000 && (!waiting || *waiting == '0'); i++) {
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
        .command =
            "while grep -lzxs PGR_TEST_BACKUP=killed /proc/[0-9]*/environ; do sleep 0.1; done",
        .time_limit = 60};
    struct process_result result = {0};
    bool good = process_run(&request, &result, &e) && result.ending == PROCESS_EXITED;
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
    bool good = connection_open(&c, url, NULL, &e) && connection_run(&c, backup_schema, &e) &&
                connection_run(&c, backup_rows, &e);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
