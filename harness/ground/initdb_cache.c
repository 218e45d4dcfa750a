#include "ground/initdb_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/remove_tree.h"
#include "base/text.h"
#include "ground/cache_room.h"
#include "ground/embedded.h"

/* Raised whenever what initdb is asked for changes. */
static const int layout = 2;

enum { MOST_KEPT = 8 }; /* clusters, of some 40 MB each, one for each installed server */

static const char prefix[] = "initdb-";

static const double lock_limit = 60.0; /* seconds for the initdb of another run */

char *initdb_cache_folder(const struct account *a)
{
    struct error ignored = {0};
    if (a->switches) {
        char *folder = memory_format("/var/cache/pgrehearse-%u", (unsigned)a->uid);
        if (account_make_folder(a, folder, &ignored) && chmod(folder, 0710) == 0)
            return folder;
        free(folder);
        return NULL;
    }
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (!(base && base[0] == '/') && !(home && home[0] == '/'))
        return NULL;
    char *parent = base && base[0] == '/' ? memory_copy_of(base) : memory_format("%s/.cache", home);
    char *folder = memory_format("%s/pgrehearse", parent);
    mkdir(parent, 0700);
    bool good = account_make_folder(a, folder, &ignored);
    free(parent);
    if (good)
        return folder;
    free(folder);
    return NULL;
}

static bool run_initdb(const struct account *a, const char *bin, const struct run_folder *folder,
                       const char *data, const struct cancel *cancel, struct error *e)
{
    char *program = memory_format("%s/initdb", bin);
    char *log = memory_format("%s/initdb.log", folder->path);
    char *variable = memory_format("%s=%s", run_id_variable, folder->id);
    char *host = memory_copy_of("--auth-host=scram-sha-256");
    const char *const argv[] = {program,
                                "-D",
                                data,
                                "-U",
                                EMBEDDED_SUPERUSER,
                                "--auth-local=trust",
                                host,
                                "--no-sync",
                                "--no-instructions",
                                "--encoding=UTF8",
                                "--locale=C.UTF-8",
                                NULL};
    struct account maker;
    bool good = false;
    if (access(program, X_OK) != 0)
        error_set(e, ERROR_UNAVAILABLE, "%s: %s; install the package postgresql", program,
                  strerror(errno));
    else
        good = account_find_named(&maker, a, e) && account_make_folder(&maker, data, e) &&
               account_run(&maker, argv, variable, log, cancel, e) && account_take_over(a, data, e);
    free(program);
    free(log);
    free(variable);
    free(host);
    return good;
}

static void remove_half_made(const char *path)
{
    run_processes_remove_memory(path);
    remove_tree(path);
}

/* A cluster that a living run is making is locked: by the cache's lock, or by itself. */
static void sweep_one(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_half_made(path);
    if (fd >= 0)
        close(fd);
}

/* Half-made clusters of runs that died in the middle of it. */
static void sweep(const char *cache)
{
    DIR *folder = opendir(cache);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strstr(entry->d_name, INITDB_CACHE_MAKING))
            continue;
        char *path = memory_format("%s/%s", cache, entry->d_name);
        sweep_one(path);
        free(path);
    }
    closedir(folder);
}

/*
 * Waits until nobody else fills the cache; the file descriptor holds the lock until it is closed
 * (flock(2)), however the run ends. -1 when interrupted, with the error set, or when the cache
 * cannot be used.
 */
static int lock_cache(const char *cache, const struct cancel *cancel, struct error *e)
{
    char *path = memory_format("%s/lock", cache);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    double deadline = clock_seconds() + lock_limit;
    bool good = fd >= 0;
    while (good && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        struct pollfd p = {.fd = cancel ? cancel->fd : -1, .events = POLLIN};
        if (errno != EWOULDBLOCK || clock_seconds() > deadline)
            good = false;
        else if (poll(&p, 1, 10) > 0)
            good = error_set(e, ERROR_INTERRUPTED, "interrupted");
    }
    free(path);
    if (good)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Fills the cache at `cached` unless it is there; to be called with the lock. */
static bool make_cached(const struct account *a, const char *bin, const struct run_folder *folder,
                        const char *cache, const char *cached, const struct cancel *cancel,
                        struct error *e)
{
    bool good = true;
    if (access(cached, F_OK) == 0) {
        utime(cached, NULL); /* its last use */
    } else {
        cache_make_room(cache, prefix, MOST_KEPT);
        char *making = memory_format("%s" INITDB_CACHE_MAKING "%s", cached, folder->id);
        good = run_initdb(a, bin, folder, making, cancel, e);
        if (good && rename(making, cached) != 0)
            good =
                error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s", cached, strerror(errno));
        if (!good)
            remove_half_made(making);
        free(making);
    }
    return good;
}

char *initdb_cache_version(const char *bin)
{
    char *program = memory_format("%s/postgres", bin);
    struct stat status = {0};
    stat(program, &status);
    /* a minor update replaces the program, and with it its date */
    char *version =
        memory_format("%llx-%lld", (unsigned long long)status.st_ino, (long long)status.st_mtime);
    free(program);
    return version;
}

bool initdb_cache_copy(const struct account *a, const char *bin, const struct run_folder *folder,
                       const char *data, const struct cancel *cancel, struct error *e)
{
    char *cache = initdb_cache_folder(a);
    int lock = cache ? lock_cache(cache, cancel, e) : -1;
    if (lock < 0) {
        free(cache);
        return e->kind == ERROR_NONE && run_initdb(a, bin, folder, data, cancel, e);
    }
    sweep(cache); /* whoever made them held the lock, and is dead */
    char *version = initdb_cache_version(bin);
    char *cached = memory_format("%s/%s%d-%s", cache, prefix, layout, version);
    char *log = memory_format("%s/initdb.log", folder->path);
    char *variable = memory_format("%s=%s", run_id_variable, folder->id);
    char *from = memory_format("%s/.", cached);
    const char *const argv[] = {"/bin/cp", "-a", from, data, NULL};
    bool good = make_cached(a, bin, folder, cache, cached, cancel, e);
    close(lock);
    good =
        good && account_make_folder(a, data, e) && account_run(a, argv, variable, log, cancel, e);
    free(from);
    free(variable);
    free(log);
    free(cached);
    free(version);
    free(cache);
    return good;
}
