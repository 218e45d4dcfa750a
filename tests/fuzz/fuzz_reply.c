/*
 * What a server replies, message by message, to a client that asks in order: nothing of it is lost
 * on the way, and what the ledger holds of it is short and on one line. The messages are nearly
 * those of the protocol; they come in pieces.
 */
#include "choices.h"

#include <arpa/inet.h>

#include "relay/message.h"
#include "relay/relay_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sides {
    struct text server; /* what it has sent */
    struct text passed; /* what of it has come to the client */
};

static bool cuts;

static enum relay_answer answer(void *context, const struct ledger_statement *s)
{
    struct choices *c = context;
    (void)s;
    return cuts && choices_below(c, 8) == 0 ? RELAY_CUT : RELAY_PASS;
}

static void put_head(struct text *t, char type, size_t body, struct choices *c)
{
    uint32_t length = htonl((uint32_t)(body + sizeof length));
    if (choices_below(c, 64) == 1)
        length = htonl(choices_byte(c) * 3u);
    text_append_bytes(t, &type, 1);
    text_append_bytes(t, &length, sizeof length);
}

static void put_number(struct text *t, uint32_t number)
{
    number = htonl(number);
    text_append_bytes(t, &number, sizeof number);
}

static void put_string(struct text *t, struct choices *c, const char *const *usual, size_t count)
{
    size_t chosen = choices_byte(c) % (count + 1);
    char *raw = chosen == count ? choices_string(c) : NULL;
    const char *string = raw ? raw : usual[chosen];
    text_append_bytes(t, string, strlen(string) + 1);
    free(raw);
}

#define PUT_STRING(t, c, list) put_string(t, c, list, sizeof(list) / sizeof *(list))

static const char *const statements[] = {"SELECT 1", "BEGIN", "COPY t FROM STDIN", "", "s", "p"};
static const char *const tags[] = {
    "INSERT 0 3",          "COMMIT",   "ROLLBACK", "SELECT 18446744073709551616", "COPY 9",
    "PREPARE TRANSACTION", "MERGE -1", " "};
static const char *const mechanisms[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "-PLUS",
                                         "OAUTHBEARER"};
static const char *const values[] = {"42P01",    "ERROR", "relation \"t\" does not exist",
                                     "FEHLER",   "57P01", "two\nlines\r\t\x01",
                                     "123456789"};

static void put_fields(struct text *body, struct choices *c)
{
    static const char codes[] = "SVCMDHPpqWstcdnFLRz";
    for (size_t count = choices_below(c, 6); count > 0; count--) {
        text_append_bytes(body, &codes[choices_below(c, sizeof codes - 1)], 1);
        PUT_STRING(body, c, values);
    }
    text_append_bytes(body, "", choices_below(c, 8) ? 1 : 0);
}

static void put_login(struct text *body, struct choices *c)
{
    static const uint32_t codes[] = {0, 3, 5, 10, 11, 12, 99};
    uint32_t code = codes[choices_below(c, sizeof codes / sizeof *codes)];
    put_number(body, code);
    for (size_t count = code == MESSAGE_SASL ? choices_below(c, 4) : 0; count > 0; count--)
        PUT_STRING(body, c, mechanisms);
    text_append_bytes(body, "", choices_below(c, 8) ? 1 : 0);
}

static void put_reply(struct text *t, struct choices *c)
{
    static const char types[] = "ZZZCCCEEERRKNSTDGHW123nIstAvVd?";
    char type = types[choices_below(c, sizeof types - 1)];
    struct text body = {0};
    if (type == 'Z')
        text_append_bytes(&body, &"ITE?"[choices_below(c, 4)], 1);
    else if (type == 'C')
        PUT_STRING(&body, c, tags);
    else if (type == 'E' || type == 'N')
        put_fields(&body, c);
    else if (type == 'R')
        put_login(&body, c);
    else if (type == 'K')
        put_number(&body, (uint32_t)choices_byte(c) << 24 | choices_byte(c));
    if (choices_below(c, 64) == 1) { /* up to more than is kept */
        size_t more = choices_byte(c) * 300u;
        char *filling = memory_zeroed(more + 1, 1);
        text_append_bytes(&body, filling, more);
        free(filling);
    }
    put_head(t, type, body.length, c);
    text_append_bytes(t, text_string(&body), body.length);
    text_release(&body);
}

static void put_request(struct text *t, struct choices *c)
{
    static const char types[] = "QQQPBDESSHFCXdcfp";
    char type = types[choices_below(c, sizeof types - 1)];
    struct text body = {0};
    PUT_STRING(&body, c, statements);
    if (type != 'Q')
        PUT_STRING(&body, c, statements);
    put_head(t, type, body.length, c);
    text_append_bytes(t, text_string(&body), body.length);
    text_release(&body);
}

static void check(struct relay_session *s, struct sides *all)
{
    size_t before = all->passed.length, new = s->to_client.length;
    text_append_bytes(&all->passed, text_string(&s->to_client), new);
    text_clear(&s->to_client);
    text_clear(&s->to_server);
    if (s->server.kept.length > FRAME_KEPT || s->answer.length > 2 * FRAME_KEPT)
        abort();
    if (s->hides_binding)
        return;
    if (all->passed.length > all->server.length ||
        (new &&memcmp(all->passed.data + before, all->server.data + before, new) != 0))
        abort();
    if (s->phase != SESSION_ENDED && frame_is_between(&s->server) &&
        all->passed.length != all->server.length)
        abort();
}

static void deliver(struct relay_session *s, struct sides *all, struct choices *c,
                    const struct text *bytes, bool from_server)
{
    size_t at = 0;
    while (at < bytes->length && s->phase != SESSION_ENDED) {
        size_t piece = choices_below(c, 4) ? bytes->length - at : 1u + choices_byte(c);
        if (piece > bytes->length - at)
            piece = bytes->length - at;
        if (from_server) {
            text_append_bytes(&all->server, bytes->data + at, piece);
            relay_session_from_server(s, bytes->data + at, piece);
        } else if (relay_session_takes_client(s)) {
            relay_session_from_client(s, bytes->data + at, piece);
        }
        at += piece;
        check(s, all);
    }
}

static void enter(struct relay_session *s, struct sides *all, struct choices *c)
{
    static const char parameters[] = "user\0me\0database\0ours\0";
    struct text packet = {0};
    put_number(&packet, (uint32_t)(sizeof parameters + 8));
    put_number(&packet, 196608);
    text_append_bytes(&packet, parameters, sizeof parameters);
    deliver(s, all, c, &packet, false);
    text_release(&packet);
}

static void check_ledger(const struct ledger *l)
{
    if (l->count > l->total || (l->refusal && strpbrk(l->refusal, "\r\n")))
        abort();
    for (size_t i = 0; i < l->count; i++) {
        const struct ledger_statement *s = &l->statements[i];
        if (!memchr(s->sqlstate, '\0', sizeof s->sqlstate) ||
            (s->message && strpbrk(s->message, "\r\n")))
            abort();
        free(ledger_sql_in_short(s));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choices c = {data, size};
    struct relay_hooks hooks = {.context = &c, .before = answer, .after = answer};
    struct ledger ledger = {0};
    struct sides all = {0};
    struct relay_session s;
    size_t kind = choices_below(&c, 4);
    cuts = kind & 1;
    relay_session_init(&s, 1, &hooks, &ledger);
    s.hides_binding = kind & 2;
    enter(&s, &all, &c);
    while (c.left && s.phase != SESSION_ENDED) {
        struct text message = {0};
        bool from_server = choices_below(&c, 3) > 0;
        if (from_server)
            put_reply(&message, &c);
        else
            put_request(&message, &c);
        deliver(&s, &all, &c, &message, from_server);
        text_release(&message);
    }
    check_ledger(&ledger);
    relay_session_release(&s);
    ledger_release(&ledger);
    text_release(&all.server);
    text_release(&all.passed);
    return 0;
}
