#include "ground/run_place.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static const char default_folder[] = "/tmp";
static const char memory_folder[] = "/dev/shm";
static const uint64_t memory_factor = 4;      /* so many times of what is needed must be free */
static const size_t longest_for_sockets = 60; /* bytes; the rest is for folders and the file */

static const char *chosen(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] ? folder : NULL;
}

const char *run_place_temporary(struct error *e)
{
    const char *folder = chosen();
    struct stat status;
    if (!folder)
        return default_folder;
    if (folder[0] != '/')
        error_set(e, ERROR_UNAVAILABLE, "TMPDIR is %s: it has to be an absolute path", folder);
    else if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        error_set(e, ERROR_UNAVAILABLE, "TMPDIR is %s: there is no such folder", folder);
    else if (access(folder, W_OK | X_OK) != 0)
        error_set(e, ERROR_UNAVAILABLE, "TMPDIR is %s: it is not writable", folder);
    return e->kind == ERROR_NONE ? folder : NULL;
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

const char *run_place_for(uint64_t bytes, struct error *e)
{
    const char *temporary = run_place_temporary(e);
    return temporary && !chosen() && fits_into_memory(bytes) ? memory_folder : temporary;
}

bool run_place_takes_sockets(const char *path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
    return strlen(path) <= longest_for_sockets && path[strspn(path, plain)] == '\0';
}
