/*
 * A Code Quality report of GitLab: an issue for each cause, shown beside the line in a merge
 * request (GitLab, "Code Quality", "Code Quality report format"). Each issue has to have a path;
 * one whose file is not known has the folder of the migrations. The fingerprint is the same in the
 * next run.
 */
#include <jansson.h>

#include "reports/fingerprint.h"
#include "reports/json_part.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

static const char *severity_of(enum cause_grade grade)
{
    static const char *const severities[] = {[GRADE_FINDING] = "critical",
                                             [GRADE_ERROR] = "blocker",
                                             [GRADE_WARNING] = "minor",
                                             [GRADE_NOTE] = "info"};
    return severities[grade];
}

static json_t *location_of(const struct run_record *r, const struct cause_place *place)
{
    const struct check *c = place->check;
    json_t *location = json_object(), *lines = json_object();
    char *path = pipeline_path(r, place);
    json_put_count(lines, "begin", c->line ? c->line : 1);
    json_put_text(location, "path", path);
    json_put(location, "lines", lines);
    free(path);
    return location;
}

static const char *check_name_of(const struct check *c)
{
    return c->kind && c->kind[0] ? c->kind : c->name && c->name[0] ? c->name : "check";
}

static json_t *issue_of(const struct run_record *r, const struct cause *cause,
                        enum cause_grade grade, const char *fingerprint)
{
    const struct check *c = cause->places[0].check;
    struct text lines = {0};
    json_t *o = json_object();
    cause_append_lines(&lines, cause);
    json_put_text(o, "description", text_string(&lines));
    json_put_text(o, "check_name", check_name_of(c));
    json_put_text(o, "fingerprint", fingerprint);
    json_put_text(o, "severity", severity_of(grade));
    json_put(o, "location", location_of(r, &cause->places[0]));
    text_release(&lines);
    return o;
}

static void render(struct text *t, const struct run_record *r)
{
    json_t *issues = json_array();
    struct fingerprints known = {0};
    for (int grade = 0; grade < CAUSE_GRADES; grade++) {
        struct causes causes;
        causes_of_grade(&causes, r, (enum cause_grade)grade);
        for (size_t i = 0; i < causes.count; i++)
            json_add(issues,
                     issue_of(r, &causes.items[i], (enum cause_grade)grade,
                              fingerprint_of(&known, &causes.items[i], (enum cause_grade)grade)));
        causes_release(&causes);
    }
    fingerprints_release(&known);
    json_append_document(t, issues);
}

static const char *recognise(void)
{
    return pipeline_is_gitlab() ? "code-quality.json" : NULL;
}

const struct reporter code_quality_reporter = {.name = "code-quality",
                                               .summary = "a Code Quality report of GitLab",
                                               .recognise = recognise,
                                               .render = render};
