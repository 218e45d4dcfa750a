/*
 * The relay: it listens where a migrator connects, passes the PostgreSQL wire protocol (manual,
 * chapter 55 "Frontend/Backend Protocol") through to the server untouched, and knows where each
 * statement begins and ends. docs/relay.md explains it.
 *
 * One thread serves any number of connections with one poll loop.
 */
#pragma once
#include "base/error.h"
#include "relay/hooks.h"

struct relay;

/*
 * Starts one for the server of `server_url`. `folder` must be there, is for its socket, and must
 * be no other relay's at the same time. `hooks` are copied. A connection to another database than
 * that of the URL is refused: what is relayed can reach no other database of the server. NULL on
 * failure, among others ERROR_UNAVAILABLE where the connection cannot be relayed since it insists
 * on TLS: run the migrator directly, then, and say what is missing for it. The caller frees with
 * relay_free().
 */
struct relay *relay_start(const char *server_url, const char *folder,
                          const struct relay_hooks *hooks, struct error *e);

/* The same URL, through the relay; belongs to it. Holds the password, if there is one. */
const char *relay_url(const struct relay *r);

/* Closes every connection and ends the thread; the ledger may be read from then on. */
void relay_stop(struct relay *r);

/* What was asked through it. Only to be read in a hook or after relay_stop(). */
const struct ledger *relay_ledger(const struct relay *r);

/* Hands the ledger of a stopped relay over; its own is empty then. */
void relay_take_ledger(struct relay *r, struct ledger *ledger);

/* Stops it, if it runs; NULL is accepted. */
void relay_free(struct relay *r);
