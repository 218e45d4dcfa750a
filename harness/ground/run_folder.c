#include "ground/run_folder.h"

#include <dirent.h>
#include <errno.h>
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

bool run_folder_create(struct run_folder *f, uint64_t bytes, struct error *e)
{
    *f = (struct run_folder){.lock = {.fd = -1}};
    const char *temporary = run_place_temporary(e);
    const char *place = temporary ? run_place_for(bytes, e) : NULL;
    if (place && !run_lock_create(&f->lock, temporary))
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be made: %s; point TMPDIR to a writable folder",
                  f->lock.path ? f->lock.path : "a random name", strerror(errno));
    memcpy(f->id, f->lock.id, sizeof f->id);
    if (e->kind == ERROR_NONE && make_folders(f, place, e))
        return true;
    run_folder_remove(f);
    return false;
}

static void forget(struct run_folder *f)
{
    free(f->path);
    free(f->sockets);
    *f = (struct run_folder){.lock = {.fd = -1}};
}

/* Processes first, then what the lock records; true if nothing is left. */
static bool remove_recorded(const struct run_lock *lock)
{
    struct locked_folder folders[RUN_LOCK_FOLDERS];
    size_t count = run_lock_folders(lock, folders);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        char *data = memory_format("%s/data", folders[i].path);
        run_processes_end(lock->id, folders[i].path);
        if (folders[i].known && locked_folder_is_ours(&folders[i]))
            run_processes_remove_memory(data);
        good = locked_folder_remove(&folders[i]) && good;
        free(data);
        free(folders[i].path);
    }
    return good;
}

void run_folder_remove(struct run_folder *f)
{
    if (f->lock.path && f->lock.fd >= 0)
        run_lock_release(&f->lock, remove_recorded(&f->lock));
    forget(f);
}

void run_folder_keep(struct run_folder *f)
{
    run_lock_release(&f->lock, true);
    forget(f);
}

static size_t sweep_place(const char *path)
{
    size_t swept = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct run_lock dead;
        if (!run_lock_take_dead(&dead, path, entry->d_name))
            continue;
        bool gone = remove_recorded(&dead);
        run_lock_release(&dead, gone);
        swept += gone;
    }
    closedir(folder);
    return swept;
}

size_t run_folder_sweep(void)
{
    static const char usual[] = "/tmp";
    struct error none = {0};
    const char *chosen = run_place_temporary(&none);
    /* runs without a TMPDIR of their own may have died, too */
    return sweep_place(usual) + (chosen && strcmp(chosen, usual) != 0 ? sweep_place(chosen) : 0);
}
