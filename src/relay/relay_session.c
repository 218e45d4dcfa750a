#include "relay/relay_session.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "relay/message.h"

void relay_session_init(struct relay_session *s, size_t number, const struct relay_hooks *hooks,
                        struct ledger *ledger)
{
    *s = (struct relay_session){.number = number, .hooks = hooks, .ledger = ledger};
    s->client.untyped = true;
}

static struct ledger_statement *statement(const struct relay_session *s)
{
    return &s->ledger->statements[s->entry];
}

static void end(struct relay_session *s, bool broken)
{
    s->phase = SESSION_ENDED;
    s->broken = broken;
}

static void move(struct text *from, struct text *to)
{
    text_append_bytes(to, text_string(from), from->length);
    text_clear(from);
}

/* A statement begins: the hook sees it, then what is held of it goes on. */
static void announce(struct relay_session *s, const char *sql, bool extended,
                     enum session_phase next)
{
    s->entry = ledger_begin(s->ledger, s->number, s->backend, sql, extended);
    s->copying = false;
    if (s->hooks->before && s->hooks->before(s->hooks->context, statement(s)) == RELAY_CUT) {
        end(s, false);
        return;
    }
    statement(s)->started = clock_seconds();
    s->phase = next;
    move(&s->held, &s->to_server);
}

/* The parameter of the startup packet (55.7); NULL: it is not there. Belongs to the packet. */
static const char *startup_parameter(const struct text *packet, const char *name)
{
    size_t at = sizeof(uint32_t);
    while (at < packet->length && packet->data[at]) {
        bool found = strcmp(message_string(packet, &at), name) == 0;
        const char *value = message_string(packet, &at);
        if (found)
            return value;
    }
    return NULL;
}

/* Without a name the database is that of the user's name. */
static const char *database_asked_for(const struct text *packet)
{
    const char *database = startup_parameter(packet, "database");
    return database && *database ? database : startup_parameter(packet, "user");
}

static void refuse(struct relay_session *s, const char *database)
{
    struct text fields = {0};
    text_append_format(&fields,
                       "SFATAL%cVFATAL%cC42501%cMpgrehearse: only connections to database \"%s\" "
                       "are allowed here, not to \"%s\"%c%c",
                       0, 0, 0, s->database, database, 0, 0);
    uint32_t length = htonl((uint32_t)(fields.length + sizeof length));
    text_append(&s->to_client, "E");
    text_append_bytes(&s->to_client, &length, sizeof length);
    text_append_bytes(&s->to_client, fields.data, fields.length);
    text_release(&fields);
    if (!s->ledger->stranger)
        s->ledger->stranger = memory_copy_of(database);
    end(s, false);
}

/* Whether the connection is to the one database that may be reached. */
static bool is_of_ours(const struct relay_session *s, uint32_t code)
{
    const char *asked = database_asked_for(&s->client.kept);
    return code == MESSAGE_CANCEL_REQUEST || !s->database || !asked ||
           strcmp(asked, s->database) == 0;
}

static void take_startup(struct relay_session *s)
{
    static const char refusal[] = "N";
    uint32_t code = message_number(&s->client.kept, 0);
    if (code == MESSAGE_SSL_REQUEST || code == MESSAGE_GSSENC_REQUEST) {
        text_clear(&s->held);
        text_append(&s->to_client, refusal);
        return;
    }
    if (!is_of_ours(s, code)) {
        refuse(s, database_asked_for(&s->client.kept));
        return;
    }
    s->phase = code == MESSAGE_CANCEL_REQUEST ? SESSION_BLIND : SESSION_ENTERING;
    s->client.untyped = false;
    move(&s->held, &s->to_server);
}

/* Between statements, or inside a batch that is being held back. */
static void take_request(struct relay_session *s)
{
    char type = s->client.type;
    switch (type) {
    case 'Q':
        announce(s, text_string(&s->client.kept), false, SESSION_BUSY);
        break;
    case 'F':
        announce(s, "function call", false, SESSION_BUSY);
        break;
    case 'S':
        announce(s, batch_sql(&s->batch), true, SESSION_BUSY);
        break;
    case 'P':
    case 'B':
    case 'D':
    case 'E':
    case 'C':
        s->phase = SESSION_GATHERING;
        batch_note(&s->batch, type, &s->client.kept);
        if (s->held.length > SESSION_HELD)
            announce(s, batch_sql(&s->batch), true, SESSION_OPEN);
        break;
    case 'H':
        if (s->batch.executes) {
            announce(s, batch_sql(&s->batch), true, SESSION_OPEN);
            break;
        }
        move(&s->held, &s->to_server);
        break;
    default: /* Terminate, or the end of a COPY that has failed already */
        move(&s->held, &s->to_server);
        break;
    }
}

/* The batch has gone on before its Sync: what is run now is reported as part of it. */
static void take_in_open_batch(struct relay_session *s)
{
    batch_note(&s->batch, s->client.type, &s->client.kept);
    if (s->client.type == 'S' || s->client.type == 'Q') {
        free(statement(s)->sql);
        statement(s)->sql = memory_copy_of(batch_sql(&s->batch));
        s->phase = SESSION_BUSY;
    }
    move(&s->held, &s->to_server);
}

static void take_message(struct relay_session *s)
{
    switch (s->phase) {
    case SESSION_STARTING:
        take_startup(s);
        break;
    case SESSION_IDLE:
    case SESSION_GATHERING:
        take_request(s);
        break;
    case SESSION_OPEN:
        take_in_open_batch(s);
        break;
    case SESSION_ENTERING:
    case SESSION_BUSY:
        move(&s->held, &s->to_server);
        break;
    case SESSION_BLIND:
    case SESSION_ENDED:
        break;
    }
}

/*
 * Whether a message of this type may go on now. While the server works these may: COPY data,
 * Terminate, Flush, and a second Sync after COPY data, since the server has thrown away the one
 * that it got while it expected them (55.2.3).
 */
static bool may_begin(const struct relay_session *s, char type)
{
    if (s->phase == SESSION_ENTERING)
        return type == 'p' || type == 'X';
    if (s->phase == SESSION_BUSY)
        return (type && strchr("dcfXH", type)) || (type == 'S' && s->copying);
    return s->phase != SESSION_ENDED;
}

/* Part of a message that the server cannot act upon yet may go on, if it is not behind others. */
static void pass_part(struct relay_session *s)
{
    if (s->held.length > SESSION_HELD && s->phase == SESSION_GATHERING)
        announce(s, batch_sql(&s->batch), true, SESSION_OPEN);
    else if (s->held.length > SESSION_HELD && s->phase != SESSION_STARTING)
        move(&s->held, &s->to_server);
}

/* Looks at what has come, as far as it may be looked at now. */
static void read_client(struct relay_session *s)
{
    size_t at = 0, used = 0;
    while (at < s->unread.length && s->phase != SESSION_ENDED && s->phase != SESSION_BLIND) {
        const char *bytes = s->unread.data + at;
        if (frame_is_between(&s->client) && !may_begin(s, *bytes))
            break;
        enum frame_progress progress = frame_read(&s->client, bytes, s->unread.length - at, &used);
        text_append_bytes(&s->held, bytes, used);
        at += used;
        if (progress == FRAME_BROKEN)
            end(s, true);
        else if (progress == FRAME_WHOLE)
            take_message(s);
        else
            pass_part(s);
    }
    if (s->phase == SESSION_BLIND) {
        text_append_bytes(&s->to_server, s->unread.data + at, s->unread.length - at);
        at = s->unread.length;
    }
    if (at) {
        memmove(s->unread.data, s->unread.data + at, s->unread.length - at);
        s->unread.length -= at;
    }
}

void relay_session_from_client(struct relay_session *s, const char *bytes, size_t length)
{
    if (s->phase == SESSION_ENDED)
        return;
    text_append_bytes(&s->unread, bytes, length);
    read_client(s);
}

bool relay_session_takes_client(const struct relay_session *s)
{
    return s->unread.length == 0;
}

static void note_error(struct relay_session *s)
{
    const char *sqlstate = message_error_field(&s->server.kept, 'C');
    const char *message = message_error_field(&s->server.kept, 'M');
    if (s->phase == SESSION_ENTERING && !s->ledger->refusal) {
        s->ledger->refusal = text_one_line(message ? message : "");
        snprintf(s->ledger->refusal_sqlstate, sizeof s->ledger->refusal_sqlstate, "%s",
                 sqlstate ? sqlstate : "");
    }
    if ((s->phase != SESSION_BUSY && s->phase != SESSION_OPEN) || statement(s)->message)
        return;
    statement(s)->message = text_one_line(message ? message : "");
    snprintf(statement(s)->sqlstate, sizeof statement(s)->sqlstate, "%s", sqlstate ? sqlstate : "");
}

/* By its tag; that of ROLLBACK TO SAVEPOINT is the same as that of ROLLBACK. */
static bool is_end_of_transaction(const char *tag)
{
    return strcmp(tag, "COMMIT") == 0 || strcmp(tag, "ROLLBACK") == 0 ||
           strcmp(tag, "PREPARE TRANSACTION") == 0;
}

static void note_completion(struct relay_session *s)
{
    size_t at = 0;
    uint64_t rows;
    if (s->phase != SESSION_BUSY && s->phase != SESSION_OPEN)
        return;
    const char *tag = message_string(&s->server.kept, &at);
    free(statement(s)->tag);
    statement(s)->tag = memory_copy_of(tag);
    statement(s)->ended |= is_end_of_transaction(tag);
    if (message_tag_rows(tag, &rows))
        statement(s)->rows += rows;
}

/* ReadyForQuery: whatever was under way has ended. */
static void take_ready(struct relay_session *s)
{
    if (s->phase == SESSION_ENTERING) {
        s->ledger->entered++;
        s->phase = SESSION_IDLE;
        return;
    }
    if (s->phase != SESSION_BUSY)
        return;
    struct ledger_statement *done = statement(s);
    done->seconds = clock_seconds() - done->started;
    done->transaction = s->server.kept.length ? s->server.kept.data[0] : '?';
    batch_clear(&s->batch);
    s->phase = SESSION_IDLE;
    if (s->hooks->after && s->hooks->after(s->hooks->context, done) == RELAY_CUT)
        end(s, false);
}

/*
 * AuthenticationSASL (55.7) without the mechanisms that bind the login to the encryption, which
 * a client would not understand on a connection that is not encrypted.
 */
static void hide_channel_binding(struct relay_session *s)
{
    static const char binding[] = "-PLUS";
    const struct text *body = &s->server.kept;
    size_t at = sizeof(uint32_t);
    if (message_number(body, 0) != MESSAGE_SASL || s->server.length > FRAME_KEPT)
        return;
    struct text mechanisms = {0};
    while (at < body->length && body->data[at]) {
        const char *name = message_string(body, &at);
        size_t length = strlen(name), tail = strlen(binding);
        if (length < tail || strcmp(name + length - tail, binding) != 0)
            text_append_bytes(&mechanisms, name, length + 1);
    }
    uint32_t head[2] = {htonl((uint32_t)(sizeof head + mechanisms.length + 1)),
                        htonl(MESSAGE_SASL)};
    text_clear(&s->answer);
    text_append(&s->answer, "R");
    text_append_bytes(&s->answer, head, sizeof head);
    text_append_bytes(&s->answer, mechanisms.data, mechanisms.length);
    text_append_bytes(&s->answer, "", 1);
    text_release(&mechanisms);
}

static void take_answer(struct relay_session *s)
{
    switch (s->server.type) {
    case 'R':
        if (s->hides_binding && s->phase == SESSION_ENTERING)
            hide_channel_binding(s);
        break;
    case 'K':
        s->backend = (int)message_number(&s->server.kept, 0);
        break;
    case 'E':
        note_error(s);
        break;
    case 'C':
        note_completion(s);
        break;
    case 'G':
        s->copying = true;
        break;
    case 'Z':
        take_ready(s);
        break;
    default:
        break;
    }
}

/*
 * A ReadyForQuery, a byte long, until the hook has seen it; an offer of logins until it is known.
 * Before the head is whole, its length is not known either.
 */
static bool is_held_until_whole(const struct relay_session *s)
{
    if (s->server.type == 'R' && s->hides_binding && s->phase == SESSION_ENTERING)
        return s->server.length <= FRAME_KEPT;
    return s->server.type == 'Z' && s->server.length <= 1;
}

void relay_session_from_server(struct relay_session *s, const char *bytes, size_t length)
{
    if (s->phase == SESSION_BLIND)
        text_append_bytes(&s->to_client, bytes, length);
    for (size_t at = 0, used = 0;
         at < length && s->phase != SESSION_BLIND && s->phase != SESSION_ENDED; at += used) {
        enum frame_progress progress = frame_read(&s->server, bytes + at, length - at, &used);
        text_append_bytes(&s->answer, bytes + at, used);
        if (progress == FRAME_BROKEN)
            end(s, true);
        else if (progress == FRAME_WHOLE)
            take_answer(s);
        bool waits = progress == FRAME_PARTIAL && is_held_until_whole(s);
        if (s->phase != SESSION_ENDED && !waits)
            move(&s->answer, &s->to_client);
    }
    read_client(s);
}

void relay_session_release(struct relay_session *s)
{
    struct text *texts[] = {&s->unread, &s->held, &s->answer, &s->to_client, &s->to_server};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_release(texts[i]);
    frame_release(&s->client);
    frame_release(&s->server);
    batch_release(&s->batch);
}
