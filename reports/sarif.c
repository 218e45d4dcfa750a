/*
 * SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"): a result for each cause, a
 * rule for each kind of check that has one. What could not be checked is a notification of the
 * invocation, which then was not successful.
 */
#include <jansson.h>

#include "base/valid_text.h"
#include "record/verdict.h"
#include "reports/evidence.h"
#include "reports/fingerprint.h"
#include "reports/json_part.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

static json_t *message_of(const char *text)
{
    json_t *o = json_object();
    json_put_text(o, "text", text);
    return o;
}

/* A path as the path of a URI (RFC 3986, 3.3). */
static char *uri_of(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~/!$&'()*+,;=@";
    struct text t = {0};
    for (const char *s = path; *s; s++)
        if (strchr(plain, *s))
            text_append_bytes(&t, s, 1);
        else
            text_append_format(&t, "%%%02X", (unsigned)(unsigned char)*s);
    return text_detach(&t);
}

/* GitHub shows no result without a place: where the file is not known it is the migrations' folder.
 */
static json_t *locations_of(const struct run_record *r, const struct cause_place *place)
{
    const struct check *c = place->check;
    json_t *artifact = json_object(), *physical = json_object(), *location = json_object();
    json_t *locations = json_array();
    bool known = c->file && c->file[0];
    char *path = pipeline_path(r, place), *uri = uri_of(path);
    json_put_text(artifact, "uri", uri);
    json_put(physical, "artifactLocation", artifact);
    if (known && c->line) {
        json_t *region = json_object();
        json_put_count(region, "startLine", c->line);
        json_put(physical, "region", region);
    }
    json_put(location, "physicalLocation", physical);
    json_add(locations, location);
    free(path);
    free(uri);
    return locations;
}

static const char *rule_of(const struct check *c)
{
    return c->kind && c->kind[0] ? c->kind : "check";
}

static json_t *result_of(const struct run_record *r, const struct cause *cause,
                         enum cause_grade grade, const char *fingerprint)
{
    static const char *const levels[] = {[GRADE_FINDING] = "error",
                                         [GRADE_ERROR] = "error",
                                         [GRADE_WARNING] = "warning",
                                         [GRADE_NOTE] = "note"};
    const struct check *c = cause->places[0].check;
    struct text lines = {0};
    json_t *o = json_object(), *fingerprints = json_object();
    cause_append_lines(&lines, cause);
    json_put_text(o, "ruleId", rule_of(c));
    json_put_text(o, "level", levels[grade]);
    json_put(o, "message", message_of(text_string(&lines)));
    json_put(o, "locations", locations_of(r, &cause->places[0]));
    json_put_text(fingerprints, "pgrehearse/v2", fingerprint);
    json_put(o, "partialFingerprints", fingerprints);
    text_release(&lines);
    return o;
}

static bool has_rule(const json_t *rules, const char *id)
{
    for (size_t i = 0; i < json_array_size(rules); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(rules, i), "id")), id) == 0)
            return true;
    return false;
}

static void add_rule(json_t *rules, const struct check *c)
{
    char *id = valid_line(rule_of(c)), *name = valid_line(c->name);
    if (!has_rule(rules, id)) {
        json_t *rule = json_object();
        json_put_text(rule, "id", id);
        json_put(rule, "shortDescription", message_of(*name ? name : id));
        json_add(rules, rule);
    }
    free(name);
    free(id);
}

static void add_notification(json_t *notifications, const char *text)
{
    json_t *o = json_object();
    json_put_text(o, "level", "error");
    json_put(o, "message", message_of(text));
    json_add(notifications, o);
}

/* What could not be checked is not said of the migration, but of the run. */
static json_t *invocation_of(const struct run_record *r)
{
    json_t *o = json_object(), *notifications = json_array();
    char *shortfall = run_shortfall(r);
    struct causes errors;
    causes_of_grade(&errors, r, GRADE_ERROR);
    for (size_t i = 0; i < errors.count; i++) {
        struct text lines = {0};
        cause_append_lines(&lines, &errors.items[i]);
        add_notification(notifications, text_string(&lines));
        text_release(&lines);
    }
    if (shortfall)
        add_notification(notifications, shortfall);
    bool complete = !shortfall && errors.count == 0;
    json_put(o, "executionSuccessful",
             json_boolean(complete && verdict_of_run(r) != VERDICT_UNCHECKED));
    json_put_text(o, "startTimeUtc", r->started_at);
    json_put(o, "toolExecutionNotifications", notifications);
    causes_release(&errors);
    free(shortfall);
    return o;
}

static void add_results(const struct run_record *r, json_t *rules, json_t *results)
{
    static const enum cause_grade grades[] = {GRADE_FINDING, GRADE_WARNING, GRADE_NOTE};
    struct fingerprints known = {0};
    for (size_t g = 0; g < sizeof grades / sizeof *grades; g++) {
        struct causes causes;
        causes_of_grade(&causes, r, grades[g]);
        for (size_t i = 0; i < causes.count; i++) {
            add_rule(rules, causes.items[i].places[0].check);
            json_add(results, result_of(r, &causes.items[i], grades[g],
                                        fingerprint_of(&known, &causes.items[i], grades[g])));
        }
        causes_release(&causes);
    }
    fingerprints_release(&known);
}

static void render(struct text *t, const struct run_record *r)
{
    json_t *document = json_object(), *runs = json_array(), *run = json_object();
    json_t *tool = json_object(), *driver = json_object();
    json_t *rules = json_array(), *results = json_array(), *invocations = json_array();
    add_results(r, rules, results);
    json_put_text(driver, "name", "pgrehearse");
    json_put_text(driver, "version", r->version);
    json_put(driver, "rules", rules);
    json_put(tool, "driver", driver);
    json_add(invocations, invocation_of(r));
    json_put(run, "tool", tool);
    json_put(run, "invocations", invocations);
    json_put(run, "results", results);
    json_add(runs, run);
    json_put_text(document, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_put_text(document, "version", "2.1.0");
    json_put(document, "runs", runs);
    json_append_document(t, document);
}

static const char *recognise(void)
{
    return pipeline_is_github() ? "report.sarif" : NULL;
}

const struct reporter sarif_reporter = {.name = "sarif",
                                        .summary = "SARIF 2.1.0, for code scanning",
                                        .recognise = recognise,
                                        .render = render};
