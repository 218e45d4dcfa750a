#include "run_folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "clock.h"
#include "memory.h"
#include "text.h"

const char run_id_variable[] = "PGREHEARSE_RUN";

static const char prefix[] = "pgrehearse-";
static const char lock_suffix[] = ".lock";
static const size_t longest_folder = 70; /* a socket's path must fit into 107 bytes */

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
    return chosen ? chosen : "/tmp";
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
    *fd = open(path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return false;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &opened) == 0 &&
        lstat(path, &there) == 0 && opened.st_ino == there.st_ino)
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

bool run_folder_create(struct run_folder *f, uint64_t bytes, struct error *e)
{
    *f = (struct run_folder){.lock = -1};
    if (!make_id(f->id))
        return error_set(e, ERROR_UNAVAILABLE, "no random numbers: %s", strerror(errno));
    bool in_memory = !chosen_folder() && fits_into_memory(bytes);
    f->path =
        memory_format("%s/%s%s", in_memory ? memory_folder : temporary_folder(), prefix, f->id);
    f->lock_path = memory_format("%s/%s%s%s", temporary_folder(), prefix, f->id, lock_suffix);
    if (!take_lock(f->lock_path, O_CREAT | O_EXCL, &f->lock))
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s; point TMPDIR to a writable folder",
                  f->lock_path, strerror(errno));
    else if (mkdir(f->path, 0711) != 0 || chmod(f->path, 0711) != 0)
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

void run_folder_remove(struct run_folder *f)
{
    if (f->path)
        run_folder_remove_tree(f->path);
    release(f);
}

void run_folder_keep(struct run_folder *f)
{
    release(f);
}

bool run_folder_is_alive(const char *id)
{
    char *path = memory_format("%s/%s%s%s", temporary_folder(), prefix, id, lock_suffix);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool alive = false;
    if (fd >= 0) {
        alive = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        close(fd);
    }
    free(path);
    return alive;
}

/* Whether the process carries the run's id in its environment. */
static bool belongs_to(pid_t pid, const char *id)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    struct text environment = {0};
    char *wanted = memory_format("%s=%s", run_id_variable, id);
    bool found = false;
    if (text_read_file(&environment, path, 4u << 20)) {
        const char *p = text_string(&environment), *end = p + environment.length;
        for (; p < end && !found; p += strlen(p) + 1)
            found = strcmp(p, wanted) == 0;
    }
    free(wanted);
    text_release(&environment);
    return found;
}

/* Sends `sig` to every process of the run; returns how many there are. */
static size_t signal_processes(const char *id, int sig)
{
    size_t count = 0;
    DIR *proc = opendir("/proc");
    if (!proc)
        return 0;
    for (struct dirent *entry; (entry = readdir(proc));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid != getpid() && belongs_to(pid, id)) {
            kill(pid, sig);
            count++;
        }
    }
    closedir(proc);
    return count;
}

/* SIGQUIT is the immediate shutdown of a PostgreSQL server (manual, 19.5), then nobody is asked. */
static void end_processes(const char *id)
{
    double deadline = clock_seconds() + 3.0;
    int sig = SIGQUIT;
    while (signal_processes(id, sig) > 0) {
        if (clock_seconds() > deadline)
            sig = SIGKILL;
        if (clock_seconds() > deadline + 3.0)
            return;
        usleep(20000);
    }
}

/* A server that was killed outright leaves a System V segment; its file of pids names it. */
static void remove_shared_memory(const char *folder)
{
    char *path = memory_format("%s/data/postmaster.pid", folder);
    FILE *file = fopen(path, "re");
    free(path);
    if (!file)
        return;
    char line[256];
    unsigned long key;
    int id;
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        struct shmid_ds status;
        if (number == 7 && sscanf(line, "%lu %d", &key, &id) == 2 &&
            shmctl(id, IPC_STAT, &status) == 0 && status.shm_nattch == 0)
            shmctl(id, IPC_RMID, NULL);
    }
    fclose(file);
}

/* `name` is that of a lock file; true if it was a dead run's, which is gone then. */
static bool sweep_one(const char *name)
{
    size_t length = strlen(name), fixed = strlen(prefix) + strlen(lock_suffix);
    if (length != fixed + RUN_ID_LENGTH || strncmp(name, prefix, strlen(prefix)) != 0 ||
        strcmp(name + length - strlen(lock_suffix), lock_suffix) != 0)
        return false;
    struct run_folder dead = {.lock = -1};
    snprintf(dead.id, sizeof dead.id, "%.*s", RUN_ID_LENGTH, name + strlen(prefix));
    dead.path = memory_format("%s/%s%s", memory_folder, prefix, dead.id);
    dead.lock_path = memory_format("%s/%s", temporary_folder(), name);
    struct stat status;
    bool ours = lstat(dead.lock_path, &status) == 0 && status.st_uid == geteuid();
    if (!ours || !take_lock(dead.lock_path, 0, &dead.lock)) {
        release(&dead);
        return false;
    }
    end_processes(dead.id);
    if (access(dead.path, F_OK) != 0) { /* it was not in memory, then */
        free(dead.path);
        dead.path = memory_format("%s/%s%s", temporary_folder(), prefix, dead.id);
    }
    remove_shared_memory(dead.path);
    run_folder_remove(&dead);
    return true;
}

size_t run_folder_sweep(void)
{
    size_t swept = 0;
    DIR *folder = opendir(temporary_folder());
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        swept += sweep_one(entry->d_name);
    closedir(folder);
    return swept;
}
