#include "migrator/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "migrator/forwarder.h"

static const size_t longest_socket_table = 16u << 20; /* bytes of /proc/net/unix */
static const char socket_name[] = "/.s.PGSQL.";

/* From here to confinement_enter(): in the child, after fork, only async-signal-safe calls. */

static bool write_whole(const char *path, const char *text, size_t length)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = write(fd, text, length) == (ssize_t)length;
    close(fd);
    return good;
}

/* "ID ID 1" */
static size_t map_line(char *line, unsigned id)
{
    char digits[16];
    size_t count = 0, length = 0;
    do
        digits[count++] = (char)('0' + id % 10);
    while ((id /= 10) > 0);
    for (int twice = 0; twice < 2; twice++) {
        for (size_t i = count; i > 0; i--)
            line[length++] = digits[i - 1];
        line[length++] = ' ';
    }
    line[length++] = '1';
    return length;
}

/* Inside, every account is the same as outside. */
static bool map_identity(unsigned uid, unsigned gid)
{
    char line[64];
    static const char deny[] = "deny";
    if (!write_whole("/proc/self/setgroups", deny, sizeof deny - 1) && errno != ENOENT)
        return false;
    return write_whole("/proc/self/uid_map", line, map_line(line, uid)) &&
           write_whole("/proc/self/gid_map", line, map_line(line, gid));
}

static bool leave_network(unsigned uid, unsigned gid)
{
    bool left =
        unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 ||
        (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == 0 && map_identity(uid, gid));
    return left && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static bool raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    bool good = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return good;
}

static bool is_socket(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* A socket under /dev/null takes no connection. One that has gone meanwhile takes none either. */
static bool cover_sockets(char *const *paths)
{
    for (; *paths; paths++)
        if (mount("/dev/null", *paths, NULL, MS_BIND, NULL) != 0 && is_socket(*paths))
            return false;
    return true;
}

static bool complain(const char *what)
{
    (void)!write(STDERR_FILENO, what, strlen(what));
    return false;
}

bool confinement_enter(void *context)
{
    const struct confinement *c = context;
    int way = c->forwards ? forwarder_start(&c->server, c->server_length) : -1;
    if (c->forwards && way < 0)
        return complain("pgrehearse: cannot start the forwarder of the database\n");
    if (!leave_network(c->uid, c->gid))
        return complain("pgrehearse: cannot enter a network namespace\n");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!raise_loopback() || !cover_sockets(c->covered))
        return complain("pgrehearse: cannot set up the network namespace\n");
    if (c->forwards && !forwarder_listen(way, CONFINEMENT_PORT))
        return complain("pgrehearse: cannot listen inside the network namespace\n");
    return true;
}

static int try_it(unsigned uid, unsigned gid)
{
    return leave_network(uid, gid) && raise_loopback() ? 0 : errno ? errno : EPERM;
}

/* Back in our own process. */

char *confinement_refusal(void)
{
    unsigned uid = geteuid(), gid = getegid();
    pid_t child = fork();
    if (child == 0)
        _exit(try_it(uid, gid));
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;
    return memory_format(
        "migrators run with network access, because this system allows no network namespace: %s",
        strerror(child < 0           ? errno
                 : WIFEXITED(status) ? WEXITSTATUS(status)
                                     : EPERM));
}

/* The Unix sockets of PostgreSQL servers other than ours, as the kernel lists them. */
static char **other_sockets(const char *ours)
{
    char **found = NULL;
    size_t count = 0;
    struct text table = {0};
    text_read_file(&table, "/proc/net/unix", longest_socket_table);
    for (const char *line = text_string(&table); *line;) {
        size_t length = strcspn(line, "\n");
        char *copy = memory_format("%.*s", (int)length, line), *path = strchr(copy, '/');
        const char *name = path ? strstr(path, socket_name) : NULL;
        if (name && strcmp(path, ours) != 0)
            *(char **)memory_append(&found, &count, sizeof *found) = memory_copy_of(path);
        free(copy);
        line += length + (line[length] == '\n');
    }
    *(char **)memory_append(&found, &count, sizeof *found) = NULL;
    text_release(&table);
    return found;
}

static bool find_socket(struct confinement *c, const char *path, struct error *e)
{
    struct sockaddr_un *address = (struct sockaddr_un *)&c->server;
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path)
        return error_set(e, ERROR_UNAVAILABLE, "the path of the socket %s is too long", path);
    memcpy(address->sun_path, path, strlen(path) + 1);
    c->server_length = sizeof *address;
    return true;
}

static bool find_host(struct confinement *c, const struct url *u, struct error *e)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int failure = getaddrinfo(u->host, u->port ? u->port : "5432", &wanted, &found);
    if (failure || !found)
        return error_set(e, ERROR_UNAVAILABLE, "%s: %s", u->host, gai_strerror(failure));
    memcpy(&c->server, found->ai_addr, found->ai_addrlen);
    c->server_length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static void put_inside(struct url *u)
{
    free(u->host);
    free(u->port);
    u->host = memory_copy_of("127.0.0.1");
    u->port = memory_format("%d", CONFINEMENT_PORT);
}

bool confinement_prepare(struct confinement *c, struct url *u, bool needs_port, struct error *e)
{
    *c = (struct confinement){.uid = geteuid(), .gid = getegid()};
    bool socket = u->host && u->host[0] == '/';
    char *path = socket ? memory_format("%s%s%s", u->host, socket_name, u->port ? u->port : "5432")
                        : memory_copy_of("");
    c->covered = other_sockets(path);
    c->forwards = !socket || needs_port;
    bool good = !c->forwards || (socket ? find_socket(c, path, e) : find_host(c, u, e));
    if (good && c->forwards)
        put_inside(u);
    free(path);
    return good;
}

void confinement_release(struct confinement *c)
{
    memory_free_strings(c->covered);
    *c = (struct confinement){0};
}
