#include "ground/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/memory.h"
#include "ground/run_processes.h"

static const char prefix[] = "pgrehearse-";
static const char lock_suffix[] = ".lock";
static const size_t longest_folder = 70; /* a socket's path must fit into 107 bytes */

static const char default_folder[] = "/tmp";
static const char memory_folder[] = "/dev/shm";
static const uint64_t memory_factor = 4; /* so many times of what is needed must be free */

/* $TMPDIR, if it can be used; else NULL. */
static const char *chosen_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] == '/' && strlen(folder) <= longest_folder ? folder : NULL;
}

/* Where the locks are. */
static const char *temporary_folder(void)
{
    const char *chosen = chosen_folder();
    return chosen ? chosen : default_folder;
}

static bool fits_into_memory(uint64_t bytes)
{
    struct statfs files;
    struct sysinfo machine;
    uint64_t wanted = bytes * memory_factor;
    return statfs(memory_folder, &files) == 0 && files.f_type == TMPFS_MAGIC &&
           access(memory_folder, W_OK) == 0 && sysinfo(&machine) == 0 &&
           (uint64_t)files.f_bavail * (uint64_t)files.f_bsize >= wanted &&
           (uint64_t)machine.freeram * machine.mem_unit >= wanted;
}

static bool make_id(char *id)
{
    unsigned char bytes[RUN_ID_LENGTH / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* Opens and locks; true only if the file is still the one at `path` once it is locked. */
static bool take_lock(const char *path, int flags, int *fd)
{
    struct stat opened, there;
    errno = 0;
    *fd = open(path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return false;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &opened) == 0 &&
        lstat(path, &there) == 0 && opened.st_ino == there.st_ino)
        return true;
    int saved = errno ? errno : ENOENT; /* another file is at `path` now */
    close(*fd);
    *fd = -1;
    errno = saved;
    return false;
}

/*
 * Gives `f` an id and its lock. Between making the lock's file and locking it, the sweep of
 * another run may take it for that of a dead one: then another id has better luck.
 */
static bool take_new_lock(struct run_folder *f)
{
    for (int attempt = 0; attempt < 10; attempt++) {
        free(f->lock_path);
        f->lock_path = NULL;
        if (!make_id(f->id))
            return false;
        f->lock_path = memory_format("%s/%s%s%s", temporary_folder(), prefix, f->id, lock_suffix);
        if (take_lock(f->lock_path, O_CREAT | O_EXCL, &f->lock))
            return true;
        if (errno != EWOULDBLOCK && errno != ENOENT)
            break;
    }
    return false;
}

bool run_folder_create(struct run_folder *f, uint64_t bytes, struct error *e)
{
    *f = (struct run_folder){.lock = -1};
    bool in_memory = !chosen_folder() && fits_into_memory(bytes);
    if (!take_new_lock(f))
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s; point TMPDIR to a writable folder",
                  f->lock_path ? f->lock_path : "a random name", strerror(errno));
    f->path =
        memory_format("%s/%s%s", in_memory ? memory_folder : temporary_folder(), prefix, f->id);
    if (e->kind == ERROR_NONE && (mkdir(f->path, 0711) != 0 || chmod(f->path, 0711) != 0))
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s", f->path, strerror(errno));
    if (e->kind == ERROR_NONE)
        return true;
    run_folder_remove(f);
    return false;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    remove(path); /* what cannot go makes its folder stay, and the next sweep tries again */
    return 0;
}

void run_folder_remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void release(struct run_folder *f)
{
    if (f->lock >= 0) {
        unlink(f->lock_path);
        close(f->lock);
    }
    free(f->path);
    free(f->lock_path);
    *f = (struct run_folder){.lock = -1};
}

static void remove_cluster(const char *folder)
{
    char *data = memory_format("%s/data", folder);
    run_processes_remove_memory(data);
    free(data);
    run_folder_remove_tree(folder);
}

void run_folder_remove(struct run_folder *f)
{
    if (f->path) {
        run_processes_end(f->id, f->path); /* what the migrator left, a server without its head */
        remove_cluster(f->path);
    }
    release(f);
}

void run_folder_keep(struct run_folder *f)
{
    release(f);
}

/* `name` is that of a lock file; true if it was a dead run's, which is gone then. */
static bool sweep_one(const char *folder, const char *name)
{
    size_t length = strlen(name), fixed = strlen(prefix) + strlen(lock_suffix);
    if (length != fixed + RUN_ID_LENGTH || strncmp(name, prefix, strlen(prefix)) != 0 ||
        strcmp(name + length - strlen(lock_suffix), lock_suffix) != 0)
        return false;
    struct run_folder dead = {.lock = -1};
    snprintf(dead.id, sizeof dead.id, "%.*s", RUN_ID_LENGTH, name + strlen(prefix));
    dead.path = memory_format("%s/%s%s", memory_folder, prefix, dead.id);
    dead.lock_path = memory_format("%s/%s", folder, name);
    struct stat status;
    bool ours = lstat(dead.lock_path, &status) == 0 && status.st_uid == geteuid();
    if (!ours || !take_lock(dead.lock_path, 0, &dead.lock)) {
        release(&dead);
        return false;
    }
    if (access(dead.path, F_OK) != 0) { /* it was not in memory, then */
        free(dead.path);
        dead.path = memory_format("%s/%s%s", folder, prefix, dead.id);
    }
    run_folder_remove(&dead);
    return true;
}

static size_t sweep_folder(const char *path)
{
    size_t swept = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        swept += sweep_one(path, entry->d_name);
    closedir(folder);
    return swept;
}

size_t run_folder_sweep(void)
{
    const char *chosen = chosen_folder();
    /* runs without a TMPDIR of their own may have died, too */
    return sweep_folder(default_folder) + (chosen ? sweep_folder(chosen) : 0);
}
