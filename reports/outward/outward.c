#include "reports/outward/outward.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "reports/json.h"
#include "reports/outward/delivery.h"
#include "reports/outward/otlp.h"
#include "reports/outward/pushgateway.h"

bool outward_check(const struct reporter *reporter, const char *url, struct error *e)
{
    return delivery_check_url(reporter->name, url, e);
}

/* A line break in it would begin another header. */
static bool find_token(const char *variable, const char **token, struct error *e)
{
    const char *value = getenv(variable);
    *token = value && *value ? value : NULL;
    return !*token || !strpbrk(*token, "\r\n") ||
           error_set(e, ERROR_UNAVAILABLE, "%s contains a line break", variable);
}

static void send_webhook(struct errand *errand)
{
    const char *token;
    if (!find_token("PGREHEARSE_WEBHOOK_TOKEN", &token, &errand->error))
        return;
    char *body = json_text(errand->record);
    /* the same run sent twice is to be known as such */
    char *key =
        memory_format("Idempotency-Key: %s", errand->record->id ? errand->record->id : "none");
    const char *const headers[] = {key, NULL};
    struct delivery d = {.what = "the webhook",
                         .method = "POST",
                         .url = errand->url,
                         .content_type = "application/json",
                         .token = token,
                         .headers = headers,
                         .body = body,
                         .length = strlen(body),
                         .deadline = errand->deadline,
                         .cancel = errand->cancel};
    delivery_send(&d, NULL, &errand->error);
    free(key);
    free(body);
}

static void send_pushgateway(struct errand *errand)
{
    const char *token;
    if (!find_token("PGREHEARSE_PUSHGATEWAY_TOKEN", &token, &errand->error))
        return;
    char *url = pushgateway_url(errand->url, errand->record);
    char *body = pushgateway_text(errand->record);
    struct delivery d = {.what = "the Pushgateway",
                         .method = "PUT",
                         .url = url,
                         .content_type = "text/plain; version=0.0.4; charset=utf-8",
                         .token = token,
                         .body = body,
                         .length = strlen(body),
                         .deadline = errand->deadline,
                         .cancel = errand->cancel};
    delivery_send(&d, NULL, &errand->error);
    free(body);
    free(url);
}

/* Takes over `body`. */
static bool send_signal(struct errand *errand, const char *token, const char *const *headers,
                        const char *signal, char *body)
{
    struct text answer = {0};
    char *url = otlp_url(errand->url, signal);
    struct delivery d = {.what = "the receiver of OTLP",
                         .method = "POST",
                         .url = url,
                         .content_type = "application/json",
                         .token = token,
                         .headers = headers,
                         .body = body,
                         .length = strlen(body),
                         .deadline = errand->deadline,
                         .cancel = errand->cancel};
    bool good = delivery_send(&d, &answer, &errand->error) &&
                otlp_read_answer(text_string(&answer), &errand->error);
    text_release(&answer);
    free(url);
    free(body);
    return good;
}

static void send_otlp(struct errand *errand)
{
    const char *token;
    char **headers = NULL;
    if (find_token("PGREHEARSE_OTLP_TOKEN", &token, &errand->error) &&
        otlp_headers(getenv("OTEL_EXPORTER_OTLP_HEADERS"), &headers, &errand->error) &&
        send_signal(errand, token, (const char *const *)headers, "metrics",
                    otlp_metrics(errand->record)))
        send_signal(errand, token, (const char *const *)headers, "traces",
                    otlp_traces(errand->record));
    for (size_t i = 0; headers && headers[i]; i++)
        free(headers[i]);
    free(headers);
}

static void *work(void *context)
{
    struct errand *errand = context;
    errand->run(errand);
    return NULL;
}

void outward_send(struct errand *errands, size_t count, double limit, char **warnings)
{
    struct text lines = {0};
    double deadline = clock_seconds() + limit;
    *warnings = NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        *warnings = memory_copy_of("libcurl cannot be initialised");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        errands[i].deadline = deadline;
        errands[i].started = pthread_create(&errands[i].thread, NULL, work, &errands[i]) == 0;
        if (!errands[i].started)
            errands[i].run(&errands[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (errands[i].started)
            pthread_join(errands[i].thread, NULL);
        if (errands[i].error.kind != ERROR_NONE)
            text_append_format(&lines, "%s%s", lines.length ? "\n" : "", errands[i].error.message);
    }
    curl_global_cleanup();
    if (lines.length)
        *warnings = text_detach(&lines);
    text_release(&lines);
}

const struct reporter webhook_reporter = {
    .name = "webhook", .summary = "the whole record as JSON, sent to a URL", .send = send_webhook};

const struct reporter pushgateway_reporter = {.name = "pushgateway",
                                              .summary =
                                                  "measurements for a Prometheus Pushgateway",
                                              .send = send_pushgateway};

const struct reporter otlp_reporter = {
    .name = "otlp", .summary = "measurements and spans by OTLP over HTTP", .send = send_otlp};
