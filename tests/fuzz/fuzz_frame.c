/*
 * The wire protocol: whatever the two sides send, in whatever pieces, what is passed on is what
 * came, in order, and little is kept. The first byte of each piece says whose it is and how long.
 */
#include "base/memory.h"
#include "relay/relay_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sides {
    struct text client, server; /* what came from them */
    struct text passed_to_server, passed_to_client;
};

static bool is_prefix(const struct text *passed, const struct text *came)
{
    return passed->length <= came->length &&
           (!passed->length || memcmp(passed->data, came->data, passed->length) == 0);
}

static void move(struct text *from, struct text *to)
{
    text_append_bytes(to, text_string(from), from->length);
    text_clear(from);
}

static void check(struct relay_session *s, struct sides *all)
{
    move(&s->to_server, &all->passed_to_server);
    move(&s->to_client, &all->passed_to_client);
    if (all->passed_to_server.length && !is_prefix(&all->passed_to_server, &all->client))
        abort();
    if (!is_prefix(&all->passed_to_client, &all->server))
        abort();
    if (s->held.length > SESSION_HELD + FRAME_KEPT || s->answer.length > FRAME_KEPT ||
        s->client.kept.length > FRAME_KEPT || s->batch.sql.length > BATCH_MOST_SQL + 1024)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct relay_hooks hooks = {0};
    struct ledger ledger = {0};
    struct sides all = {0};
    struct relay_session s;
    relay_session_init(&s, 1, &hooks, &ledger);
    bool startup_done = false;
    while (size > 1) {
        bool from_client = data[0] & 1;
        size_t length = data[0] >> 1, left = size - 1;
        if (length > left)
            length = left;
        const char *piece = (const char *)data + 1;
        data += length + 1;
        size -= length + 1;
        if (s.phase == SESSION_ENDED || (from_client && !relay_session_takes_client(&s)))
            continue;
        if (!startup_done && !from_client) /* a server says nothing before it was asked */
            continue;
        text_append_bytes(from_client ? &all.client : &all.server, piece, length);
        if (from_client)
            relay_session_from_client(&s, piece, length);
        else
            relay_session_from_server(&s, piece, length);
        startup_done = s.phase != SESSION_STARTING;
        if (s.to_client.length && !all.server.length) { /* a request of TLS, answered and gone */
            text_clear(&s.to_client);
            all.client.length = s.to_server.length + s.held.length + s.unread.length;
            if (all.client.length > length) /* it began in an earlier piece */
                break;
            memmove(all.client.data, piece + length - all.client.length, all.client.length);
        }
        check(&s, &all);
    }
    relay_session_release(&s);
    ledger_release(&ledger);
    struct text *texts[] = {&all.client, &all.server, &all.passed_to_server, &all.passed_to_client};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_release(texts[i]);
    return 0;
}
