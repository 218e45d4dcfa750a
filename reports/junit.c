/*
 * JUnit XML as Jenkins (its xunit plugin's jenkins-junit.xsd), GitLab and the GitHub actions read
 * it: a <testsuite> a scenario, a <testcase> a check. A finding is a <failure>; what could not be
 * checked, or did not run, is an <error>, never <skipped>. A run that failed as a whole gets a
 * suite "run" with one error. tests/golden/junit.xsd is the shape that we promise.
 */
#include <libxml/xmlwriter.h>
#include <time.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/cost_sentence.h"
#include "reports/evidence.h"
#include "reports/figure.h"
#include "reports/reporter.h"

/* libxml2's writer only fails for want of memory, so what it returns need not be asked. */
static void begin(xmlTextWriter *w, const char *element)
{
    xmlTextWriterStartElement(w, BAD_CAST element);
}

static void end(xmlTextWriter *w)
{
    xmlTextWriterEndElement(w);
}

static void attribute(xmlTextWriter *w, const char *name, const char *value)
{
    char *valid = valid_line(value);
    xmlTextWriterWriteAttribute(w, BAD_CAST name, BAD_CAST valid);
    free(valid);
}

static void attribute_count(xmlTextWriter *w, const char *name, size_t count)
{
    char *value = memory_format("%zu", count);
    attribute(w, name, value);
    free(value);
}

static void attribute_seconds(xmlTextWriter *w, double seconds)
{
    struct text value = {0};
    figure_append_decimal(&value, seconds > 0 ? seconds : 0, 3);
    attribute(w, "time", text_string(&value));
    text_release(&value);
}

/* When the scenario began: UTC without a zone, since JUnit's timestamp may not name one. */
static void attribute_timestamp(xmlTextWriter *w, const struct run_record *r, double started)
{
    struct tm date = {0};
    char value[sizeof "2025-10-11T09:30:00"];
    if (!strptime(r->started_at, "%Y-%m-%dT%H:%M:%SZ", &date))
        return;
    time_t moment = timegm(&date) + (time_t)started;
    if (gmtime_r(&moment, &date) && strftime(value, sizeof value, "%Y-%m-%dT%H:%M:%S", &date))
        attribute(w, "timestamp", value);
}

static void property(xmlTextWriter *w, const char *prefix, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    char *full = memory_format("%s%s", prefix, name);
    begin(w, "property");
    attribute(w, "name", full);
    attribute(w, "value", value);
    end(w);
    free(full);
}

/* The forecast and what changed beside earlier runs, in a sentence each. */
static void outlook(xmlTextWriter *w, const struct run_record *r)
{
    struct text sentence = {0};
    if (r->forecast)
        forecast_append_sentence(&sentence, r->forecast);
    property(w, "", "forecast", text_string(&sentence));
    text_clear(&sentence);
    if (r->trend_count)
        trends_append_sentence(&sentence, r);
    property(w, "", "trend", text_string(&sentence));
    text_release(&sentence);
}

static void properties(xmlTextWriter *w, const struct run_record *r)
{
    begin(w, "properties");
    property(w, "", "run", r->id);
    property(w, "", "pgrehearse", r->version);
    property(w, "", "started_at", r->started_at);
    property(w, "", "suite", r->suite);
    property(w, "", "migrator", r->migrator);
    property(w, "", "migrations", r->migrations);
    property(w, "", "baseline", r->baseline);
    property(w, "", "target", r->target);
    for (size_t i = 0; i < r->circumstance_count; i++)
        property(w, "circumstance.", r->circumstances[i].name, r->circumstances[i].value);
    outlook(w, r);
    end(w);
}

/* <failure> or <error>, with everything the check has to say. */
static void complaint(xmlTextWriter *w, const struct check *c)
{
    struct evidence evidence[EVIDENCE_COUNT];
    size_t count = evidence_of(c, evidence);
    struct text body = {0};
    for (size_t i = 0; i < count; i++) {
        char *valid = evidence_text(&evidence[i], EVIDENCE_LIMIT);
        text_append_format(&body, "%s:%c%s\n", evidence[i].name, strchr(valid, '\n') ? '\n' : ' ',
                           valid);
        free(valid);
    }
    if (c->requirements[0]) {
        text_append(&body, "requirements: ");
        valid_text_append(&body, c->requirements, LINE_LIMIT);
        text_append(&body, "\n");
    }
    begin(w, c->outcome == OUTCOME_FINDING ? "failure" : "error");
    attribute(w, "message", c->message ? c->message : outcome_name(c->outcome));
    attribute(w, "type", outcome_name(c->outcome));
    xmlTextWriterWriteString(w, BAD_CAST text_string(&body));
    end(w);
    text_release(&body);
}

static bool is_taken(char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The check's name, numbered if another of its suite has it: reports match results by name. */
static char *unique_name(const struct step *step, const struct check *c, char *const *names,
                         size_t count)
{
    char *plain = check_full_name(step, c);
    char *name = memory_copy_of(plain);
    for (size_t n = 2; is_taken(names, count, name); n++) {
        free(name);
        name = memory_format("%s (%zu)", plain, n);
    }
    free(plain);
    return name;
}

static void testcases(xmlTextWriter *w, const struct scenario_record *s)
{
    char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++) {
            const struct check *c = &s->steps[i].checks[j];
            char *name = unique_name(&s->steps[i], c, names, count);
            *(char **)memory_append(&names, &count, sizeof *names) = name;
            begin(w, "testcase");
            attribute(w, "classname", s->name);
            /* not cut again: the name is valid, and cutting could make two of them equal */
            xmlTextWriterWriteAttribute(w, BAD_CAST "name", BAD_CAST name);
            attribute_seconds(w, c->seconds);
            if (c->outcome != OUTCOME_PASSED)
                complaint(w, c);
            end(w);
        }
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* A test that stands for a whole that failed. */
static void testcase_of_whole(xmlTextWriter *w, const char *class, const char *message)
{
    begin(w, "testcase");
    attribute(w, "classname", class);
    attribute(w, "name", "the whole of it");
    attribute_seconds(w, 0);
    begin(w, "error");
    attribute(w, "message", message);
    attribute(w, "type", outcome_name(OUTCOME_ERROR));
    end(w);
    end(w);
}

static void append_measurement(struct text *t, const struct measurement *m)
{
    text_append(t, "      ");
    valid_text_append(t, m->name, LINE_LIMIT);
    text_append(t, ": ");
    figure_append(t, m->value, m->unit);
    if (m->limit > 0) {
        text_append(t, ", limit ");
        figure_append(t, m->limit, m->unit);
    }
    text_append(t, "\n");
}

/* The runbook with its times, a line a step, and what was measured on the way. */
static void step_table(xmlTextWriter *w, const struct scenario_record *s)
{
    struct text out = {0};
    for (size_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        char *title = valid_line(step->title);
        text_append_format(&out, "%4zu. %s: ", i + 1, title);
        figure_append_duration(&out, step->seconds);
        text_append(&out, "\n");
        for (size_t j = 0; j < step->measurement_count; j++)
            append_measurement(&out, &step->measurements[j]);
        free(title);
    }
    if (s->cost) {
        text_append(&out, "cost: ");
        cost_append_sentence(&out, s->cost);
        text_append(&out, "\n");
    }
    begin(w, "system-out");
    xmlTextWriterWriteString(w, BAD_CAST text_string(&out));
    end(w);
    text_release(&out);
}

static size_t errors_of(const struct scenario_record *s)
{
    return scenario_count_outcome(s, OUTCOME_ERROR) + scenario_count_outcome(s, OUTCOME_NOT_RUN) +
           (scenario_count_checks(s) == 0);
}

static size_t tests_of(const struct scenario_record *s)
{
    size_t checks = scenario_count_checks(s);
    return checks ? checks : 1;
}

static void begin_suite(xmlTextWriter *w, const char *name, size_t tests, size_t failures,
                        size_t errors)
{
    begin(w, "testsuite");
    attribute(w, "name", name);
    attribute_count(w, "tests", tests);
    attribute_count(w, "failures", failures);
    attribute_count(w, "errors", errors);
    attribute_count(w, "skipped", 0);
}

static void suite_of_scenario(xmlTextWriter *w, const struct run_record *r,
                              const struct scenario_record *s)
{
    begin_suite(w, s->name, tests_of(s), scenario_count_outcome(s, OUTCOME_FINDING), errors_of(s));
    attribute_seconds(w, s->seconds);
    attribute_timestamp(w, r, s->started);
    properties(w, r);
    if (scenario_count_checks(s) == 0)
        testcase_of_whole(w, s->name, "the scenario has no checks, so it has shown nothing");
    testcases(w, s);
    step_table(w, s);
    end(w);
}

static void suite_of_run(xmlTextWriter *w, const struct run_record *r, const char *shortfall)
{
    begin_suite(w, "run", 1, 0, 1);
    attribute_seconds(w, r->seconds);
    attribute_timestamp(w, r, 0);
    properties(w, r);
    testcase_of_whole(w, "run", shortfall);
    end(w);
}

static void document(xmlTextWriter *w, const struct run_record *r)
{
    char *shortfall = run_shortfall(r);
    char *name = memory_format("pgrehearse %s", r->suite ? r->suite : "");
    size_t tests = shortfall ? 1 : 0, errors = tests;
    for (size_t i = 0; i < r->scenario_count; i++) {
        tests += tests_of(&r->scenarios[i]);
        errors += errors_of(&r->scenarios[i]);
    }
    xmlTextWriterSetIndent(w, 1);
    xmlTextWriterSetIndentString(w, BAD_CAST "  ");
    xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
    begin(w, "testsuites");
    attribute(w, "name", name);
    attribute_seconds(w, r->seconds);
    attribute_count(w, "tests", tests);
    attribute_count(w, "failures", record_count_outcome(r, OUTCOME_FINDING));
    attribute_count(w, "errors", errors);
    if (shortfall)
        suite_of_run(w, r, shortfall);
    for (size_t i = 0; i < r->scenario_count; i++)
        suite_of_scenario(w, r, &r->scenarios[i]);
    xmlTextWriterEndDocument(w);
    free(name);
    free(shortfall);
}

static void render(struct text *t, const struct run_record *r)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlTextWriter *w = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    if (!w)
        abort(); /* only for want of memory */
    document(w, r);
    xmlFreeTextWriter(w); /* flushes */
    text_append_bytes(t, xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
    xmlBufferFree(buffer);
}

const struct reporter junit_reporter = {
    .name = "junit", .summary = "JUnit XML", .file = "junit.xml", .render = render};
