#include "ground/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "ground/account.h"
#include "ground/run_place.h"

static const char socket_place[] = "/tmp";

/* Makes a folder that only we, and the server's account, can enter. */
static bool make_folder(struct run_folder *f, const char *path, struct error *e)
{
    struct account server;
    struct error none = {0}; /* without an account there will be no embedded server */
    bool shared = account_find(&server, &none) && server.switches;
    if (!run_lock_announce(&f->lock, path) || mkdir(path, 0700) != 0 ||
        !run_lock_record(&f->lock, path) ||
        (shared && (chown(path, (uid_t)-1, server.gid) != 0 || chmod(path, 0710) != 0)))
        return error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s", path, strerror(errno));
    return true;
}

static bool make_folders(struct run_folder *f, const char *place, struct error *e)
{
    f->path = memory_format("%s/pgrehearse-%s", place, f->id);
    if (!make_folder(f, f->path, e))
        return false;
    if (run_place_takes_sockets(f->path)) {
        f->sockets = memory_copy_of(f->path);
        return true;
    }
    f->sockets = memory_format("%s/pgrehearse-%s.s", socket_place, f->id);
    return make_folder(f, f->sockets, e);
}

static bool reserve(struct run_folder *f, struct error *e)
{
    for (size_t i = 0; i < RUN_FOLDER_RESERVE; i++)
        f->reserve[i] = -1;
    for (size_t i = 0; i < RUN_FOLDER_RESERVE && e->kind == ERROR_NONE; i++)
        if ((f->reserve[i] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
            error_set(e, ERROR_UNAVAILABLE,
                      "there are too few open files for a run: %s; raise ulimit -n",
                      strerror(errno));
    return e->kind == ERROR_NONE;
}

static void use_reserve(struct run_folder *f)
{
    for (size_t i = 0; i < RUN_FOLDER_RESERVE; i++)
        if (f->reserve[i] > 0) /* a zeroed one has none */
            close(f->reserve[i]);
    memset(f->reserve, 0, sizeof f->reserve);
}

bool run_folder_create(struct run_folder *f, uint64_t bytes, struct error *e)
{
    *f = (struct run_folder){.lock = {.fd = -1}};
    const char *temporary = reserve(f, e) ? run_place_temporary(e) : NULL;
    const char *place = temporary ? run_place_for(bytes, e) : NULL;
    if (place && !run_lock_create(&f->lock, temporary))
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s; point TMPDIR to a writable folder",
                  f->lock.path ? f->lock.path : "a random name", strerror(errno));
    memcpy(f->id, f->lock.id, sizeof f->id);
    if (e->kind == ERROR_NONE && make_folders(f, place, e))
        return true;
    run_folder_remove(f, e);
    return false;
}

static void forget(struct run_folder *f)
{
    free(f->path);
    free(f->sockets);
    *f = (struct run_folder){.lock = {.fd = -1}};
}

/* Processes first, then what the lock records; true if nothing is left. */
static bool remove_recorded(const struct run_lock *lock, struct error *e)
{
    struct locked_folder folders[RUN_LOCK_FOLDERS];
    size_t count = run_lock_folders(lock, folders);
    struct error left = {0};
    for (size_t i = 0; i < count; i++) {
        char *data = memory_format("%s/data", folders[i].path);
        run_processes_end(lock->id, folders[i].path);
        if (folders[i].known && locked_folder_is_ours(&folders[i]))
            run_processes_remove_memory(data);
        if (!locked_folder_remove(&folders[i]))
            error_set(&left, ERROR_UNAVAILABLE,
                      "%s cannot be removed: %s; the next run tries again", folders[i].path,
                      strerror(errno));
        free(data);
        free(folders[i].path);
    }
    error_take(e, &left);
    return left.kind == ERROR_NONE;
}

bool run_folder_remove(struct run_folder *f, struct error *e)
{
    bool gone = true;
    use_reserve(f);
    if (f->lock.path && f->lock.fd >= 0) {
        gone = remove_recorded(&f->lock, e);
        run_lock_release(&f->lock, gone);
    }
    forget(f);
    return gone;
}

void run_folder_keep(struct run_folder *f)
{
    use_reserve(f);
    run_lock_release(&f->lock, true);
    forget(f);
}

static size_t sweep_place(const char *path, struct error *e)
{
    size_t swept = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct run_lock dead;
        if (!run_lock_take_dead(&dead, path, entry->d_name))
            continue;
        bool gone = remove_recorded(&dead, e);
        run_lock_release(&dead, gone);
        swept += gone;
    }
    closedir(folder);
    return swept;
}

size_t run_folder_sweep(struct error *e)
{
    static const char usual[] = "/tmp";
    struct error none = {0};
    const char *chosen = run_place_temporary(&none);
    /* runs without a TMPDIR of their own may have died, too */
    return sweep_place(usual, e) +
           (chosen && strcmp(chosen, usual) != 0 ? sweep_place(chosen, e) : 0);
}
