#include "base/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

void standard_streams_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        while (fcntl(fd, F_GETFD) < 0 &&
               open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) >= 0)
            ;
}
