/*
 * TLS between the relay and the server (PostgreSQL manual, 34.19 "SSL Support" and 55.2.10 "SSL
 * Session Encryption"), with the settings that libpq takes from the same URL. The migrator's own
 * connection to the relay stays readable and never leaves this machine.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct tls;         /* the settings of one server */
struct tls_session; /* one connection */

/*
 * What the URL, or libpq's default, says: `*tls` is NULL where it asks for no encryption. False
 * with an ERROR_UNAVAILABLE where a certificate, key or revocation list cannot be used. `host` is
 * the name that sslmode=verify-full checks; NULL: none. Free with tls_free(), which accepts NULL.
 */
bool tls_prepare(struct tls **tls, const char *url, const char *host, struct error *e);
void tls_free(struct tls *tls);

/* Whether a connection without encryption will not do (sslmode=require and above). */
bool tls_is_required(const struct tls *tls);

/*
 * Asks the server for encryption on `fd`, which still blocks, and shakes hands. `*session` is NULL
 * where the server offers none and none is required. False: it failed, and the connection is of no
 * more use; `e` says why (ERROR_UNAVAILABLE). tls_close() accepts NULL and leaves `fd` open.
 */
bool tls_open(const struct tls *tls, int fd, struct tls_session **session, struct error *e);
void tls_close(struct tls_session *session);

/* Like send(2) and recv(2) on a non-blocking socket: -1 with errno EAGAIN if it has to wait. */
ssize_t tls_send(struct tls_session *session, const void *bytes, size_t length);
ssize_t tls_receive(struct tls_session *session, void *bytes, size_t size);

/* Whether bytes have arrived that poll(2) does not see. */
bool tls_has_more(const struct tls_session *session);
