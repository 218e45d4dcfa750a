#include "relay/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "postgres/url.h"
#include "relay/message.h"

struct tls {
    SSL_CTX *context;
    char *host;
    bool required;
    bool names_host; /* the certificate has to be for `host` */
};

struct tls_session {
    SSL *ssl;
};

/* The first line of OpenSSL's own words. */
static const char *reason(void)
{
    unsigned long code = ERR_peek_error();
    const char *words = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return words ? words : "no reason given";
}

static bool refuse(struct error *e, const char *what, const char *file)
{
    return error_set(e, ERROR_UNAVAILABLE, "%s %s cannot be used: %s", what, file, reason());
}

/* The file that the option names, or libpq's usual one where it exists; NULL: none. To be freed. */
static char *file_of(const char *url, const char *keyword, const char *usual)
{
    char *named = url_option(url, keyword);
    const char *home = getenv("HOME");
    if (named || !home)
        return named;
    char *path = memory_format("%s/.postgresql/%s", home, usual);
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* As libpq does, a chain is verified wherever there is a root certificate to verify it with. */
static bool trust(struct tls *tls, const char *url, const char *mode, struct error *e)
{
    char *root = file_of(url, "sslrootcert", "root.crt");
    char *revoked = file_of(url, "sslcrl", "root.crl");
    bool verifies = strncmp(mode, "verify", strlen("verify")) == 0, good = true;
    if (root && strcmp(root, "system") == 0)
        good = SSL_CTX_set_default_verify_paths(tls->context) == 1;
    else if (root)
        good = SSL_CTX_load_verify_locations(tls->context, root, NULL) == 1;
    if (!good)
        refuse(e, "root certificate", root);
    else if (verifies && !root)
        error_set(e, ERROR_UNAVAILABLE,
                  "sslmode=%s needs a root certificate: name one with sslrootcert", mode);
    X509_STORE *store = SSL_CTX_get_cert_store(tls->context);
    if (e->kind == ERROR_NONE && root && revoked) {
        if (X509_STORE_load_locations(store, revoked, NULL) == 1)
            X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
        else
            refuse(e, "revocation list", revoked);
    }
    if (root)
        SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
    tls->names_host = strcmp(mode, "verify-full") == 0 || (root && strcmp(root, "system") == 0);
    free(root);
    free(revoked);
    return e->kind == ERROR_NONE;
}

static int give_password(char *buffer, int size, int writes, void *password)
{
    (void)writes;
    return password ? snprintf(buffer, (size_t)size, "%s", (const char *)password) : 0;
}

/* Our own certificate, where the server asks for one. */
static bool introduce(struct tls *tls, const char *url, struct error *e)
{
    char *certificate = file_of(url, "sslcert", "postgresql.crt");
    char *key = file_of(url, "sslkey", "postgresql.key"),
         *password = url_option(url, "sslpassword");
    SSL_CTX_set_default_passwd_cb(tls->context, give_password);
    SSL_CTX_set_default_passwd_cb_userdata(tls->context, password);
    if (certificate && access(certificate, F_OK) == 0) {
        if (SSL_CTX_use_certificate_chain_file(tls->context, certificate) != 1)
            refuse(e, "certificate", certificate);
        else if (!key)
            error_set(e, ERROR_UNAVAILABLE, "certificate %s has no key: name it with sslkey",
                      certificate);
        else if (SSL_CTX_use_PrivateKey_file(tls->context, key, SSL_FILETYPE_PEM) != 1)
            refuse(e, "key", key);
    }
    SSL_CTX_set_default_passwd_cb_userdata(tls->context, NULL);
    free(certificate);
    free(key);
    free(password);
    return e->kind == ERROR_NONE;
}

bool tls_prepare(struct tls **tls, const char *url, const char *host, struct error *e)
{
    char *mode = url_option(url, "sslmode");
    const char *chosen = mode ? mode : "prefer";
    bool good = true;
    *tls = NULL;
    if (strcmp(chosen, "disable") != 0) {
        struct tls *t = memory_zeroed(1, sizeof *t);
        t->required = strcmp(chosen, "require") == 0 || strncmp(chosen, "verify", 6) == 0;
        t->host = host ? memory_copy_of(host) : NULL;
        t->context = SSL_CTX_new(TLS_client_method());
        good = t->context ? SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION) == 1 &&
                                trust(t, url, chosen, e) && introduce(t, url, e)
                          : error_set(e, ERROR_UNAVAILABLE, "OpenSSL: %s", reason());
        *tls = t;
    }
    free(mode);
    return good;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->context);
    free(tls->host);
    free(tls);
}

bool tls_is_required(const struct tls *tls)
{
    return tls && tls->required;
}

/* SSLRequest, and the server's answer of one byte; 0 if none came. */
static char request(int fd)
{
    uint32_t packet[2] = {htonl(sizeof packet), htonl(MESSAGE_SSL_REQUEST)};
    char answer = 0;
    return send(fd, packet, sizeof packet, MSG_NOSIGNAL) == sizeof packet &&
                   recv(fd, &answer, 1, 0) == 1
               ? answer
               : 0;
}

static bool is_address(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static void expect_host(const struct tls *tls, SSL *ssl)
{
    if (tls->host && !is_address(tls->host))
        SSL_set_tlsext_host_name(ssl, tls->host);
    if (!tls->host || !tls->names_host)
        return;
    if (is_address(tls->host))
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), tls->host);
    else
        SSL_set1_host(ssl, tls->host);
}

static bool shake_hands(const struct tls *tls, SSL *ssl, int fd, struct error *e)
{
    expect_host(tls, ssl);
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ERR_clear_error();
    if (SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1)
        return true;
    long verified = SSL_get_verify_result(ssl);
    const char *why = reason();
    return error_set(e, ERROR_UNAVAILABLE, "TLS with the server failed: %s",
                     verified == X509_V_OK ? why : X509_verify_cert_error_string(verified));
}

bool tls_open(const struct tls *tls, int fd, struct tls_session **session, struct error *e)
{
    *session = NULL;
    if (!tls)
        return true;
    char answer = request(fd);
    if (answer == 'N' && !tls->required)
        return true;
    if (answer != 'S')
        return error_set(e, ERROR_UNAVAILABLE,
                         answer == 'N' ? "the server offers no TLS, and the connection demands it"
                                       : "the server did not answer a request for TLS");
    SSL *ssl = SSL_new(tls->context);
    if (!ssl)
        return error_set(e, ERROR_UNAVAILABLE, "OpenSSL: %s", reason());
    if (!shake_hands(tls, ssl, fd, e)) {
        SSL_free(ssl);
        return false;
    }
    *session = memory_zeroed(1, sizeof **session);
    (*session)->ssl = ssl;
    return true;
}

/* Without a word to the server, which would raise SIGPIPE where the server has gone. */
void tls_close(struct tls_session *session)
{
    if (!session)
        return;
    SSL_free(session->ssl);
    free(session);
}

/* The result of SSL_read or SSL_write in the terms of recv and send. */
static ssize_t result(struct tls_session *session, int done)
{
    if (done > 0)
        return done;
    int kind = SSL_get_error(session->ssl, done);
    ERR_clear_error();
    if (kind == SSL_ERROR_ZERO_RETURN)
        return 0;
    errno = kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
}

static int bounded(size_t length)
{
    return length > INT_MAX ? INT_MAX : (int)length;
}

ssize_t tls_send(struct tls_session *session, const void *bytes, size_t length)
{
    return result(session, SSL_write(session->ssl, bytes, bounded(length)));
}

ssize_t tls_receive(struct tls_session *session, void *bytes, size_t size)
{
    return result(session, SSL_read(session->ssl, bytes, bounded(size)));
}

bool tls_has_more(const struct tls_session *session)
{
    return session && SSL_has_pending(session->ssl);
}
