#include "ground/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/remove_tree.h"

static const char prefix[] = "pgrehearse-";
static const char suffix[] = ".lock";
enum { RECORD_LIMIT = 16384 }; /* bytes of a lock file */

static bool make_id(char *id)
{
    unsigned char bytes[RUN_ID_LENGTH / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* Judged on the open descriptor: what is at the path may be changed by others meanwhile. */
static bool is_lock_of_ours(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           status.st_nlink == 1;
}

/* Opens and locks; true only if the file is still the one at `path` once it is locked. */
static bool take(struct run_lock *l, int flags)
{
    struct stat opened, there;
    errno = 0;
    l->fd = open(l->path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (l->fd < 0)
        return false;
    if (is_lock_of_ours(l->fd) && flock(l->fd, LOCK_EX | LOCK_NB) == 0 &&
        fstat(l->fd, &opened) == 0 && lstat(l->path, &there) == 0 &&
        opened.st_ino == there.st_ino && opened.st_dev == there.st_dev)
        return true;
    int saved = errno ? errno : ENOENT; /* another file is at `path` now */
    close(l->fd);
    l->fd = -1;
    errno = saved;
    return false;
}

/*
 * Between making the lock's file and locking it, the sweep of another run may take it for that of a
 * dead one: then another id has better luck.
 */
bool run_lock_create(struct run_lock *l, const char *folder)
{
    *l = (struct run_lock){.fd = -1};
    for (int attempt = 0; attempt < 10; attempt++) {
        free(l->path);
        l->path = NULL;
        if (!make_id(l->id))
            return false;
        l->path = memory_format("%s/%s%s%s", folder, prefix, l->id, suffix);
        if (take(l, O_CREAT | O_EXCL))
            return true;
        if (errno != EWOULDBLOCK && errno != ENOENT && errno != EEXIST)
            break;
    }
    return false;
}

bool run_lock_take_dead(struct run_lock *l, const char *folder, const char *name)
{
    *l = (struct run_lock){.fd = -1};
    size_t length = strlen(name), fixed = strlen(prefix) + strlen(suffix);
    if (length != fixed + RUN_ID_LENGTH || strncmp(name, prefix, strlen(prefix)) != 0 ||
        strcmp(name + length - strlen(suffix), suffix) != 0)
        return false;
    snprintf(l->id, sizeof l->id, "%.*s", RUN_ID_LENGTH, name + strlen(prefix));
    l->path = memory_format("%s/%s", folder, name);
    if (take(l, 0))
        return true;
    run_lock_release(l, false);
    return false;
}

static bool write_line(struct run_lock *l, char *line)
{
    size_t length = strlen(line);
    bool good = lseek(l->fd, 0, SEEK_END) >= 0 && write(l->fd, line, length) == (ssize_t)length;
    free(line);
    return good;
}

/* No path that we make holds a line feed, unless TMPDIR does: then the folder is not recorded. */
bool run_lock_announce(struct run_lock *l, const char *path)
{
    return write_line(l, memory_format("%s\n", path));
}

bool run_lock_record(struct run_lock *l, const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 &&
           write_line(
               l, memory_format("\t%ju %ju\n", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino));
}

size_t run_lock_folders(const struct run_lock *l, struct locked_folder folders[RUN_LOCK_FOLDERS])
{
    char content[RECORD_LIMIT + 1];
    ssize_t length = pread(l->fd, content, RECORD_LIMIT, 0);
    size_t count = 0;
    content[length > 0 ? length : 0] = '\0';
    for (char *line = content, *next; *line; line = next) {
        next = line + strcspn(line, "\n");
        next += *next == '\n' ? (*next = '\0', 1) : 0;
        uintmax_t device, inode;
        struct locked_folder *last = count ? &folders[count - 1] : NULL;
        if (line[0] == '/' && count < RUN_LOCK_FOLDERS) {
            folders[count++] = (struct locked_folder){.path = memory_copy_of(line)};
        } else if (last && sscanf(line, "\t%ju %ju", &device, &inode) == 2) {
            last->known = true;
            last->device = (dev_t)device;
            last->inode = (ino_t)inode;
        }
    }
    return count;
}

/* Opens it if it is the very folder that was recorded, and ours; else -1. */
static int open_recorded(const struct locked_folder *f)
{
    struct stat status;
    int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ours = fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
                (!f->known || (status.st_dev == f->device && status.st_ino == f->inode));
    if (fd >= 0 && !ours) {
        close(fd);
        fd = -1;
        errno = ENOENT; /* what is there is another's */
    }
    return fd;
}

bool locked_folder_is_ours(const struct locked_folder *f)
{
    int fd = open_recorded(f);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

bool locked_folder_remove(const struct locked_folder *f)
{
    int fd = open_recorded(f);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
    bool good = !f->known || remove_contents(fd);
    int saved = errno;
    close(fd);
    errno = saved;
    return good && rmdir(f->path) == 0;
}

void run_lock_release(struct run_lock *l, bool remove)
{
    if (l->fd >= 0 && l->path) {
        if (remove)
            unlink(l->path);
        close(l->fd);
    }
    free(l->path);
    *l = (struct run_lock){.fd = -1};
}
