/*
 * JUnit XML as Jenkins (its xunit plugin's jenkins-junit.xsd), GitLab and the GitHub actions read
 * it: a <testsuite> a scenario, a <testcase> a check. Each cause of a finding is one <failure>,
 * each cause of an error one <error>, at the first check that has seen it; the others that have
 * seen it are <skipped> and name it. What did not run because of either is <skipped> too; in a
 * scenario that has neither, the first check that did not run is an <error>, so that a run that has
 * not passed never looks as if. A run that failed as a whole gets a suite "run" with one error.
 * tests/golden/junit.xsd is the shape that we promise. `junit-strict` has only what the published
 * schemas of Ant and of Jenkins's xunit plugin both know: no file and line, no totals, no output of
 * a test; and what that of Ant demands.
 */
#include <libxml/xmlwriter.h>
#include <time.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "record/terms.h"
#include "reports/causes.h"
#include "reports/cost_sentence.h"
#include "reports/evidence.h"
#include "reports/figure.h"
#include "reports/junit_runbook.h"
#include "reports/reporter.h"
#include "reports/repository_path.h"

struct junit {
    xmlTextWriter *writer;
    const struct run_record *run;
    struct causes findings, errors;
    bool is_strict;
    size_t suites; /* so far */
};

/* What becomes of a check. */
enum fate { FATE_PASSED, FATE_FAILURE, FATE_ERROR, FATE_SKIPPED };

/* The first check of the scenario that did not run, if nothing else says that it has not passed. */
static const struct check *unexplained(const struct run_record *r, const struct scenario_record *s)
{
    if (scenario_explains(r, s))
        return NULL;
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++) {
            const struct check *c = &s->steps[i].checks[j];
            if (c->outcome == OUTCOME_NOT_RUN && c->level == LEVEL_FINDING)
                return c;
        }
    return NULL;
}

static bool is_first(const struct causes *causes, const struct check *c)
{
    const struct cause *cause = causes_find(causes, c);
    return !cause || cause->places[0].check == c;
}

static enum fate fate_of(const struct junit *j, const struct scenario_record *s,
                         const struct check *c)
{
    switch (c->outcome) {
    case OUTCOME_PASSED:
        return FATE_PASSED;
    case OUTCOME_FINDING:
        return is_first(&j->findings, c) ? FATE_FAILURE : FATE_SKIPPED;
    case OUTCOME_ERROR:
        return is_first(&j->errors, c) ? FATE_ERROR : FATE_SKIPPED;
    case OUTCOME_NOT_RUN:
        break;
    }
    return unexplained(j->run, s) == c ? FATE_ERROR : FATE_SKIPPED;
}

static size_t count_fate(const struct junit *j, const struct scenario_record *s, enum fate fate)
{
    size_t count = 0;
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t k = 0; k < s->steps[i].check_count; k++)
            count += fate_of(j, s, &s->steps[i].checks[k]) == fate;
    return count;
}

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

static void append_lines(struct text *body, const struct check *c)
{
    struct report_evidence evidence[EVIDENCE_COUNT];
    size_t count = evidence_of(c, evidence);
    for (size_t i = 0; i < count; i++) {
        char *valid = evidence_text(&evidence[i], EVIDENCE_LIMIT);
        text_append_format(body, "%s:%c%s\n", evidence[i].name, strchr(valid, '\n') ? '\n' : ' ',
                           valid);
        free(valid);
    }
    if (c->requirements[0]) {
        text_append(body, "requirements: ");
        valid_text_append(body, c->requirements, LINE_LIMIT);
        text_append(body, "\n");
    }
}

/* <failure> or <error>, with everything the check has to say, and who else has seen it. */
static void complaint(const struct junit *j, const struct check *c, enum fate fate)
{
    xmlTextWriter *w = j->writer;
    const struct cause *cause =
        causes_find(c->outcome == OUTCOME_FINDING ? &j->findings : &j->errors, c);
    struct text body = {0}, place = {0};
    check_append_place(&place, c);
    if (place.length)
        text_append_format(&body, "place: %s\n", text_string(&place));
    append_lines(&body, c);
    if (cause && cause->count > 1) {
        text_append(&body, "seen in: ");
        cause_append_scenarios(&body, cause, 0);
        text_append(&body, "\n");
    }
    begin(w, fate == FATE_FAILURE ? "failure" : "error");
    attribute(w, "message", c->message ? c->message : outcome_name(c->outcome));
    attribute(w, "type", outcome_name(c->outcome));
    xmlTextWriterWriteString(w, BAD_CAST text_string(&body));
    end(w);
    text_release(&body);
    text_release(&place);
}

/* Why the check is not counted: it did not run, or has seen what another one has reported. */
static void skipped(const struct junit *j, const struct check *c)
{
    const struct cause *cause =
        causes_find(c->outcome == OUTCOME_FINDING ? &j->findings : &j->errors, c);
    struct text why = {0};
    if (cause) {
        char *name = check_full_name(cause->places[0].step, cause->places[0].check);
        text_append_format(&why, "same cause as in %s: %s", cause->places[0].scenario->name, name);
        free(name);
    } else {
        text_append(&why, c->message      ? c->message
                          : j->run->error ? j->run->error
                                          : outcome_name(c->outcome));
    }
    begin(j->writer, "skipped");
    attribute(j->writer, "message", text_string(&why));
    end(j->writer);
    text_release(&why);
}

/* A warning or a note: the check has passed, and says something. */
static void remark(const struct junit *j, const struct check *c)
{
    xmlTextWriter *w = j->writer;
    struct text body = {0};
    if (!c->message || c->level == LEVEL_FINDING || j->is_strict)
        return;
    text_append_format(&body, "%s: ", check_level_name(c->level));
    append_lines(&body, c);
    begin(w, "system-out");
    xmlTextWriterWriteString(w, BAD_CAST text_string(&body));
    end(w);
    text_release(&body);
}

/* "SUITE.MIGRATOR.pg15.SCENARIO": what other runs of the same check differ in comes first. */
static void attribute_class(const struct junit *j, const struct scenario_record *s,
                            const char *scenario)
{
    struct text class = {0};
    const char *version =
        s && s->server_version ? s->server_version : circumstance_value(j->run, "server_version");
    const char *const parts[] = {j->run->suite, j->run->migrator};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] && parts[i][0])
            text_append_format(&class, "%s.", parts[i]);
    if (version && strtol(version, NULL, 10) > 0)
        text_append_format(&class, "pg%ld.", strtol(version, NULL, 10));
    text_append(&class, scenario);
    attribute(j->writer, "classname", text_string(&class));
    text_release(&class);
}

static void attribute_place(const struct junit *j, const struct check *c)
{
    xmlTextWriter *w = j->writer;
    char *file = !j->is_strict && c->file && c->file[0] ? repository_path(c->file) : NULL;
    if (!file)
        return;
    attribute(w, "file", file);
    if (c->line)
        attribute_count(w, "line", c->line);
    free(file);
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

static void testcase(const struct junit *j, const struct scenario_record *s, const char *name,
                     const struct check *c)
{
    xmlTextWriter *w = j->writer;
    enum fate fate = fate_of(j, s, c);
    begin(w, "testcase");
    attribute_class(j, s, s->name);
    /* not cut again: the name is valid, and cutting could make two of them equal */
    xmlTextWriterWriteAttribute(w, BAD_CAST "name", BAD_CAST name);
    attribute_seconds(w, c->seconds);
    attribute_place(j, c);
    if (fate == FATE_SKIPPED)
        skipped(j, c);
    else if (fate == FATE_PASSED)
        remark(j, c);
    else
        complaint(j, c, fate);
    end(w);
}

static void testcases(const struct junit *j, const struct scenario_record *s)
{
    char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t k = 0; k < s->steps[i].check_count; k++) {
            char *name = unique_name(&s->steps[i], &s->steps[i].checks[k], names, count);
            *(char **)memory_append(&names, &count, sizeof *names) = name;
            testcase(j, s, name, &s->steps[i].checks[k]);
        }
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* A test that stands for a whole that failed. */
static void testcase_of_whole(const struct junit *j, const char *class, const char *message)
{
    xmlTextWriter *w = j->writer;
    begin(w, "testcase");
    attribute_class(j, NULL, class);
    attribute(w, "name", "the whole of it");
    attribute_seconds(w, 0);
    begin(w, "error");
    attribute(w, "message", message);
    attribute(w, "type", outcome_name(OUTCOME_ERROR));
    end(w);
    end(w);
}

static void write_output(const struct junit *j, const char *out)
{
    begin(j->writer, "system-out");
    xmlTextWriterWriteString(j->writer, BAD_CAST out);
    end(j->writer);
    if (!j->is_strict)
        return;
    begin(j->writer, "system-err");
    end(j->writer);
}

static void runbook(const struct junit *j, const struct scenario_record *s)
{
    struct text out = {0};
    junit_runbook_append(&out, s, j->is_strict);
    write_output(j, text_string(&out));
    text_release(&out);
}

static size_t tests_of(const struct scenario_record *s)
{
    size_t checks = scenario_count_checks(s);
    return checks ? checks : 1;
}

static size_t errors_of(const struct junit *j, const struct scenario_record *s)
{
    return count_fate(j, s, FATE_ERROR) + (scenario_count_checks(s) == 0);
}

static void begin_suite(struct junit *j, const char *name, size_t tests, size_t failures,
                        size_t errors, size_t skips)
{
    xmlTextWriter *w = j->writer;
    begin(w, "testsuite");
    if (j->is_strict) {
        attribute_count(w, "id", j->suites++);
        attribute(w, "package", j->run->suite && j->run->suite[0] ? j->run->suite : "pgrehearse");
        attribute(w, "hostname", "localhost"); /* for Ant, a host that is not known */
    }
    attribute(w, "name", name);
    attribute_count(w, "tests", tests);
    attribute_count(w, "failures", failures);
    attribute_count(w, "errors", errors);
    attribute_count(w, "skipped", skips);
}

static void suite_of_scenario(struct junit *j, const struct scenario_record *s)
{
    xmlTextWriter *w = j->writer;
    begin_suite(j, s->name, tests_of(s), count_fate(j, s, FATE_FAILURE), errors_of(j, s),
                count_fate(j, s, FATE_SKIPPED));
    attribute_seconds(w, s->seconds);
    attribute_timestamp(w, j->run, s->started);
    properties(w, j->run);
    if (scenario_count_checks(s) == 0)
        testcase_of_whole(j, s->name, "the scenario has no checks, so it proves nothing");
    testcases(j, s);
    runbook(j, s);
    end(w);
}

static void suite_of_run(struct junit *j, const char *shortfall)
{
    xmlTextWriter *w = j->writer;
    begin_suite(j, "run", 1, 0, 1, 0);
    attribute_seconds(w, j->run->seconds);
    attribute_timestamp(w, j->run, 0);
    properties(w, j->run);
    testcase_of_whole(j, "run", shortfall);
    if (j->is_strict)
        write_output(j, "");
    end(w);
}

static void attributes_of_run(const struct junit *j, const char *shortfall)
{
    xmlTextWriter *w = j->writer;
    const struct run_record *r = j->run;
    char *name = memory_format("pgrehearse %s", r->suite ? r->suite : "");
    size_t tests = shortfall ? 1 : 0, errors = tests, failures = 0;
    for (size_t i = 0; i < r->scenario_count; i++) {
        tests += tests_of(&r->scenarios[i]);
        errors += errors_of(j, &r->scenarios[i]);
        failures += count_fate(j, &r->scenarios[i], FATE_FAILURE);
    }
    attribute(w, "name", name);
    attribute_seconds(w, r->seconds);
    attribute_count(w, "tests", tests);
    attribute_count(w, "failures", failures);
    attribute_count(w, "errors", errors);
    free(name);
}

static void document(xmlTextWriter *w, const struct run_record *r, bool is_strict)
{
    struct junit j = {.writer = w, .run = r, .is_strict = is_strict};
    char *shortfall = run_shortfall(r);
    causes_of_outcome(&j.findings, r, OUTCOME_FINDING);
    causes_of_outcome(&j.errors, r, OUTCOME_ERROR);
    xmlTextWriterSetIndent(w, 1);
    xmlTextWriterSetIndentString(w, BAD_CAST "  ");
    xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
    begin(w, "testsuites");
    if (!is_strict)
        attributes_of_run(&j, shortfall);
    if (shortfall)
        suite_of_run(&j, shortfall);
    for (size_t i = 0; i < r->scenario_count; i++)
        suite_of_scenario(&j, &r->scenarios[i]);
    xmlTextWriterEndDocument(w);
    causes_release(&j.findings);
    causes_release(&j.errors);
    free(shortfall);
}

static void render_as(struct text *t, const struct run_record *r, bool is_strict)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlTextWriter *w = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    if (!w)
        memory_exhausted(); /* only for want of memory */
    document(w, r, is_strict);
    xmlFreeTextWriter(w); /* flushes */
    text_append_bytes(t, xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
    xmlBufferFree(buffer);
}

static void render(struct text *t, const struct run_record *r)
{
    render_as(t, r, false);
}

static void render_strict(struct text *t, const struct run_record *r)
{
    render_as(t, r, true);
}

const struct reporter junit_strict_reporter = {
    .name = "junit-strict",
    .summary = "JUnit XML within the schemas of Ant and Jenkins",
    .render = render_strict};

const struct reporter junit_reporter = {
    .name = "junit", .summary = "JUnit XML", .file = "junit.xml", .render = render};
