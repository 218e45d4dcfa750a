/*
 * A process without a network: it gets a network namespace of its own, in which there is nothing
 * but the loopback interface (network_namespaces(7)). The throwaway database comes in through its
 * Unix socket, or, for what needs TCP, through a port of that loopback, behind which a process of
 * ours stands that stayed outside. Other servers' sockets are covered.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "postgres/url.h"

enum { CONFINEMENT_PORT = 28754 }; /* of the loopback inside; nobody else listens there */

struct confinement {
    bool forwards; /* through the port; else through the socket */
    struct sockaddr_storage server;
    socklen_t server_length;
    char **covered; /* sockets of other servers; NULL-terminated */
    unsigned uid, gid;
};

/* NULL if the kernel lets this process do it, else why not, one sentence to be freed. */
char *confinement_refusal(void);

/*
 * Prepares it for the database at `*u`, whose host and port become those that it has inside.
 * ERROR_UNAVAILABLE where the server's host is not found. Released in any case.
 */
bool confinement_prepare(struct confinement *c, struct url *u, bool needs_port, struct error *e);

/*
 * process_request.enter: what the child does between fork and exec; false, after a line to standard
 * error, if it cannot.
 */
bool confinement_enter(void *confinement);

void confinement_release(struct confinement *c);
