#include "reports/outward/delivery.h"

#include <curl/curl.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/memory.h"

static const double first_pause = 0.5, longest_pause = 5, connect_limit = 5; /* seconds */

struct exchange {
    const struct delivery *delivery;
    CURL *curl;
    struct text answer;
    bool endless; /* the answer was longer than we read */
    char reason[CURL_ERROR_SIZE];
};

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *x = context;
    size_t length = size * count;
    if (length > DELIVERY_ANSWER - x->answer.length) {
        x->endless = true;
        return 0; /* which ends the transfer */
    }
    text_append_bytes(&x->answer, bytes, length);
    return length;
}

static int hear_cancel(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct exchange *x = context;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return cancel_is_raised(x->delivery->cancel);
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static void trust(CURL *curl)
{
    const char *file = environment("CURL_CA_BUNDLE");
    if (!file)
        file = environment("SSL_CERT_FILE");
    if (file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, file);
    if (environment("SSL_CERT_DIR"))
        curl_easy_setopt(curl, CURLOPT_CAPATH, environment("SSL_CERT_DIR"));
}

static void allow_http_only(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static struct curl_slist *make_headers(const struct delivery *d)
{
    char *type = memory_format("Content-Type: %s", d->content_type);
    struct curl_slist *headers = curl_slist_append(NULL, type);
    headers = curl_slist_append(headers, "Expect:"); /* no waiting for 100 Continue */
    for (size_t i = 0; d->headers && d->headers[i]; i++)
        headers = curl_slist_append(headers, d->headers[i]);
    free(type);
    if (!headers)
        memory_exhausted();
    return headers;
}

static void prepare(struct exchange *x, struct curl_slist *headers)
{
    const struct delivery *d = x->delivery;
    CURL *curl = x->curl;
    curl_easy_setopt(curl, CURLOPT_URL, d->url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, d->method);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, d->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)d->length);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pgrehearse/" PGREHEARSE_VERSION);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, hear_cancel);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, x);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, x->reason);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)connect_limit);
    if (d->token) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, d->token);
    }
    allow_http_only(curl);
    trust(curl);
}

enum outcome_of_try { TAKEN, TRY_AGAIN, GIVE_UP };

static enum outcome_of_try refused(struct exchange *x, struct error *e)
{
    long status = 0;
    char *location = NULL;
    curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(x->curl, CURLINFO_REDIRECT_URL, &location);
    error_clear(e);
    if (status >= 200 && status < 300 && !x->endless)
        return TAKEN;
    if (x->endless)
        error_set(e, ERROR_UNAVAILABLE, "its response (status %ld) does not end", status);
    else if (location)
        error_set(e, ERROR_UNAVAILABLE,
                  "it answered %ld, a redirect, which is not followed: give the URL it points to",
                  status);
    else
        error_set(e, ERROR_UNAVAILABLE, "it answered %ld", status);
    return status == 408 || status == 429 || status >= 500 ? TRY_AGAIN : GIVE_UP;
}

static bool is_permanent(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        return true;
    default:
        return false;
    }
}

static enum outcome_of_try try_once(struct exchange *x, struct error *e)
{
    double left = x->delivery->deadline - clock_seconds();
    x->reason[0] = '\0';
    x->endless = false;
    text_clear(&x->answer);
    curl_easy_setopt(x->curl, CURLOPT_TIMEOUT_MS, (long)fmax(left * 1000, 1));
    CURLcode code = curl_easy_perform(x->curl);
    if (code == CURLE_OK || x->endless)
        return refused(x, e);
    error_clear(e);
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        error_set(e, ERROR_INTERRUPTED, "interrupted");
        return GIVE_UP;
    }
    error_set(e, ERROR_UNAVAILABLE, "%s", *x->reason ? x->reason : curl_easy_strerror(code));
    return is_permanent(code) ? GIVE_UP : TRY_AGAIN;
}

/* Between 0 and `most`: so that many runners do not come back all at once. */
static double jitter(double most)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return most;
    return most * random / UINT32_MAX;
}

/* Waits before the next try; false if there is no time for one. */
static bool pause_before(struct exchange *x, int tries, struct error *e)
{
    curl_off_t asked = 0;
    curl_easy_getinfo(x->curl, CURLINFO_RETRY_AFTER, &asked);
    double seconds =
        asked > 0 ? (double)asked : 0.1 + jitter(fmin(longest_pause, first_pause * pow(2, tries)));
    if (clock_seconds() + seconds >= x->delivery->deadline) {
        if (asked > 0)
            error_prefix(e, "it asks for a retry after %.0f s, which is too late", seconds);
        return false;
    }
    struct pollfd fd = {.fd = x->delivery->cancel ? x->delivery->cancel->fd : -1, .events = POLLIN};
    poll(&fd, 1, (int)(seconds * 1000));
    return !cancel_is_raised(x->delivery->cancel);
}

static bool send_until_taken(struct exchange *x, struct error *e)
{
    for (int tries = 0;; tries++) {
        enum outcome_of_try outcome = try_once(x, e);
        if (outcome == TAKEN)
            return true;
        if (outcome == TRY_AGAIN && pause_before(x, tries, e))
            continue;
        if (tries > 0)
            error_prefix(e, "after %d tries", tries + 1);
        return false;
    }
}

bool delivery_send(const struct delivery *d, struct text *answer, struct error *e)
{
    struct exchange x = {.delivery = d, .curl = curl_easy_init()};
    if (!x.curl)
        return error_set(e, ERROR_UNAVAILABLE, "libcurl cannot be initialised");
    struct curl_slist *headers = make_headers(d);
    prepare(&x, headers);
    bool taken = send_until_taken(&x, e);
    curl_easy_cleanup(x.curl);
    curl_slist_free_all(headers);
    if (!taken) {
        char *receiver = delivery_receiver(d->url);
        error_prefix(e, "%s %s", d->what, receiver);
        free(receiver);
    }
    if (answer)
        text_append_bytes(answer, text_string(&x.answer), x.answer.length);
    text_release(&x.answer);
    return taken;
}

/* A part of the URL, to be freed; NULL if it has none. */
static char *part_of(CURLU *u, CURLUPart what)
{
    char *part = NULL;
    if (curl_url_get(u, what, &part, 0) != CURLUE_OK)
        return NULL;
    char *copy = memory_copy_of(part);
    curl_free(part);
    return copy;
}

bool delivery_check_url(const char *option, const char *url, struct error *e)
{
    CURLU *u = curl_url();
    bool good = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;
    char *scheme = good ? part_of(u, CURLUPART_SCHEME) : NULL;
    char *host = good ? part_of(u, CURLUPART_HOST) : NULL;
    good = scheme && host && *host && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    if (!good)
        error_set(e, ERROR_USAGE, "--%s: expected a URL of http or https, as https://HOST/PATH",
                  option);
    free(scheme);
    free(host);
    curl_url_cleanup(u);
    return good;
}

char *delivery_receiver(const char *url)
{
    CURLU *u = curl_url();
    if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK) {
        curl_url_cleanup(u);
        return memory_copy_of("(unreadable URL)");
    }
    char *scheme = part_of(u, CURLUPART_SCHEME), *host = part_of(u, CURLUPART_HOST),
         *port = part_of(u, CURLUPART_PORT);
    char *receiver = memory_format("%s://%s%s%s", scheme ? scheme : "?", host ? host : "?",
                                   port ? ":" : "", port ? port : "");
    free(scheme);
    free(host);
    free(port);
    curl_url_cleanup(u);
    return receiver;
}
