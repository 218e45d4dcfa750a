#include "relay/relay.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "postgres/url.h"
#include "relay/endpoint.h"
#include "relay/relay_session.h"

static const size_t most_waiting = 256 << 10; /* bytes for one side before we read no more */
enum { CHUNK = 64 << 10 };

/* A client and its connection to the server. */
struct pair {
    int client, server;      /* sockets */
    struct tls_session *tls; /* of the server's end; NULL: not encrypted */
    bool client_ended, server_ended;
    struct relay_session session;
};

struct relay {
    struct endpoint server;
    struct relay_hooks hooks;
    struct ledger ledger;
    int listener;
    char *url, *path, *database;
    struct cancel stop;
    pthread_t thread;
    bool runs;
    struct pair **pairs;
    size_t count;
    size_t connections; /* so far */
};

static void close_pair(struct pair *p)
{
    tls_close(p->tls);
    close(p->client);
    close(p->server);
    relay_session_release(&p->session);
    free(p);
}

static void accept_client(struct relay *r)
{
    int client = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0)
        return;
    struct tls_session *tls;
    struct error e = {0};
    int server = endpoint_connect(&r->server, &tls, &e);
    if (server < 0) { /* closed at once, as a server that is gone does it */
        if (!r->ledger.refusal)
            r->ledger.refusal = memory_copy_of(e.message);
        close(client);
        return;
    }
    endpoint_make_quick(client, &r->server);
    struct pair *p = memory_zeroed(1, sizeof *p);
    p->client = client;
    p->server = server;
    p->tls = tls;
    relay_session_init(&p->session, ++r->connections, &r->hooks, &r->ledger);
    p->session.database = r->database;
    p->session.hides_binding = tls != NULL;
    *(struct pair **)memory_append(&r->pairs, &r->count, sizeof(struct pair *)) = p;
}

/* Sends what can be sent at once; false if nobody is there to take it. */
static bool flush(int fd, struct tls_session *tls, struct text *t)
{
    size_t at = 0;
    bool good = true;
    while (at < t->length && good) {
        ssize_t sent = tls ? tls_send(tls, t->data + at, t->length - at)
                           : send(fd, t->data + at, t->length - at, MSG_NOSIGNAL);
        if (sent > 0)
            at += (size_t)sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
        else if (errno != EINTR)
            good = false;
    }
    if (at) {
        memmove(t->data, t->data + at, t->length - at);
        t->length -= at;
    }
    return good;
}

/* Reads once; returns false at the end of the stream. */
static bool receive(int fd, struct tls_session *tls, struct relay_session *s,
                    void (*take)(struct relay_session *s, const char *bytes, size_t length))
{
    char bytes[CHUNK];
    ssize_t got = tls ? tls_receive(tls, bytes, sizeof bytes) : recv(fd, bytes, sizeof bytes, 0);
    if (got > 0)
        take(s, bytes, (size_t)got);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static void flush_both(struct pair *p)
{
    if (!flush(p->server, p->tls, &p->session.to_server))
        p->server_ended = true; /* what it had said before is still read */
    if (!flush(p->client, NULL, &p->session.to_client))
        p->client_ended = true;
}

static bool reads_client(const struct pair *p)
{
    return !p->client_ended && !p->server_ended && relay_session_takes_client(&p->session) &&
           p->session.to_server.length < most_waiting;
}

static bool reads_server(const struct pair *p)
{
    return p->session.to_client.length < most_waiting;
}

static void serve(const struct relay *r, struct pair *p, short from_client, short from_server)
{
    bool brings = from_server & (POLLIN | POLLHUP | POLLERR);
    while ((brings || tls_has_more(p->tls)) && reads_server(p) && !p->server_ended) {
        if (!receive(p->server, p->tls, &p->session, relay_session_from_server))
            p->server_ended = true;
        brings = false;
    }
    if (from_client & (POLLIN | POLLHUP | POLLERR) && reads_client(p)) {
        if (!receive(p->client, NULL, &p->session, relay_session_from_client))
            p->client_ended = true;
    } else if (from_client & (POLLRDHUP | POLLHUP | POLLERR) &&
               !relay_session_takes_client(&p->session)) {
        p->client_ended = true; /* it is gone while the server works for it */
    }
    flush_both(p);
    if (r->hooks.aside && (from_client || from_server))
        r->hooks.aside(r->hooks.context);
}

/*
 * Whether nothing more is to be done: cut; the client is gone and has been served; the server is
 * gone and all that it said has been passed on.
 */
static bool is_over(const struct pair *p)
{
    const struct relay_session *s = &p->session;
    return s->phase == SESSION_ENDED || (p->client_ended && !s->to_server.length) ||
           (p->server_ended && (p->client_ended || !s->to_client.length));
}

/* What to wait for on either side; a socket of which nothing is wanted is left out. */
static struct pollfd wait_for_client(const struct pair *p)
{
    const struct relay_session *s = &p->session;
    struct pollfd fd = {.fd = p->client};
    if (reads_client(p))
        fd.events |= POLLIN;
    if (s->to_client.length)
        fd.events |= POLLOUT;
    if (!relay_session_takes_client(s)) /* it waits for the server: is it still there? */
        fd.events |= POLLRDHUP;
    if (p->client_ended || !fd.events)
        fd.fd = -1;
    return fd;
}

static struct pollfd wait_for_server(const struct pair *p)
{
    struct pollfd fd = {.fd = p->server};
    if (reads_server(p))
        fd.events |= POLLIN;
    if (p->session.to_server.length)
        fd.events |= POLLOUT;
    if (p->server_ended || !fd.events)
        fd.fd = -1;
    return fd;
}

static void drop_ended(struct relay *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (is_over(r->pairs[i]))
            close_pair(r->pairs[i]);
        else
            r->pairs[kept++] = r->pairs[i];
    }
    r->count = kept;
}

static void *loop(void *context)
{
    struct relay *r = context;
    struct pollfd *fds = NULL;
    while (!cancel_is_raised(&r->stop)) {
        size_t served = r->count;
        fds = memory_resized(fds, 2 + 2 * served, sizeof *fds);
        fds[0] = (struct pollfd){.fd = r->stop.fd, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = r->listener, .events = POLLIN};
        for (size_t i = 0; i < served; i++) {
            fds[2 + 2 * i] = wait_for_client(r->pairs[i]);
            fds[3 + 2 * i] = wait_for_server(r->pairs[i]);
        }
        if (poll(fds, 2 + 2 * served, -1) < 0)
            continue;
        for (size_t i = 0; i < served; i++)
            serve(r, r->pairs[i], fds[2 + 2 * i].revents, fds[3 + 2 * i].revents);
        if (fds[1].revents)
            accept_client(r);
        drop_ended(r);
    }
    free(fds);
    return NULL;
}

static bool start_thread(struct relay *r, struct error *e)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&r->thread, NULL, loop, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    r->runs = failure == 0;
    return r->runs ||
           error_set(e, ERROR_UNAVAILABLE, "cannot start a thread: %s", strerror(failure));
}

struct relay *relay_start(const char *server_url, const char *folder,
                          const struct relay_hooks *hooks, struct error *e)
{
    struct relay *r = memory_zeroed(1, sizeof *r);
    r->listener = r->stop.fd = -1;
    if (hooks)
        r->hooks = *hooks;
    struct url parts = {0};
    bool good = url_parse(&parts, server_url, e) && endpoint_find(&r->server, server_url, e);
    r->database = memory_copy_of(parts.database);
    url_release(&parts);
    if (good) {
        r->listener = endpoint_listen(&r->server, server_url, folder, &r->url, &r->path, e);
        good = r->listener >= 0;
    }
    if (good && !cancel_init(&r->stop))
        good =
            error_set(e, ERROR_UNAVAILABLE, "cannot make a file descriptor: %s", strerror(errno));
    if (good && start_thread(r, e))
        return r;
    relay_free(r);
    return NULL;
}

const char *relay_url(const struct relay *r)
{
    return r->url;
}

void relay_stop(struct relay *r)
{
    if (!r->runs)
        return;
    cancel_raise(&r->stop);
    pthread_join(r->thread, NULL);
    r->runs = false;
    for (size_t i = 0; i < r->count; i++)
        close_pair(r->pairs[i]);
    r->count = 0;
}

const struct ledger *relay_ledger(const struct relay *r)
{
    return &r->ledger;
}

void relay_take_ledger(struct relay *r, struct ledger *ledger)
{
    *ledger = r->ledger;
    r->ledger = (struct ledger){0};
}

void relay_free(struct relay *r)
{
    if (!r)
        return;
    relay_stop(r);
    if (r->listener >= 0)
        close(r->listener);
    if (r->path)
        unlink(r->path);
    cancel_release(&r->stop);
    endpoint_release(&r->server);
    ledger_release(&r->ledger);
    free(r->pairs);
    free(r->url);
    free(r->path);
    free(r->database);
    free(r);
}
