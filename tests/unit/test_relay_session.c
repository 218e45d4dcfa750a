/* The relay's view of one connection, without sockets: boundaries, SQL, hooks, what passes. */
#include "relay/relay_session.h"

#include "../support/testing.h"
#include "base/memory.h"

struct fixture {
    struct relay_session session;
    struct ledger ledger;
    struct relay_hooks hooks;
    struct text message; /* the one being made */
    struct text log;     /* what the hooks were told */
    const char *cut_at;  /* "before 2": cut there; or NULL */
};

static enum relay_answer note(struct fixture *f, const char *when, const struct ledger_statement *s)
{
    char *line = memory_format("%s %zu", when, s->number);
    text_append_format(&f->log, "%s: %s;", line, s->sql);
    bool cut = f->cut_at && strcmp(f->cut_at, line) == 0;
    free(line);
    return cut ? RELAY_CUT : RELAY_PASS;
}

static enum relay_answer before(void *context, const struct ledger_statement *s)
{
    return note(context, "before", s);
}

static enum relay_answer after(void *context, const struct ledger_statement *s)
{
    return note(context, "after", s);
}

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    f->hooks = (struct relay_hooks){.context = f, .before = before, .after = after};
    relay_session_init(&f->session, 1, &f->hooks, &f->ledger);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    relay_session_release(&f->session);
    ledger_release(&f->ledger);
    text_release(&f->message);
    text_release(&f->log);
    free(f);
    return 0;
}

/* A message of `type` (0: none) whose body is `body`, `length` bytes; valid until the next. */
static const struct text *message(struct fixture *f, char type, const char *body, size_t length)
{
    size_t all = length + 4;
    const char head[] = {(char)(all >> 24), (char)(all >> 16), (char)(all >> 8), (char)all};
    text_clear(&f->message);
    if (type)
        text_append_bytes(&f->message, &type, 1);
    text_append_bytes(&f->message, head, sizeof head);
    text_append_bytes(&f->message, body, length);
    return &f->message;
}

static void client(struct fixture *f, char type, const char *body, size_t length)
{
    const struct text *m = message(f, type, body, length);
    relay_session_from_client(&f->session, m->data, m->length);
}

static void server(struct fixture *f, char type, const char *body, size_t length)
{
    const struct text *m = message(f, type, body, length);
    relay_session_from_server(&f->session, m->data, m->length);
}

#define BODY(literal) literal, sizeof literal - 1
#define EMPTY         "", 0

static void expect_server_gets(struct fixture *f, const char *types)
{
    struct text *t = &f->session.to_server;
    struct frame frame = {0};
    struct text found = {0};
    for (size_t at = 0, used = 0; at < t->length; at += used)
        if (frame_read(&frame, t->data + at, t->length - at, &used) == FRAME_WHOLE)
            text_append_bytes(&found, &frame.type, 1);
    frame_release(&frame);
    bool same = strcmp(text_string(&found), types) == 0;
    if (!same)
        print_error("the server gets '%s' instead of '%s'\n", text_string(&found), types);
    text_release(&found);
    text_clear(t);
    assert_true(same);
}

static void expect_log(struct fixture *f, const char *expected)
{
    assert_string_equal(text_string(&f->log), expected);
    text_clear(&f->log);
}

static void enter(struct fixture *f)
{
    client(f, 0, BODY("\0\3\0\0user\0me\0\0"));
    server(f, 'R', BODY("\0\0\0\0"));
    server(f, 'K', BODY("\0\0\1\2\0\0\0\7"));
    server(f, 'Z', BODY("I"));
    assert_int_equal(f->session.backend, 258);
    text_clear(&f->session.to_server);
    text_clear(&f->session.to_client);
}

static void requests_of_encryption_are_answered(void **state)
{
    struct fixture *f = *state;
    client(f, 0, BODY("\x04\xd2\x16\x2f")); /* SSLRequest */
    client(f, 0, BODY("\x04\xd2\x16\x30")); /* GSSENCRequest */
    assert_string_equal(text_string(&f->session.to_client), "NN");
    assert_int_equal(f->session.to_server.length, 0);
    text_clear(&f->session.to_client);
    enter(f);
}

/* The server's offer, in one piece and byte by byte; what the client is shown of it. */
static void channel_binding_is_hidden(void **state)
{
    static const char offer[] = "\0\0\0\12SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0";
    static const char shown[] = "R\0\0\0\27\0\0\0\12SCRAM-SHA-256\0";
    struct fixture *f = *state;
    f->session.hides_binding = true;
    client(f, 0, BODY("\0\3\0\0user\0me\0\0"));
    for (size_t step = 1; step <= sizeof offer + 5; step += sizeof offer + 4) {
        const struct text *m = message(f, 'R', offer, sizeof offer);
        for (size_t at = 0; at < m->length; at += step)
            relay_session_from_server(&f->session, m->data + at,
                                      step < m->length - at ? step : m->length - at);
        assert_int_equal(f->session.to_client.length, sizeof shown);
        assert_memory_equal(f->session.to_client.data, shown, sizeof shown);
        text_clear(&f->session.to_client);
    }
    server(f, 'R', BODY("\0\0\0\13hello")); /* AuthenticationSASLContinue */
    assert_int_equal(f->session.to_client.length, 14);
}

/* Where the client's own encryption would reach the server, nothing is changed. */
static void offered_logins_pass_otherwise(void **state)
{
    static const char offer[] = "\0\0\0\12SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0";
    struct fixture *f = *state;
    client(f, 0, BODY("\0\3\0\0user\0me\0\0"));
    server(f, 'R', offer, sizeof offer);
    assert_int_equal(f->session.to_client.length, sizeof offer + 5);
}

static void cancel_request_passes(void **state)
{
    struct fixture *f = *state;
    client(f, 0, BODY("\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2"));
    assert_int_equal(f->session.to_server.length, 16);
    assert_int_equal(f->session.phase, SESSION_BLIND);
    expect_log(f, "");
}

static void query_is_one_statement(void **state)
{
    struct fixture *f = *state;
    enter(f);
    client(f, 'Q', BODY("BEGIN; SELECT 1\0"));
    expect_log(f, "before 1: BEGIN; SELECT 1;");
    expect_server_gets(f, "Q");
    server(f, 'C', BODY("BEGIN\0"));
    server(f, 'C', BODY("SELECT 1\0"));
    server(f, 'Z', BODY("T"));
    expect_log(f, "after 1: BEGIN; SELECT 1;");
    const struct ledger_statement *s = &f->ledger.statements[0];
    assert_string_equal(s->tag, "SELECT 1");
    assert_int_equal(s->rows, 1);
    assert_int_equal(s->transaction, 'T');
    assert_int_equal(s->backend, 258);
    assert_true(s->seconds >= 0);
    assert_false(s->ended);
}

/* The status says 'T' before and after, and a transaction was committed in between. */
static void a_commit_within_a_statement_is_known(void **state)
{
    static const struct {
        const char *tag;
        bool ended;
    } tags[] = {{"COMMIT", true}, {"ROLLBACK", true}, {"PREPARE TRANSACTION", true},
                {"DO", false},    {"RELEASE", false}, {"COMMENT", false}};
    struct fixture *f = *state;
    enter(f);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        client(f, 'Q', BODY("whatever\0"));
        server(f, 'C', tags[i].tag, strlen(tags[i].tag) + 1);
        server(f, 'C', BODY("BEGIN\0"));
        server(f, 'Z', BODY("T"));
        assert_int_equal(f->ledger.statements[i].ended, tags[i].ended);
    }
}

static void batch_is_held_until_sync(void **state)
{
    struct fixture *f = *state;
    enter(f);
    client(f, 'P', BODY("\0INSERT 1\0\0\0"));
    client(f, 'B', BODY("\0\0\0\0\0\0\0\0"));
    client(f, 'E', BODY("\0\0\0\0\0"));
    client(f, 'P', BODY("n\0INSERT 2\0\0\0"));
    client(f, 'B', BODY("\0n\0\0\0\0\0\0\0"));
    client(f, 'E', BODY("\0\0\0\0\0"));
    expect_server_gets(f, "");
    expect_log(f, "");
    client(f, 'S', EMPTY);
    expect_log(f, "before 1: INSERT 1; INSERT 2;");
    expect_server_gets(f, "PBEPBES");
    server(f, 'Z', BODY("I"));
    /* what was prepared under a name is known later */
    client(f, 'B', BODY("\0n\0\0\0\0\0\0\0"));
    client(f, 'E', BODY("\0\0\0\0\0"));
    client(f, 'S', EMPTY);
    text_clear(&f->session.to_server);
    expect_log(f, "after 1: INSERT 1; INSERT 2;before 2: INSERT 2;");
}

static void flush_lets_a_batch_go(void **state)
{
    struct fixture *f = *state;
    enter(f);
    client(f, 'P', BODY("\0INSERT 1\0\0\0"));
    client(f, 'H', EMPTY);
    expect_server_gets(f, "PH");
    expect_log(f, "");
    client(f, 'B', BODY("\0\0\0\0\0\0\0\0"));
    client(f, 'E', BODY("\0\0\0\0\0"));
    expect_server_gets(f, "");
    client(f, 'H', EMPTY);
    expect_server_gets(f, "BEH");
    expect_log(f, "before 1: INSERT 1;");
    client(f, 'E', BODY("\0\0\0\0\0"));
    client(f, 'S', EMPTY);
    expect_server_gets(f, "ES");
    server(f, 'Z', BODY("I"));
    expect_log(f, "after 1: INSERT 1; INSERT 1;");
}

static void what_is_sent_ahead_waits(void **state)
{
    struct fixture *f = *state;
    enter(f);
    client(f, 'Q', BODY("one\0"));
    client(f, 'Q', BODY("two\0"));
    expect_log(f, "before 1: one;");
    expect_server_gets(f, "Q");
    assert_false(relay_session_takes_client(&f->session));
    server(f, 'Z', BODY("I"));
    expect_log(f, "after 1: one;before 2: two;");
    expect_server_gets(f, "Q");
    assert_true(relay_session_takes_client(&f->session));
}

static void copy_in_takes_a_second_sync(void **state)
{
    struct fixture *f = *state;
    enter(f);
    client(f, 'P', BODY("\0COPY t FROM STDIN\0\0\0"));
    client(f, 'B', BODY("\0\0\0\0\0\0\0\0"));
    client(f, 'E', BODY("\0\0\0\0\0"));
    client(f, 'S', EMPTY);
    server(f, 'G', BODY("\0\0\0"));
    client(f, 'd', BODY("1\n"));
    client(f, 'c', EMPTY);
    client(f, 'S', EMPTY);
    expect_server_gets(f, "PBESdcS");
    server(f, 'C', BODY("COPY 1\0"));
    server(f, 'Z', BODY("I"));
    expect_log(f, "before 1: COPY t FROM STDIN;after 1: COPY t FROM STDIN;");
    assert_int_equal(f->session.phase, SESSION_IDLE);
}

static void cut_before_lets_nothing_on(void **state)
{
    struct fixture *f = *state;
    enter(f);
    f->cut_at = "before 1";
    client(f, 'Q', BODY("DROP TABLE t\0"));
    assert_int_equal(f->session.phase, SESSION_ENDED);
    assert_int_equal(f->session.to_server.length, 0);
    assert_false(f->session.broken);
}

static void cut_after_keeps_the_answer_back(void **state)
{
    struct fixture *f = *state;
    enter(f);
    f->cut_at = "after 1";
    client(f, 'Q', BODY("COMMIT\0"));
    /* even if it comes byte by byte */
    const struct text *m = message(f, 'Z', BODY("I"));
    for (size_t i = 0; i < m->length; i++)
        relay_session_from_server(&f->session, m->data + i, 1);
    assert_int_equal(f->session.phase, SESSION_ENDED);
    assert_int_equal(f->session.to_client.length, 0);
    expect_log(f, "before 1: COMMIT;after 1: COMMIT;");
}

static void errors_are_noted(void **state)
{
    struct fixture *f = *state;
    client(f, 0, BODY("\0\3\0\0user\0me\0\0"));
    server(f, 'E', BODY("SFATAL\0C28000\0Mno entry,\nno encryption\0\0"));
    assert_string_equal(f->ledger.refusal, "no entry, no encryption");
    assert_string_equal(f->ledger.refusal_sqlstate, "28000");
    server(f, 'Z', BODY("I"));
    client(f, 'Q', BODY("SELECT 1/0\0"));
    server(f, 'E', BODY("SERROR\0C22012\0Mdivision by zero\0\0"));
    server(f, 'Z', BODY("E"));
    assert_string_equal(f->ledger.statements[0].sqlstate, "22012");
    assert_string_equal(f->ledger.statements[0].message, "division by zero");
    assert_int_equal(f->ledger.statements[0].transaction, 'E');
}

static void long_query_streams_but_for_its_end(void **state)
{
    struct fixture *f = *state;
    enter(f);
    size_t length = 3 << 20;
    char *sql = memory_zeroed(length, 1);
    memset(sql, 'x', length - 1);
    struct text whole = {0};
    text_append_bytes(&whole, message(f, 'Q', sql, length)->data, length + 5);
    free(sql);
    size_t most_held = 0, chunk = 10000, last = whole.length - 1;
    for (size_t at = 0; at < last; at += chunk) {
        size_t part = last - at < chunk ? last - at : chunk;
        relay_session_from_client(&f->session, whole.data + at, part);
        if (f->session.held.length > most_held)
            most_held = f->session.held.length;
    }
    bool before_its_end = f->log.length > 0;
    relay_session_from_client(&f->session, whole.data + last, 1);
    bool same = f->session.to_server.length == whole.length &&
                memcmp(f->session.to_server.data, whole.data, whole.length) == 0;
    text_release(&whole);
    assert_false(before_its_end);
    assert_true(same);
    assert_true(most_held >= 1 && most_held <= SESSION_HELD);
    assert_int_equal(strlen(f->ledger.statements[0].sql), FRAME_KEPT);
}

static void nonsense_ends_it(void **state)
{
    struct fixture *f = *state;
    enter(f);
    relay_session_from_client(&f->session, BODY("Q\0\0\0\3"));
    assert_int_equal(f->session.phase, SESSION_ENDED);
    assert_true(f->session.broken);
    relay_session_from_client(&f->session, BODY("Q\0\0\0\5\0"));
    assert_int_equal(f->session.to_server.length, 0);
}

static void startup_packet_is_bounded(void **state)
{
    struct fixture *f = *state;
    relay_session_from_client(&f->session, BODY("\x01\0\0\0"));
    assert_true(f->session.broken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests_of_encryption_are_answered, setup, teardown),
        cmocka_unit_test_setup_teardown(channel_binding_is_hidden, setup, teardown),
        cmocka_unit_test_setup_teardown(offered_logins_pass_otherwise, setup, teardown),
        cmocka_unit_test_setup_teardown(cancel_request_passes, setup, teardown),
        cmocka_unit_test_setup_teardown(query_is_one_statement, setup, teardown),
        cmocka_unit_test_setup_teardown(a_commit_within_a_statement_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(batch_is_held_until_sync, setup, teardown),
        cmocka_unit_test_setup_teardown(flush_lets_a_batch_go, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_sent_ahead_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(copy_in_takes_a_second_sync, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_before_lets_nothing_on, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_after_keeps_the_answer_back, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_are_noted, setup, teardown),
        cmocka_unit_test_setup_teardown(long_query_streams_but_for_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(startup_packet_is_bounded, setup, teardown),
    };
    return cmocka_run_group_tests_name("relay session", tests, NULL, NULL) ? 1 : 0;
}
