#include "migrator/forwarder.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BUFFER = 32 << 10, WAITING_LINE = 64, HIGHEST_FD = 65536 };

/* What goes one way of a connection. */
struct stream {
    int from, to;
    size_t at, length; /* what is still to be sent of the buffer */
    bool ended;        /* nothing comes any more */
    bool shut;         /* and that has been passed on */
    char buffer[BUFFER];
};

static void receive(struct stream *s)
{
    ssize_t got = read(s->from, s->buffer, sizeof s->buffer);
    s->at = 0;
    s->length = got > 0 ? (size_t)got : 0;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        s->ended = true;
}

static void transmit(struct stream *s)
{
    ssize_t sent = send(s->to, s->buffer + s->at, s->length - s->at, MSG_NOSIGNAL);
    if (sent > 0)
        s->at += (size_t)sent;
    else if (sent < 0 && errno != EAGAIN && errno != EINTR)
        s->ended = s->shut = true; /* nobody is there to take it */
}

static bool has_something(const struct stream *s)
{
    return s->at < s->length;
}

static void advance(struct stream *s, short can_read, short can_write)
{
    if (can_write && has_something(s))
        transmit(s);
    else if (can_read && !has_something(s) && !s->ended)
        receive(s);
    if (s->ended && !s->shut && !has_something(s)) {
        shutdown(s->to, SHUT_WR);
        s->shut = true;
    }
}

static short wanted(const struct stream *in, const struct stream *out)
{
    short events = 0;
    if (!in->ended && !has_something(in))
        events |= POLLIN;
    if (has_something(out) && !out->shut)
        events |= POLLOUT;
    return events;
}

/* One connection to its end: that of the server ends it, that of the client once it is passed on.
 */
static _Noreturn void pass_on(int client, int server)
{
    struct stream there = {.from = client, .to = server}, back = {.from = server, .to = client};
    while (!back.shut) {
        struct pollfd fds[2] = {{.fd = client, .events = wanted(&there, &back)},
                                {.fd = server, .events = wanted(&back, &there)}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        short failed = POLLHUP | POLLERR;
        advance(&there, fds[0].revents & (POLLIN | failed), fds[1].revents & (POLLOUT | failed));
        advance(&back, fds[1].revents & (POLLIN | failed), fds[0].revents & (POLLOUT | failed));
    }
    _exit(0);
}

static void make_quick(int fd)
{
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void serve(int client, const struct sockaddr_storage *server, socklen_t length)
{
    int out = socket(server->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (out < 0 || connect(out, (const struct sockaddr *)server, length) != 0)
        _exit(1);
    make_quick(client);
    make_quick(out);
    pass_on(client, out);
}

static _Noreturn void accept_all(int listener, const struct sockaddr_storage *server,
                                 socklen_t length)
{
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0 && errno != EINTR && errno != ECONNABORTED)
            _exit(1);
        if (client < 0)
            continue;
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(client, server, length);
        }
        close(client);
    }
}

/* Nothing of ours stays open in it: not the pipes that somebody reads to their end. */
static void close_others(int kept)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= STDERR_FILENO && null >= 0; fd++)
        dup2(null, fd);
    if (kept != STDERR_FILENO + 1)
        dup2(kept, STDERR_FILENO + 1);
    if (syscall(SYS_close_range, STDERR_FILENO + 2, ~0u, 0) != 0)
        for (int fd = STDERR_FILENO + 2; fd < HIGHEST_FD; fd++)
            close(fd);
}

static int take_listener(int way)
{
    char byte;
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(way, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
        return -1;
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static _Noreturn void forward(int way, const struct sockaddr_storage *server, socklen_t length)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, SIG_IGN); /* the migrator gets its time to end in order */
    signal(SIGINT, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    close_others(way);
    way = STDERR_FILENO + 1;
    int listener = take_listener(way);
    if (listener < 0)
        _exit(1);
    (void)!write(way, "", 1);
    close(way);
    accept_all(listener, server, length);
}

int forwarder_start(const struct sockaddr_storage *server, socklen_t length)
{
    int ways[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ways) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(ways[0]);
        forward(ways[1], server, length);
    }
    close(ways[1]);
    if (child > 0)
        return ways[0];
    close(ways[0]);
    return -1;
}

static bool hand_over(int way, int listener)
{
    char byte = 0;
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    control.head = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.head), &listener, sizeof listener);
    return sendmsg(way, &message, MSG_NOSIGNAL) == 1 && read(way, &byte, 1) == 1;
}

bool forwarder_listen(int way, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = listener >= 0 &&
                bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 &&
                listen(listener, WAITING_LINE) == 0 && hand_over(way, listener);
    if (listener >= 0)
        close(listener);
    close(way);
    return good;
}
