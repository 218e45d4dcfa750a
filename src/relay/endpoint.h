/*
 * The two ends of a relay: where the server listens, and where we do in its stead, in the same way
 * (Unix socket or TCP), so that authentication passes as it would without us.
 */
#pragma once
#include <stdbool.h>
#include <sys/socket.h>

#include "base/error.h"
#include "relay/tls.h"

struct endpoint {
    struct sockaddr_storage address;
    socklen_t length;
    struct tls *tls; /* NULL: connections to it are not encrypted */
};

/*
 * Where the server of this URL is; a URL that libpq would fill in from its defaults is filled in
 * the same way. ERROR_UNAVAILABLE where a relay cannot be used: the URL insists on encryption by
 * GSSAPI or on channel binding, or names several hosts, the host is not found, or a certificate
 * cannot be used. Release in any case with endpoint_release(), which accepts a zeroed one.
 */
bool endpoint_find(struct endpoint *server, const char *url, struct error *e);
void endpoint_release(struct endpoint *server);

/*
 * A socket that is connected to it, non-blocking, and its encryption (NULL: none); -1 on failure.
 * Waits at most 15 seconds for each answer.
 */
int endpoint_connect(const struct endpoint *server, struct tls_session **session, struct error *e);

/* Many small messages go to and fro on `fd`: they are sent at once, not collected. */
void endpoint_make_quick(int fd, const struct endpoint *server);

/*
 * Listens as the server does: on a Unix socket in `folder`, which must be there, or on a free port
 * of 127.0.0.1. Returns the socket; `*url` (to be freed) is `server_url` with this place in it, and
 * without encryption.
 * `*path` (to be freed) is the socket's file, to be removed at the end, or NULL. -1 on failure.
 */
int endpoint_listen(const struct endpoint *server, const char *server_url, const char *folder,
                    char **url, char **path, struct error *e);
