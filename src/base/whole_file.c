#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* Opens a name beside `path` that nobody else uses; the mode follows the umask, as for any file. */
static int open_beside(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        /* the file's own name is left out: with it, a long one would be too long */
        *name =
            memory_format("%.*s.pgrehearse-%ld-%u.tmp", (int)folder, path, (long)getpid(), attempt);
        int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        free(*name);
        *name = NULL;
    }
    return -1;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A rename would put a file in the place of /dev/null, for everybody. */
static bool is_to_be_kept(const char *path)
{
    struct stat status;
    return strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0 ||
           strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/", 6) == 0 ||
           (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

static bool write_into(const char *path, const char *bytes, size_t length, struct error *e)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    /* only opening must not wait: a pipe without a reader is an error */
    bool good = fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) == 0 && write_all(fd, bytes, length);
    int reason = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        reason = errno;
    }
    return good || error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(reason));
}

bool whole_file_write(const char *path, const void *bytes, size_t length, struct error *e)
{
    if (is_to_be_kept(path))
        return write_into(path, bytes, length, e);
    char *name = NULL;
    int fd = open_beside(path, &name);
    bool good = fd >= 0 && write_all(fd, bytes, length);
    int reason = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false; /* a full network disk says so only now */
        reason = errno;
    }
    if (good && rename(name, path) != 0) {
        good = false;
        reason = errno;
    }
    if (!good) {
        if (fd >= 0)
            unlink(name);
        error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(reason));
    }
    free(name);
    return good;
}
