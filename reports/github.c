/*
 * Annotations of GitHub Actions: a workflow command for each cause, which GitHub shows beside the
 * line of the migration (GitHub, "Workflow commands", ::error, ::warning, ::notice). GitHub shows
 * ten of each command a step and drops what follows, so the tenth lists the rest.
 */
#include <stdlib.h>

#include "base/valid_text.h"
#include "reports/evidence.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

enum { MOST_SHOWN = 10, MOST_LISTED = 30 };

/* As its toolkit escapes them: packages/core/src/command.ts. */
static const struct escape in_data[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {0, NULL}};
static const struct escape in_property[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"},
                                            {':', "%3A"}, {',', "%2C"},  {0, NULL}};

enum annotation { ERROR, WARNING, NOTICE, COMMANDS };
static const char *const command_names[] = {"error", "warning", "notice"};
static const enum annotation command_of[] = {[GRADE_FINDING] = ERROR,
                                             [GRADE_ERROR] = ERROR,
                                             [GRADE_WARNING] = WARNING,
                                             [GRADE_NOTE] = NOTICE};

static void append_property(struct text *t, const char *name, const char *value)
{
    char *valid = valid_line(value);
    text_append_format(t, "%s=", name);
    pipeline_append_escaped(t, valid, in_property);
    free(valid);
}

static void append_place(struct text *t, const struct cause_place *place)
{
    char *file = pipeline_file(place);
    if (!file)
        return;
    append_property(t, "file", file);
    if (place->check->line)
        text_append_format(t, ",line=%u", place->check->line);
    text_append(t, ",");
    free(file);
}

static void append(struct text *t, const struct cause *cause, enum cause_grade grade,
                   const char *shortfall)
{
    struct text lines = {0};
    if (cause)
        cause_append_lines(&lines, cause);
    else
        text_append(&lines, shortfall);
    text_append_format(t, "::%s ", command_names[command_of[grade]]);
    if (cause)
        append_place(t, &cause->places[0]);
    text_append_format(t, "title=pgrehearse %s::", cause ? cause_grade_name(grade) : "error");
    pipeline_append_escaped(t, text_string(&lines), in_data);
    text_append(t, "\n");
    text_release(&lines);
}

/* A line of the tenth annotation. */
static void append_headline(struct text *t, const struct cause *cause, const char *shortfall)
{
    if (t->length)
        text_append(t, "\n");
    if (!cause) {
        text_append(t, shortfall);
        return;
    }
    const struct check *c = cause->places[0].check;
    char *message = valid_line(c->message ? c->message : c->name);
    size_t before = t->length;
    pipeline_append_place(t, &cause->places[0]);
    text_append_format(t, "%s%s", t->length > before ? ": " : "", message);
    free(message);
}

/* Those of one command: the first ten, or nine and the headlines of the rest. */
struct shown {
    size_t count, done, left;
    struct text headlines;
};

static void append_shown(struct text *t, struct shown *s, const struct cause *cause,
                         enum cause_grade grade, const char *shortfall)
{
    bool fits = s->count <= MOST_SHOWN || s->done < MOST_SHOWN - 1;
    if (fits)
        append(t, cause, grade, shortfall);
    else if (s->left++ < MOST_LISTED)
        append_headline(&s->headlines, cause, shortfall);
    s->done++;
}

static void append_left(struct text *t, struct shown *s, const char *command)
{
    if (s->left > MOST_LISTED)
        text_append_format(&s->headlines, "\n… and %zu more, all in the report",
                           s->left - MOST_LISTED);
    if (s->left) {
        text_append_format(t, "::%s title=pgrehearse%%3A %zu more::", command, s->left);
        pipeline_append_escaped(t, text_string(&s->headlines), in_data);
        text_append(t, "\n");
    }
    text_release(&s->headlines);
}

static void render(struct text *t, const struct run_record *r)
{
    struct shown shown[COMMANDS] = {0};
    struct causes causes[CAUSE_GRADES];
    char *shortfall = run_shortfall(r);
    shown[ERROR].count = shortfall != NULL;
    for (int grade = 0; grade < CAUSE_GRADES; grade++) {
        causes_of_grade(&causes[grade], r, (enum cause_grade)grade);
        shown[command_of[grade]].count += causes[grade].count;
    }
    if (shortfall)
        append_shown(t, &shown[ERROR], NULL, GRADE_ERROR, shortfall);
    for (int grade = 0; grade < CAUSE_GRADES; grade++) {
        for (size_t i = 0; i < causes[grade].count; i++)
            append_shown(t, &shown[command_of[grade]], &causes[grade].items[i],
                         (enum cause_grade)grade, NULL);
        causes_release(&causes[grade]);
    }
    for (int command = 0; command < COMMANDS; command++)
        append_left(t, &shown[command], command_names[command]);
    free(shortfall);
}

static const char *recognise(void)
{
    return pipeline_is_github() ? "-" : NULL;
}

const struct reporter github_reporter = {.name = "github",
                                         .summary = "annotations of GitHub Actions",
                                         .recognise = recognise,
                                         .render = render};
