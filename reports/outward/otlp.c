#include "reports/outward/otlp.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "record/measures.h"
#include "record/terms.h"
#include "record/verdict.h"
#include "reports/json_part.h"
#include "reports/outward/instant.h"

enum { SPAN_KIND_INTERNAL = 1, STATUS_OK = 1, STATUS_ERROR = 2, SPAN_ID = 16, TRACE_ID = 32 };

char *otlp_url(const char *base, const char *signal)
{
    size_t query = strcspn(base, "?#"), length = query;
    while (length > 0 && base[length - 1] == '/')
        length--;
    return memory_format("%.*s/v1/%s%s", (int)length, base, signal, base + query);
}

/* {"key": …, "value": {"stringValue": …}} */
static void add_attribute(json_t *attributes, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    json_t *attribute = json_object(), *any = json_object();
    json_put_text(any, "stringValue", value);
    json_put(attribute, "key", json_string(key));
    json_put(attribute, "value", any);
    json_add(attributes, attribute);
}

static json_t *resource(const struct run_record *r)
{
    json_t *o = json_object(), *attributes = json_array();
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    add_attribute(attributes, "service.name", "pgrehearse");
    add_attribute(attributes, "service.version", r->version);
    add_attribute(attributes, "host.name", host);
    add_attribute(attributes, "pgrehearse.suite", r->suite);
    add_attribute(attributes, "pgrehearse.migrator", r->migrator);
    add_attribute(attributes, "pgrehearse.baseline", r->baseline);
    add_attribute(attributes, "pgrehearse.target", r->target);
    add_attribute(attributes, "pgrehearse.run", r->id);
    add_attribute(attributes, "vcs.ref.head.revision", circumstance_value(r, "migrations.commit"));
    json_put(o, "attributes", attributes);
    return o;
}

static json_t *scope(const struct run_record *r)
{
    json_t *o = json_object();
    json_put(o, "name", json_string("pgrehearse"));
    json_put_text(o, "version", r->version);
    return o;
}

static void put_instant(json_t *object, const char *key, double seconds)
{
    char *nanoseconds = instant_nanoseconds(seconds);
    json_put(object, key, json_string(nanoseconds));
    free(nanoseconds);
}

/* {"OUTER": [{"resource", "INNER": [{"scope", "ITEMS": items}]}]} as text */
static char *envelope(const struct run_record *r, const char *outer, const char *inner,
                      const char *items_key, json_t *items)
{
    json_t *root = json_object(), *resources = json_array(), *of_resource = json_object(),
           *scopes = json_array(), *of_scope = json_object();
    json_put(of_scope, "scope", scope(r));
    json_put(of_scope, items_key, items);
    json_add(scopes, of_scope);
    json_put(of_resource, "resource", resource(r));
    json_put(of_resource, inner, scopes);
    json_add(resources, of_resource);
    json_put(root, outer, resources);
    char *string = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(root);
    if (!string)
        memory_exhausted();
    return string;
}

static json_t *point(const struct run_record *r, double value, const char *scenario,
                     const char *measure)
{
    json_t *o = json_object(), *attributes = json_array();
    double started = instant_seconds(r->started_at);
    add_attribute(attributes, "pgrehearse.scenario", scenario);
    add_attribute(attributes, "pgrehearse.measure", measure);
    json_put(o, "attributes", attributes);
    put_instant(o, "startTimeUnixNano", started);
    put_instant(o, "timeUnixNano", started + r->seconds);
    json_put(o, "asDouble", json_real(value));
    return o;
}

/* A gauge without points yet; these go into `*points`, which belongs to it. */
static json_t *gauge(const char *name, const char *description, const char *unit, json_t **points)
{
    json_t *o = json_object(), *data = json_object();
    *points = json_array();
    json_put(data, "dataPoints", *points);
    json_put(o, "name", json_string(name));
    json_put(o, "description", json_string(description));
    json_put_text(o, "unit", unit);
    json_put(o, "gauge", data);
    return o;
}

/* Units are those of UCUM: "s", "By", "{row}". */
static const struct {
    const char *unit, *name, *ucum;
} families[] = {{"s", "pgrehearse.measurement.duration", "s"},
                {"bytes", "pgrehearse.measurement.size", "By"},
                {"rows", "pgrehearse.measurement.rows", "{row}"},
                {NULL, "pgrehearse.measurement.value", "1"}};
enum { FAMILIES = sizeof families / sizeof *families };

static size_t family_of(const char *unit)
{
    size_t i = 0;
    while (families[i].unit && strcmp(families[i].unit, unit) != 0)
        i++;
    return i;
}

static void add_measurements(json_t *metrics, const struct run_record *r)
{
    struct measure_list list;
    measure_list_take(&list, r);
    for (size_t f = 0; f < FAMILIES; f++) {
        json_t *points;
        json_t *metric =
            gauge(families[f].name, "Measurements of a scenario.", families[f].ucum, &points);
        for (size_t i = 0; i < list.count; i++)
            if (family_of(list.items[i].unit) == f)
                json_add(points,
                         point(r, list.items[i].value, list.items[i].scenario, list.items[i].name));
        if (json_array_size(points))
            json_add(metrics, metric);
        else
            json_decref(metric);
    }
    measure_list_release(&list);
}

char *otlp_metrics(const struct run_record *r)
{
    json_t *metrics = json_array(), *points;
    json_add(metrics, gauge("pgrehearse.run.duration", "Duration of the run.", "s", &points));
    json_add(points, point(r, r->seconds, NULL, NULL));
    json_add(metrics, gauge("pgrehearse.run.exit_code",
                            "0: passed, 1: findings, 3: could not check.", "1", &points));
    json_add(points, point(r, (double)verdict_of_run(r), NULL, NULL));
    json_add(metrics,
             gauge("pgrehearse.scenario.duration", "Duration of a scenario.", "s", &points));
    for (size_t i = 0; i < r->scenario_count; i++)
        json_add(points, point(r, r->scenarios[i].seconds, r->scenarios[i].name, NULL));
    add_measurements(metrics, r);
    return envelope(r, "resourceMetrics", "scopeMetrics", "metrics", metrics);
}

/* Identifiers that are the same whenever the same run is sent: a digest of what it is. */
static void put_id(json_t *object, const char *key, const char *what, int length)
{
    char digest[DIGEST_LENGTH + 1];
    digest_bytes(what, strlen(what), digest);
    digest[length] = '\0';
    json_put(object, key, json_string(digest));
}

struct span {
    const char *name;
    char *id, *parent; /* what their identifiers are made of; `parent` NULL: the root */
    double started, seconds;
    enum verdict verdict;
};

static void add_span(json_t *spans, const struct run_record *r, const struct span *s)
{
    json_t *o = json_object(), *status = json_object();
    double started = instant_seconds(r->started_at) + s->started;
    put_id(o, "traceId", r->id ? r->id : r->started_at, TRACE_ID);
    put_id(o, "spanId", s->id, SPAN_ID);
    if (s->parent)
        put_id(o, "parentSpanId", s->parent, SPAN_ID);
    json_put_text(o, "name", s->name);
    json_put(o, "kind", json_integer(SPAN_KIND_INTERNAL));
    put_instant(o, "startTimeUnixNano", started);
    put_instant(o, "endTimeUnixNano", started + s->seconds);
    json_put(status, "code", json_integer(s->verdict == VERDICT_PASSED ? STATUS_OK : STATUS_ERROR));
    if (s->verdict != VERDICT_PASSED)
        json_put(status, "message", json_string(verdict_name(s->verdict)));
    json_put(o, "status", status);
    json_add(spans, o);
}

static enum verdict verdict_of_step(const struct step *step)
{
    enum verdict verdict = VERDICT_PASSED;
    for (size_t i = 0; i < step->check_count; i++) {
        if (step->checks[i].outcome == OUTCOME_FINDING)
            return VERDICT_FINDINGS;
        if (step->checks[i].outcome != OUTCOME_PASSED)
            verdict = VERDICT_UNCHECKED;
    }
    return verdict;
}

static void add_steps(json_t *spans, const struct run_record *r, const struct scenario_record *s,
                      char *parent)
{
    for (size_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        if (step->started <= 0)
            continue; /* it never began */
        char *id = memory_format("%s/%zu", parent, i);
        add_span(spans, r,
                 &(struct span){step->title, id, parent, step->started, step->seconds,
                                verdict_of_step(step)});
        free(id);
    }
}

char *otlp_traces(const struct run_record *r)
{
    json_t *spans = json_array();
    char *root = memory_format("run %s", r->id ? r->id : r->started_at);
    char *name = memory_format("rehearse %s", r->suite ? r->suite : "?");
    add_span(spans, r, &(struct span){name, root, NULL, 0, r->seconds, verdict_of_run(r)});
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *s = &r->scenarios[i];
        char *id = memory_format("%s/%s", root, s->name);
        if (s->started > 0) {
            add_span(
                spans, r,
                &(struct span){s->name, id, root, s->started, s->seconds, verdict_of_scenario(s)});
            add_steps(spans, r, s, id);
        }
        free(id);
    }
    free(name);
    free(root);
    return envelope(r, "resourceSpans", "scopeSpans", "spans", spans);
}

/* A 64-bit integer may be a number or a string. */
static long long integer_of(const json_t *value)
{
    return json_is_string(value) ? strtoll(json_string_value(value), NULL, 10)
                                 : (long long)json_integer_value(value);
}

bool otlp_read_answer(const char *answer, struct error *e)
{
    json_t *root = json_loads(answer, 0, NULL);
    const json_t *partial = json_object_get(root, "partialSuccess");
    long long rejected = integer_of(json_object_get(partial, "rejectedDataPoints")) +
                         integer_of(json_object_get(partial, "rejectedSpans"));
    const char *why = json_string_value(json_object_get(partial, "errorMessage"));
    char *line = text_one_line(why ? why : "");
    if (rejected > 0)
        error_set(e, ERROR_UNAVAILABLE, "the receiver of OTLP rejected %lld of the items: %s",
                  rejected, line);
    free(line);
    json_decref(root);
    return rejected <= 0;
}

static char *decoded(const char *string, size_t length)
{
    struct text t = {0};
    for (size_t i = 0; i < length; i++) {
        const unsigned char *p = (const unsigned char *)string + i;
        char byte = (char)*p;
        if (*p == '%' && i + 2 < length && isxdigit(p[1]) && isxdigit(p[2])) {
            const char digits[] = {(char)p[1], (char)p[2], '\0'};
            byte = (char)strtol(digits, NULL, 16);
            i += 2;
        }
        text_append_bytes(&t, &byte, 1);
    }
    return text_detach(&t);
}

static char *header_of(const char *pair, size_t length)
{
    while (length && *pair == ' ') {
        pair++;
        length--;
    }
    const char *equals = memchr(pair, '=', length);
    if (!equals || equals == pair)
        return NULL;
    char *key = decoded(pair, (size_t)(equals - pair));
    char *value = decoded(equals + 1, length - (size_t)(equals - pair) - 1);
    char *header = NULL;
    if (!strpbrk(key, "\r\n: ") && !strpbrk(value, "\r\n"))
        header = memory_format("%s: %s", key, value);
    free(key);
    free(value);
    return header;
}

bool otlp_headers(const char *variable, char ***headers, struct error *e)
{
    size_t count = 0;
    bool good = true;
    *headers = NULL;
    for (const char *at = variable; at && *at;) {
        size_t length = strcspn(at, ",");
        char *header = length ? header_of(at, length) : NULL;
        if (header)
            *(char **)memory_append(headers, &count, sizeof **headers) = header;
        else if (length)
            good = error_set(e, ERROR_UNAVAILABLE,
                             "OTEL_EXPORTER_OTLP_HEADERS: expected key=value,key=value");
        at += length + (at[length] == ',');
    }
    memory_append(headers, &count, sizeof **headers); /* ends the list */
    return good;
}
