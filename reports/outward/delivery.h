/*
 * One message to one receiver over HTTP or HTTPS, by libcurl: sent again after a connection error,
 * 408, 429 or 5xx, with exponential backoff and full jitter (Retry-After counts instead where it is
 * given, RFC 9110, 10.2.3), until it is taken or its time is over. TLS is always verified, against
 * CURL_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR where one of them is set. Redirects are not
 * followed, so credentials go to nobody but the host that was named. Of an answer at most
 * DELIVERY_ANSWER bytes are read.
 */
#pragma once
#include "base/cancel.h"
#include "base/error.h"
#include "base/text.h"

enum { DELIVERY_ANSWER = 65536 };

struct delivery {
    const char *what;   /* for messages: "webhook" */
    const char *method; /* "POST", "PUT" */
    const char *url;
    const char *content_type;
    const char *token; /* sent as "Authorization: Bearer TOKEN"; NULL: the URL's or netrc's */
    const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
    const char *body;
    size_t length;
    double deadline; /* clock_seconds() at which it is over */
    const struct cancel *cancel;
};

/*
 * True when it was taken (2xx); its answer is in `answer` (released by the caller) if that is not
 * NULL. The error is one line that names the receiver by scheme, host and port only, since paths
 * hold secrets too.
 */
bool delivery_send(const struct delivery *d, struct text *answer, struct error *e);

/* ERROR_USAGE unless `url` is one of http or https with a host. Says nothing of what is in it. */
bool delivery_check_url(const char *option, const char *url, struct error *e);

/* Of a `url` that was checked: "https://host:port", to be freed. */
char *delivery_receiver(const char *url);
