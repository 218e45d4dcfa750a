#include "relay/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "postgres/url.h"

static const int connect_limit = 15; /* seconds */
static const int waiting_line = 64;  /* connections that may wait to be accepted */

/* What binds the login to an encryption that ends here, or is not ours to speak. */
static bool check_options(const char *url, struct error *e)
{
    static const char *const keywords[] = {"gssencmode", "channel_binding"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        char *value = url_option(url, keywords[i]);
        if (value && strcmp(value, "require") == 0)
            error_set(e, ERROR_UNAVAILABLE,
                      "the connection requires %s=require, which a relay cannot pass on",
                      keywords[i]);
        free(value);
    }
    return e->kind == ERROR_NONE;
}

static bool find_socket(struct endpoint *server, const char *folder, const char *port,
                        struct error *e)
{
    struct sockaddr_un *address = (struct sockaddr_un *)&server->address;
    address->sun_family = AF_UNIX;
    int length =
        snprintf(address->sun_path, sizeof address->sun_path, "%s/.s.PGSQL.%s", folder, port);
    server->length = sizeof *address;
    if (length < 0 || (size_t)length >= sizeof address->sun_path)
        return error_set(e, ERROR_UNAVAILABLE, "the path of the socket in %s is too long", folder);
    return true;
}

static bool find_host(struct endpoint *server, const char *host, const char *port, struct error *e)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int failure = getaddrinfo(host, port, &wanted, &found);
    if (failure || !found)
        return error_set(e, ERROR_UNAVAILABLE, "%s: %s", host, gai_strerror(failure));
    memcpy(&server->address, found->ai_addr, found->ai_addrlen);
    server->length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

bool endpoint_find(struct endpoint *server, const char *url, struct error *e)
{
    *server = (struct endpoint){0};
    if (!check_options(url, e))
        return false;
    char *host = url_option(url, "host"), *port = url_option(url, "port"),
         *address = url_option(url, "hostaddr");
    if (!host) /* what libpq is built with: Debian's place, or PostgreSQL's own */
        host = memory_copy_of(access("/var/run/postgresql", X_OK) == 0 ? "/var/run/postgresql"
                                                                       : "/tmp");
    const char *place = address ? address : host;
    bool good;
    if (strchr(place, ','))
        good = error_set(e, ERROR_UNAVAILABLE, "a relay serves one host, not several");
    else if (place[0] == '/')
        good = find_socket(server, place, port ? port : "5432", e);
    else
        good = find_host(server, place, port ? port : "5432", e) &&
               tls_prepare(&server->tls, url, host[0] == '/' ? NULL : host, e);
    free(host);
    free(port);
    free(address);
    return good;
}

void endpoint_release(struct endpoint *server)
{
    tls_free(server->tls);
    server->tls = NULL;
}

void endpoint_make_quick(int fd, const struct endpoint *server)
{
    int yes = 1;
    if (server->address.ss_family != AF_UNIX) /* small messages to and fro: do not collect them */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/* A socket that still blocks, but not for ever; -1 with an error. */
static int open_socket(const struct endpoint *server, struct error *e)
{
    int fd = socket(server->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = connect_limit};
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        connect(fd, (const struct sockaddr *)&server->address, server->length) == 0)
        return fd;
    error_set(e, ERROR_UNAVAILABLE, "no connection to the server: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* As libpq does it: where encryption is preferred and fails, it is done without. */
int endpoint_connect(const struct endpoint *server, struct tls_session **session, struct error *e)
{
    *session = NULL;
    int fd = open_socket(server, e);
    if (fd >= 0 && !tls_open(server->tls, fd, session, e)) {
        close(fd);
        fd = -1;
        if (!tls_is_required(server->tls)) {
            error_clear(e);
            fd = open_socket(server, e);
        }
    }
    if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        endpoint_make_quick(fd, server);
    return fd;
}

/* The server's URL with another host and port; to be freed. */
static char *place_in_url(const char *server_url, const char *host, const char *port,
                          struct error *e)
{
    struct url u = {0};
    if (!url_parse(&u, server_url, e))
        return NULL;
    free(u.host);
    free(u.port);
    u.host = memory_copy_of(host);
    u.port = memory_copy_of(port);
    url_unencrypt(&u);
    char *url = url_format(&u, true);
    url_release(&u);
    return url;
}

static bool listen_on_socket(int fd, const char *folder, char **path, struct error *e)
{
    struct endpoint here = {0};
    if (!find_socket(&here, folder, "5432", e))
        return false;
    *path = memory_copy_of(((struct sockaddr_un *)&here.address)->sun_path);
    if (bind(fd, (struct sockaddr *)&here.address, here.length) == 0 &&
        listen(fd, waiting_line) == 0)
        return true;
    return error_set(e, ERROR_UNAVAILABLE, "%s: cannot listen on this socket: %s", *path,
                     strerror(errno));
}

static bool listen_on_port(int fd, char *port, size_t size, struct error *e)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    if (bind(fd, (struct sockaddr *)&here, length) != 0 || listen(fd, waiting_line) != 0 ||
        getsockname(fd, (struct sockaddr *)&here, &length) != 0)
        return error_set(e, ERROR_UNAVAILABLE, "cannot listen on a port of 127.0.0.1: %s",
                         strerror(errno));
    snprintf(port, size, "%d", ntohs(here.sin_port));
    return true;
}

int endpoint_listen(const struct endpoint *server, const char *server_url, const char *folder,
                    char **url, char **path, struct error *e)
{
    bool is_unix = server->address.ss_family == AF_UNIX;
    char port[16] = "5432";
    int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        error_set(e, ERROR_UNAVAILABLE, "cannot make a socket: %s", strerror(errno));
        return -1;
    }
    bool good =
        is_unix ? listen_on_socket(fd, folder, path, e) : listen_on_port(fd, port, sizeof port, e);
    if (good)
        *url = place_in_url(server_url, is_unix ? folder : "127.0.0.1", port, e);
    if (good && *url)
        return fd;
    close(fd);
    return -1;
}
