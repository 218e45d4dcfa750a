/* TLS with the server: who is trusted, and what happens where a server offers none. */
#include "relay/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/remove_tree.h"

enum { PAYLOAD = 1 << 20 };

/* A server of one connection, in a thread: it answers SSLRequest and sends back what it gets. */
struct fixture {
    char *folder;
    int ends[2]; /* ours, the server's */
    char answer;
    pthread_t thread;
    bool runs;
    struct tls *tls;
    struct tls_session *session;
};

static char *file(const struct fixture *f, const char *name)
{
    return memory_format("%s/%s", f->folder, name);
}

/* A certificate that vouches for itself; the key lies beside it. */
static void certify(const char *folder, const char *name)
{
    char *command = memory_format(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=db.test -addext subjectAltName=DNS:db.test,IP:127.0.0.7"
        " -keyout %s/%s.key -out %s/%s.crt 2>/dev/null",
        folder, name, folder, name);
    const struct process_request request = {.command = command, .sees = SEES_ALL};
    struct process_result made = {0};
    struct error e = {0};
    bool good = process_run(&request, &made, &e);
    int status = made.status;
    process_result_release(&made);
    free(command);
    assert_true(good);
    assert_int_equal(status, 0);
}

static void echo(SSL *ssl)
{
    static char bytes[64 << 10];
    for (int got; (got = SSL_read(ssl, bytes, sizeof bytes)) > 0;)
        if (SSL_write(ssl, bytes, got) != got)
            return;
}

static void *serve(void *context)
{
    struct fixture *f = context;
    char request[8];
    if (recv(f->ends[1], request, sizeof request, MSG_WAITALL) != sizeof request ||
        send(f->ends[1], &f->answer, 1, MSG_NOSIGNAL) != 1 || f->answer != 'S')
        return NULL;
    char *certificate = file(f, "server.crt"), *key = file(f, "server.key");
    SSL_CTX *settings = SSL_CTX_new(TLS_server_method());
    SSL *ssl = NULL;
    if (SSL_CTX_use_certificate_file(settings, certificate, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_use_PrivateKey_file(settings, key, SSL_FILETYPE_PEM) == 1 &&
        (ssl = SSL_new(settings)) && SSL_set_fd(ssl, f->ends[1]) == 1 && SSL_accept(ssl) == 1)
        echo(ssl);
    SSL_free(ssl);
    SSL_CTX_free(settings);
    free(certificate);
    free(key);
    shutdown(f->ends[1], SHUT_RDWR);
    return NULL;
}

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    char folder[] = "/tmp/test-tls-XXXXXX";
    *state = f;
    unsetenv("PGSSLMODE");
    setenv("HOME", "/nonexistent", 1);
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignored, NULL);
    if (!mkdtemp(folder) || socketpair(AF_UNIX, SOCK_STREAM, 0, f->ends) != 0)
        return -1;
    f->folder = memory_copy_of(folder);
    certify(f->folder, "server");
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    tls_close(f->session);
    shutdown(f->ends[0], SHUT_RDWR);
    if (f->runs)
        pthread_join(f->thread, NULL);
    close(f->ends[0]);
    close(f->ends[1]);
    tls_free(f->tls);
    bool gone = remove_tree(f->folder);
    free(f->folder);
    free(f);
    return gone ? 0 : -1;
}

/* Prepares for `options` and `host`, and opens towards a server that answers `answer`. */
static bool open_with(struct fixture *f, const char *options, const char *host, char answer,
                      struct error *e)
{
    char *url = memory_format("postgresql://db.test/shop?%s", options);
    bool good = tls_prepare(&f->tls, url, host, e);
    free(url);
    if (!good)
        return false;
    f->answer = answer;
    f->runs = pthread_create(&f->thread, NULL, serve, f) == 0;
    return f->runs && tls_open(f->tls, f->ends[0], &f->session, e);
}

static char *with_root(const struct fixture *f, const char *mode, const char *root)
{
    return memory_format("sslmode=%s&sslrootcert=%s/%s.crt", mode, f->folder, root);
}

static bool opens(struct fixture *f, const char *mode, const char *root, const char *host,
                  struct error *e)
{
    char *options = with_root(f, mode, root);
    bool good = open_with(f, options, host, 'S', e);
    free(options);
    return good && f->session;
}

static void require_takes_any_server(void **state)
{
    struct error e = {0};
    struct fixture *f = *state;
    assert_true(open_with(f, "sslmode=require", "elsewhere.test", 'S', &e));
    assert_non_null(f->session);
    assert_true(tls_is_required(f->tls));
}

static void known_root_is_trusted(void **state)
{
    struct error e = {0};
    assert_true(opens(*state, "verify-full", "server", "db.test", &e));
}

static void address_in_the_certificate_is_trusted(void **state)
{
    struct error e = {0};
    assert_true(opens(*state, "verify-full", "server", "127.0.0.7", &e));
}

static void other_name_is_refused_by_verify_full(void **state)
{
    struct error e = {0};
    assert_false(opens(*state, "verify-full", "server", "elsewhere.test", &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "ostname mismatch"));
}

static void other_name_is_taken_by_verify_ca(void **state)
{
    struct error e = {0};
    assert_true(opens(*state, "verify-ca", "server", "elsewhere.test", &e));
}

static void other_root_is_refused(void **state)
{
    struct error e = {0};
    struct fixture *f = *state;
    certify(f->folder, "other");
    assert_false(opens(f, "verify-ca", "other", "db.test", &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "TLS with the server failed"));
}

static void verifying_needs_a_root(void **state)
{
    struct error e = {0};
    assert_false(open_with(*state, "sslmode=verify-full", "db.test", 'S', &e));
    assert_non_null(strstr(e.message, "sslrootcert"));
}

static void root_that_is_not_there_is_named(void **state)
{
    struct error e = {0};
    assert_false(opens(*state, "require", "missing", "db.test", &e));
    assert_non_null(strstr(e.message, "missing.crt cannot be used"));
}

static void without_tls_on_either_side(void **state)
{
    struct error e = {0};
    struct fixture *f = *state;
    assert_true(open_with(f, "sslmode=prefer", "db.test", 'N', &e));
    assert_null(f->session);
}

static void server_without_tls_is_refused_where_it_is_required(void **state)
{
    struct error e = {0};
    assert_false(open_with(*state, "sslmode=require", "db.test", 'N', &e));
    assert_non_null(strstr(e.message, "offers no TLS"));
}

static void disabled_means_none(void **state)
{
    struct error e = {0};
    struct fixture *f = *state;
    assert_true(tls_prepare(&f->tls, "postgresql://db.test/shop?sslmode=disable", NULL, &e));
    assert_null(f->tls);
}

/* What has arrived is read, until there is nothing more that poll(2) would not announce. */
static size_t take(struct fixture *f, char *bytes, size_t size)
{
    char part[1000]; /* smaller than a record, so that some of it waits inside */
    size_t all = 0;
    struct pollfd fd = {.fd = f->ends[0], .events = POLLIN};
    if (poll(&fd, 1, 0) <= 0)
        return 0;
    do {
        ssize_t got = tls_receive(f->session, part, sizeof part);
        if (got <= 0)
            break;
        assert_true(all + (size_t)got <= size);
        memcpy(bytes + all, part, (size_t)got);
        all += (size_t)got;
    } while (tls_has_more(f->session));
    return all;
}

static void bytes_come_back_whole(void **state)
{
    struct error e = {0};
    struct fixture *f = *state;
    char *sent = memory_zeroed(1, PAYLOAD), *back = memory_zeroed(1, PAYLOAD);
    for (size_t i = 0; i < PAYLOAD; i++)
        sent[i] = (char)(i * 31 % 251);
    assert_true(open_with(f, "sslmode=require", "db.test", 'S', &e));
    assert_int_equal(fcntl(f->ends[0], F_SETFL, O_NONBLOCK), 0);
    for (size_t out = 0, in = 0, turns = 0; in < PAYLOAD && turns < 1000000; turns++) {
        ssize_t went = out < PAYLOAD ? tls_send(f->session, sent + out, PAYLOAD - out) : 0;
        out += went > 0 ? (size_t)went : 0;
        in += take(f, back + in, PAYLOAD - in);
    }
    int difference = memcmp(sent, back, PAYLOAD);
    free(sent);
    free(back);
    assert_int_equal(difference, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(require_takes_any_server, setup, teardown),
        cmocka_unit_test_setup_teardown(known_root_is_trusted, setup, teardown),
        cmocka_unit_test_setup_teardown(address_in_the_certificate_is_trusted, setup, teardown),
        cmocka_unit_test_setup_teardown(other_name_is_refused_by_verify_full, setup, teardown),
        cmocka_unit_test_setup_teardown(other_name_is_taken_by_verify_ca, setup, teardown),
        cmocka_unit_test_setup_teardown(other_root_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(verifying_needs_a_root, setup, teardown),
        cmocka_unit_test_setup_teardown(root_that_is_not_there_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(without_tls_on_either_side, setup, teardown),
        cmocka_unit_test_setup_teardown(server_without_tls_is_refused_where_it_is_required, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(disabled_means_none, setup, teardown),
        cmocka_unit_test_setup_teardown(bytes_come_back_whole, setup, teardown),
    };
    return cmocka_run_group_tests_name("tls", tests, NULL, NULL) ? 1 : 0;
}
