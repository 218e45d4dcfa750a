/* What can be done where a statement begins and ends. */
#pragma once
#include "relay/ledger.h"

enum relay_answer {
    RELAY_PASS,
    RELAY_CUT, /* both ends of the connection are closed; nothing of the message is passed on */
};

/*
 * Called in the relay's thread, one at a time, while the migrator waits; other connections wait
 * too. The statement is valid during the call. Members may be NULL: they pass.
 */
struct relay_hooks {
    void *context;
    /* A statement has arrived, and nothing of it that the server could run has gone on. */
    enum relay_answer (*before)(void *context, const struct ledger_statement *s);
    /* The server is ready again, and the client has not heard of it yet. */
    enum relay_answer (*after)(void *context, const struct ledger_statement *s);
    /* Nobody waits for this one: what there was to pass on, after either of the others, has gone.
       Called for other traffic as well; several of the others may come before it. */
    void (*aside)(void *context);
};
