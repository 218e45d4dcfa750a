#include "deployment/probe.h"

#include <curl/curl.h>
#include <poll.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/pattern.h"
#include "base/text.h"
#include "deployment/expansion.h"

static const size_t longest_answer = 1u << 20; /* bytes; the rest is not read */
static const size_t most_shown = 160;          /* bytes of an answer in a message */
static const long connect_limit = 10;          /* seconds */

/* All of it filled in. */
struct probe_request {
    const struct deployment_probe *probe;
    char *url, *body;
    struct curl_slist *headers;
};

static void request_release(struct probe_request *r)
{
    free(r->url);
    free(r->body);
    curl_slist_free_all(r->headers);
}

static bool request_make(struct probe_request *r, const struct deployment_probe *p,
                         const char *const *variables, struct secrets *secrets, struct error *e)
{
    *r = (struct probe_request){.probe = p, .url = expansion_of(p->url, variables, secrets, e)};
    bool good = r->url != NULL;
    if (good && p->body)
        good = (r->body = expansion_of(p->body, variables, secrets, e)) != NULL;
    for (unsigned i = 0; good && i < p->header_count; i++) {
        char *header = expansion_of(p->headers[i], variables, secrets, e);
        good = header != NULL;
        if (good && strpbrk(header, "\r\n"))
            good = error_set(e, ERROR_USAGE, "a variable in the header '%s' has a line break",
                             p->headers[i]);
        struct curl_slist *more = good ? curl_slist_append(r->headers, header) : NULL;
        if (good && !more)
            memory_exhausted();
        r->headers = more ? more : r->headers;
        free(header);
    }
    return good || error_prefix(e, "probe '%s'", p->name);
}

bool probe_check(const struct deployment_probe *p, const char *const *variables,
                 struct secrets *secrets, struct error *e)
{
    struct probe_request r;
    bool good = request_make(&r, p, variables, secrets, e);
    request_release(&r);
    return good;
}

static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
    struct text *answer = context;
    size_t room = longest_answer > answer->length ? longest_answer - answer->length : 0;
    size_t taken = one * count < room ? one * count : room;
    for (size_t i = 0; i < taken; i++)
        if (bytes[i] == '\0')
            bytes[i] = '?';
    text_append_bytes(answer, bytes, taken);
    return taken; /* fewer than there were ends the transfer */
}

static int hear_cancel(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return cancel_is_raised(context);
}

static void set_up(CURL *curl, const struct probe_request *r, double limit, struct text *answer,
                   const struct cancel *cancel, char *reason)
{
    curl_easy_setopt(curl, CURLOPT_URL, r->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_limit);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(limit * 1000) + 1);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pgrehearse/" PGREHEARSE_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, r->headers);
    if (r->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(r->body));
    }
    if (strcmp(r->probe->method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->probe->method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, hear_cancel);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *)cancel);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
}

static bool matches(const char *pattern, const char *string)
{
    struct pattern p;
    pattern_compile_checked(&p, pattern);
    bool found = pattern_matches(&p, string);
    pattern_release(&p);
    return found;
}

/* What is wrong with the answer, to be freed; NULL if nothing is. */
static char *judge(const struct deployment_probe *p, long status, const struct text *answer,
                   double latency)
{
    char *line = text_one_line(text_string(answer)), *message = NULL;
    if (status != p->status)
        message = memory_format("status %ld instead of %d%s%.*s", status, p->status,
                                *line ? ": " : "", (int)most_shown, line);
    else if (p->matches && !matches(p->matches, text_string(answer)))
        message =
            memory_format("the body does not match %s: %.*s", p->matches, (int)most_shown, line);
    else if (p->latency > 0 && latency > p->latency)
        message = memory_format("it took %.2f s, more than %g s", latency, p->latency);
    free(line);
    return message;
}

/* `*cut` is whether the limit ended it. */
static char *try_once(const struct probe_request *r, double limit, const struct cancel *cancel,
                      double *latency, bool *cut)
{
    char reason[CURL_ERROR_SIZE] = "", *message;
    struct text answer = {0};
    CURL *curl = curl_easy_init();
    if (!curl)
        return memory_copy_of("libcurl cannot be set up");
    set_up(curl, r, limit, &answer, cancel, reason);
    double started = clock_seconds();
    CURLcode outcome = curl_easy_perform(curl);
    *latency = clock_seconds() - started;
    *cut = outcome == CURLE_OPERATION_TIMEDOUT;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (outcome == CURLE_WRITE_ERROR && answer.length >= longest_answer)
        message = memory_format("the answer is longer than %zu bytes", longest_answer);
    else if (outcome != CURLE_OK)
        message = memory_format("no answer: %s", *reason ? reason : curl_easy_strerror(outcome));
    else
        message = judge(r->probe, status, &answer, *latency);
    curl_easy_cleanup(curl);
    text_release(&answer);
    return message;
}

/* False if the cancel came first. */
static bool pause_for(double seconds, const struct cancel *cancel)
{
    struct pollfd fd = {.fd = cancel ? cancel->fd : -1, .events = POLLIN};
    poll(&fd, 1, seconds > 0 ? (int)(seconds * 1000) + 1 : 0);
    return !cancel_is_raised(cancel);
}

/* A try that the deadline has cut says less than the answer before it. Takes over `message`. */
static void keep_telling(char **told, char *message, bool cut)
{
    char *lesser = cut && *told ? message : *told;
    if (lesser == *told)
        *told = message;
    free(lesser);
}

bool probe_run(const struct deployment_probe *p, const char *const *variables,
               const struct cancel *cancel, struct secrets *secrets, struct probe_result *result,
               struct error *e)
{
    struct probe_request r;
    *result = (struct probe_result){0};
    bool good = request_make(&r, p, variables, secrets, e);
    double deadline = clock_seconds() + p->deadline;
    while (good && !result->well) {
        double left = deadline - clock_seconds();
        bool cut = false;
        char *message = try_once(&r, left > 0.05 ? left : 0.05, cancel, &result->latency, &cut);
        result->tries++;
        result->well = !message;
        keep_telling(&result->message, message, cut);
        bool last =
            (p->retries && result->tries > p->retries) || clock_seconds() + p->pause >= deadline;
        if (result->well || cancel_is_raised(cancel) || last)
            break;
        pause_for(p->pause, cancel);
    }
    if (good && !result->well && cancel_is_raised(cancel))
        good = error_set(e, ERROR_INTERRUPTED, "interrupted");
    request_release(&r);
    return good;
}

void probe_result_release(struct probe_result *result)
{
    free(result->message);
    *result = (struct probe_result){0};
}
