/* Asking the server to give up a statement (PostgreSQL manual, 34.7), without waiting for ever. */
#pragma once
#include <libpq-fe.h>

/*
 * Sends the request and waits for at most `limit` seconds until the server has taken it. A server
 * that is stopped, or a silent network, never does; then a thread is left that waits on.
 */
void cancel_request_send(PGconn *pg, double limit);
