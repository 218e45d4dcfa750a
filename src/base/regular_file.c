#include "base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No errno of open(2) or read(2) has this meaning, and none of them has this number. */
enum { NOT_REGULAR = EBADFD };

FILE *regular_file_open(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    int number = fstat(fd, &status) != 0   ? errno
                 : S_ISDIR(status.st_mode) ? EISDIR
                 : S_ISREG(status.st_mode) ? 0
                                           : NOT_REGULAR;
    FILE *file = number ? NULL : fdopen(fd, "r");
    if (!file) {
        number = number ? number : errno;
        close(fd);
        errno = number;
    }
    return file;
}

const char *file_reason(int number)
{
    return number == NOT_REGULAR ? "not a regular file" : strerror(number);
}

enum error_kind file_error_kind(int number)
{
    static const int machine[] = {EMFILE, ENFILE, ENOMEM, EIO,    EINTR,    EAGAIN,
                                  ENOSPC, EDQUOT, EROFS,  ESTALE, ETIMEDOUT};
    for (size_t i = 0; i < sizeof machine / sizeof *machine; i++)
        if (number == machine[i])
            return ERROR_UNAVAILABLE;
    return ERROR_USAGE;
}
