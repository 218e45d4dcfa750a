#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool cancel_init(struct cancel *c)
{
    c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return c->fd >= 0;
}

void cancel_raise(const struct cancel *c)
{
    int saved = errno;
    uint64_t one = 1;
    while (write(c->fd, &one, sizeof one) < 0 && errno != EAGAIN) /* raised 2^64 - 1 times */
        if (errno == EBADF)
            break;
    errno = saved;
}

bool cancel_is_raised(const struct cancel *c)
{
    if (!c || c->fd < 0)
        return false;
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

void cancel_release(struct cancel *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}
