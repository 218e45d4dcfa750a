/*
 * One connection through the relay, without its sockets: bytes come in from either side, and what
 * is to be sent on is put into `to_server` and `to_client`. Everything passes untouched and in
 * order, except for requests of TLS and GSSAPI encryption, which are answered here with 'N'
 * (PostgreSQL manual, 55.2.10 and 55.2.11), since nobody could look into what is encrypted, and for
 * the offer of channel binding (55.3) where the server's end is encrypted and the client's is not.
 *
 * One statement is under way at a time: what a client sends ahead (pipelining) waits until the
 * server is ready again. Of a statement nothing goes on that the server could run before the hook
 * `before` has seen it, with one exception: if a client asks for answers by Flush, or sends more
 * than SESSION_HELD bytes before its Sync, the hook is called then, and what follows up to Sync
 * belongs to the same statement.
 */
#pragma once
#include "relay/batch.h"
#include "relay/frame.h"
#include "relay/hooks.h"

enum { SESSION_HELD = 256 << 10 };

enum session_phase {
    SESSION_STARTING,  /* no startup packet yet */
    SESSION_ENTERING,  /* authentication, until the server is ready for the first time */
    SESSION_IDLE,      /* nothing is under way */
    SESSION_GATHERING, /* a batch is being held back until its Sync */
    SESSION_OPEN,      /* it has gone on, and Sync is still to come */
    SESSION_BUSY,      /* the server works and will say when it is ready */
    SESSION_BLIND,     /* a CancelRequest: passes without being looked at */
    SESSION_ENDED,     /* cut by a hook, or not the protocol: close both ends, pass nothing more */
};

struct relay_session {
    const struct relay_hooks *hooks;
    struct ledger *ledger;
    const char *database; /* connections to any other are refused; NULL: to none */
    bool hides_binding;   /* no login is to be bound to the encryption, which ends in the relay */
    size_t number;        /* of the connection, from 1 */
    enum session_phase phase;
    struct frame client, server; /* what is being read from them */
    struct text unread;          /* from the client, to be looked at later */
    struct text held;            /* from the client, looked at and not passed on */
    struct text answer;          /* from the server, looked at and not passed on */
    struct text to_client, to_server;
    struct batch batch;
    size_t entry; /* of the statement under way, in the ledger */
    bool copying; /* it has asked the client for COPY data */
    int backend;  /* from BackendKeyData: process id of the server's end, 0 before */
    bool broken;  /* it ended because what came was not the protocol */
};

void relay_session_init(struct relay_session *s, size_t number, const struct relay_hooks *hooks,
                        struct ledger *ledger);

void relay_session_from_client(struct relay_session *s, const char *bytes, size_t length);
void relay_session_from_server(struct relay_session *s, const char *bytes, size_t length);

/* Whether more of the client's bytes may be brought: false while some wait to be looked at. */
bool relay_session_takes_client(const struct relay_session *s);

void relay_session_release(struct relay_session *s);
