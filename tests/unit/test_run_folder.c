/*
 * The run's folder is removed, and nothing else: a sweep is led to other places in every way that a
 * user of a shared folder has. Root's view needs root; other accounts stand in as what root may
 * act.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/remove_tree.h"
#include "ground/run_folder.h"

static const uid_t stranger = 65534;

struct place {
    char *shared; /* the TMPDIR of the test */
    char *victim; /* a folder outside with a file in it */
    struct run_folder run;
};

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static char *below(const char *folder, const char *name)
{
    return memory_format("%s/%s", folder, name);
}

static bool is_there(const char *folder, const char *name)
{
    char *path = below(folder, name);
    struct stat status;
    bool there = lstat(path, &status) == 0;
    free(path);
    return there;
}

static int set_up(void **state)
{
    struct place *p = memory_zeroed(1, sizeof *p);
    char shared[] = "/tmp/run-folder-XXXXXX", victim[] = "/tmp/victim-XXXXXX";
    *state = p;
    if (!mkdtemp(shared) || !mkdtemp(victim))
        return -1;
    p->shared = memory_copy_of(shared);
    p->victim = memory_copy_of(victim);
    char *file = below(victim, "precious");
    write_file(file, "rows");
    free(file);
    setenv("TMPDIR", shared, 1);
    struct error e = {0};
    return run_folder_create(&p->run, 1 << 20, &e) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    run_folder_remove(&p->run, &(struct error){0});
    unsetenv("TMPDIR");
    bool good = remove_tree(p->shared) && remove_tree(p->victim);
    free(p->shared);
    free(p->victim);
    free(p);
    return good ? 0 : -1;
}

/* As if the process had been killed: the lock is free, its file and the folder stay. */
static char *die(struct place *p)
{
    char *folder = memory_copy_of(p->run.path);
    close(p->run.lock.fd);
    free(p->run.lock.path);
    free(p->run.path);
    free(p->run.sockets);
    p->run = (struct run_folder){.lock = {.fd = -1}};
    return folder;
}

static void assert_victim_is_whole(const struct place *p)
{
    assert_true(is_there(p->victim, "precious"));
}

/* Not the sweep's own number: it counts what other runs on this machine have left in /tmp, too. */
static size_t entries(const char *path)
{
    DIR *folder = opendir(path);
    size_t number = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        number += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return number;
}

static void test_only_we_can_enter(void **state)
{
    struct place *p = *state;
    struct stat status;
    assert_int_equal(stat(p->run.path, &status), 0);
    assert_int_equal(status.st_mode & 0007, 0);
    assert_int_equal(status.st_mode & 0700, 0700);
    assert_int_equal(status.st_uid, geteuid());
    assert_int_equal(stat(p->run.lock.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_a_live_run_is_left_alone(void **state)
{
    struct place *p = *state;
    run_folder_sweep(&(struct error){0});
    assert_int_equal(access(p->run.path, F_OK), 0);
}

static void test_a_dead_run_is_swept(void **state)
{
    struct place *p = *state;
    char *folder = die(p), *data = below(folder, "data"), *file = below(data, "rows");
    assert_int_equal(mkdir(data, 0700), 0);
    write_file(file, "x");
    assert_true(run_folder_sweep(&(struct error){0}) >= 1);
    assert_int_equal(entries(p->shared), 0);
    free(folder);
    free(data);
    free(file);
}

static void test_a_link_inside_is_not_followed(void **state)
{
    struct place *p = *state;
    char *folder = die(p), *link = below(folder, "data");
    assert_int_equal(symlink(p->victim, link), 0);
    assert_true(run_folder_sweep(&(struct error){0}) >= 1);
    assert_int_equal(entries(p->shared), 0);
    assert_victim_is_whole(p);
    free(folder);
    free(link);
}

static void test_a_link_in_its_place_is_left(void **state)
{
    struct place *p = *state;
    char *folder = die(p);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(symlink(p->victim, folder), 0);
    run_folder_sweep(&(struct error){0});
    assert_victim_is_whole(p);
    struct stat status;
    assert_int_equal(lstat(folder, &status), 0);
    unlink(folder);
    free(folder);
}

/* The same user, too: another folder than the one that was made is not the run's. */
static void test_another_folder_in_its_place_is_left(void **state)
{
    struct place *p = *state;
    char *folder = die(p), *moved = below(p->shared, "moved"), *file = below(folder, "file");
    assert_int_equal(rename(folder, moved), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    write_file(file, "not the run's");
    run_folder_sweep(&(struct error){0});
    assert_int_equal(access(file, F_OK), 0);
    free(folder);
    free(moved);
    free(file);
}

static void test_a_stranger_s_lock_is_none(void **state)
{
    struct place *p = *state;
    char *lock = below(p->shared, "pgrehearse-0123456789ab.lock");
    char *record = memory_format("%s\n", p->victim);
    write_file(lock, record);
    if (geteuid() == 0) {
        assert_int_equal(chown(lock, stranger, (gid_t)-1), 0);
        run_folder_sweep(&(struct error){0});
        assert_int_equal(access(lock, F_OK), 0);
    }
    assert_victim_is_whole(p);
    free(lock);
    free(record);
}

/* A second name for a file of ours would let its content be read as a record. */
static void test_a_linked_lock_is_none(void **state)
{
    struct place *p = *state;
    char *lock = below(p->shared, "pgrehearse-0123456789ab.lock"), *own = below(p->victim, "own");
    char *record = memory_format("%s\n", p->victim);
    write_file(own, record);
    assert_int_equal(link(own, lock), 0);
    run_folder_sweep(&(struct error){0});
    assert_int_equal(access(lock, F_OK), 0);
    assert_victim_is_whole(p);
    free(lock);
    free(own);
    free(record);
}

/* What was announced and never made known is removed only while it is empty. */
static void test_an_announced_folder_with_files_is_left(void **state)
{
    struct place *p = *state;
    char *lock = below(p->shared, "pgrehearse-0123456789ab.lock");
    char *record = memory_format("%s\n", p->victim);
    write_file(lock, record);
    run_folder_sweep(&(struct error){0});
    assert_victim_is_whole(p);
    free(lock);
    free(record);
}

static void test_a_fifo_does_not_hang(void **state)
{
    struct place *p = *state;
    char *lock = below(p->shared, "pgrehearse-0123456789ab.lock");
    assert_int_equal(mkfifo(lock, 0600), 0);
    run_folder_sweep(&(struct error){0});
    assert_int_equal(access(lock, F_OK), 0);
    free(lock);
}

/* A postmaster.pid that names a segment of somebody else. */
static void test_a_foreign_segment_stays(void **state)
{
    struct place *p = *state;
    if (geteuid() != 0)
        return; /* only root could remove it */
    int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    assert_true(id >= 0);
    char *data = below(p->run.path, "data"), *file = below(data, "postmaster.pid");
    char *content = memory_format("1\n%s\n1\n5432\n/tmp\n*\n  1234567 %d\n", data, id);
    assert_int_equal(mkdir(data, 0700), 0);
    write_file(file, content);
    assert_int_equal(chown(file, stranger, (gid_t)-1), 0);
    run_folder_remove(&p->run, &(struct error){0});
    struct shmid_ds status;
    assert_int_equal(shmctl(id, IPC_STAT, &status), 0);
    shmctl(id, IPC_RMID, NULL);
    free(content);
    free(data);
    free(file);
}

static void assert_place_refused(const char *folder, const char *message)
{
    struct run_folder f;
    struct error e = {0};
    setenv("TMPDIR", folder, 1);
    assert_false(run_folder_create(&f, 1 << 20, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, message));
}

static void test_a_bad_place_is_refused(void **state)
{
    struct place *p = *state;
    char *file = below(p->victim, "precious");
    assert_place_refused("relative/folder", "has to be an absolute path");
    assert_place_refused("/nonexistent/folder", "there is no such folder");
    assert_place_refused(file, "there is no such folder");
    setenv("TMPDIR", p->shared, 1);
    free(file);
}

static void test_sockets_have_a_short_place(void **state)
{
    struct place *p = *state;
    struct run_folder f;
    struct error e = {0};
    char *longer = memory_format("%s/%0*d it's \"far\"", p->shared, 150, 0);
    assert_string_equal(p->run.path, p->run.sockets);
    assert_int_equal(mkdir(longer, 0700), 0);
    setenv("TMPDIR", longer, 1);
    assert_true(run_folder_create(&f, 1 << 20, &e));
    assert_int_equal(strncmp(f.path, longer, strlen(longer)), 0);
    assert_true(strlen(f.sockets) <= 60);
    char *sockets = memory_copy_of(f.sockets);
    assert_int_equal(access(sockets, F_OK), 0);
    run_folder_remove(&f, &(struct error){0});
    assert_int_not_equal(access(sockets, F_OK), 0);
    assert_int_equal(entries(longer), 0);
    setenv("TMPDIR", p->shared, 1);
    free(sockets);
    free(longer);
}

/* A folder with so many levels below it; as many descriptors as are open already. */
static void dig(const char *folder, int levels)
{
    char *path = memory_copy_of(folder);
    for (int i = 0; i < levels; i++) {
        char *deeper = below(path, "d");
        assert_int_equal(mkdir(deeper, 0700), 0);
        free(path);
        path = deeper;
    }
    free(path);
}

static struct rlimit allow_no_more_files(void)
{
    struct rlimit usual, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    int next = dup(0);
    close(next);
    none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = usual.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    return usual;
}

static void test_removal_has_descriptors_in_reserve(void **state)
{
    struct place *p = *state;
    struct error e = {0};
    dig(p->run.path, 4); /* as deep as a cluster */
    struct rlimit usual = allow_no_more_files();
    bool gone = run_folder_remove(&p->run, &e);
    setrlimit(RLIMIT_NOFILE, &usual);
    assert_true(gone);
    assert_int_equal(e.kind, ERROR_NONE);
    assert_int_equal(entries(p->shared), 0);
}

static void test_what_stays_is_said_and_swept(void **state)
{
    struct place *p = *state;
    struct error e = {0}, none = {0};
    char *path = memory_copy_of(p->run.path);
    dig(path, 30);
    struct rlimit usual = allow_no_more_files();
    bool gone = run_folder_remove(&p->run, &e);
    setrlimit(RLIMIT_NOFILE, &usual);
    assert_false(gone);
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, path));
    assert_non_null(strstr(e.message, "cannot be removed: Too many open files"));
    assert_int_equal(entries(p->shared), 2); /* the folder and its lock */
    assert_true(run_folder_sweep(&none) >= 1);
    assert_int_equal(none.kind, ERROR_NONE);
    assert_int_equal(entries(p->shared), 0);
    free(path);
}

static void test_a_run_without_descriptors_makes_nothing(void **state)
{
    struct place *p = *state;
    struct run_folder f;
    struct error e = {0};
    run_folder_remove(&p->run, &e);
    struct rlimit usual = allow_no_more_files();
    bool made = run_folder_create(&f, 1 << 20, &e);
    setrlimit(RLIMIT_NOFILE, &usual);
    assert_false(made);
    assert_non_null(strstr(e.message, "too few open files for a run"));
    assert_int_equal(entries(p->shared), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(only_we_can_enter),
        TEST(a_live_run_is_left_alone),
        TEST(a_dead_run_is_swept),
        TEST(a_link_inside_is_not_followed),
        TEST(a_link_in_its_place_is_left),
        TEST(another_folder_in_its_place_is_left),
        TEST(a_stranger_s_lock_is_none),
        TEST(a_linked_lock_is_none),
        TEST(an_announced_folder_with_files_is_left),
        TEST(a_fifo_does_not_hang),
        TEST(a_foreign_segment_stays),
        TEST(a_bad_place_is_refused),
        TEST(removal_has_descriptors_in_reserve),
        TEST(what_stays_is_said_and_swept),
        TEST(a_run_without_descriptors_makes_nothing),
        TEST(sockets_have_a_short_place),
    };
    return cmocka_run_group_tests_name("run_folder", tests, NULL, NULL) ? 1 : 0;
}
