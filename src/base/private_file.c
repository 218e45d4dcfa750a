#include "base/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

FILE *private_file_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file && fd >= 0) {
        int saved = errno;
        close(fd);
        errno = saved;
    }
    return file;
}
