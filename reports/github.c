/*
 * Annotations of GitHub Actions: a workflow command for each cause, which GitHub shows beside the
 * line of the migration (GitHub, "Workflow commands", ::error, ::warning, ::notice).
 */
#include <stdlib.h>

#include "base/valid_text.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

/* As its toolkit escapes them: packages/core/src/command.ts. */
static const struct escape in_data[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {0, NULL}};
static const struct escape in_property[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"},
                                            {':', "%3A"}, {',', "%2C"},  {0, NULL}};

static void append_property(struct text *t, const char *name, const char *value)
{
    char *valid = valid_line(value);
    text_append_format(t, "%s=", name);
    pipeline_append_escaped(t, valid, in_property);
    free(valid);
}

static void append_place(struct text *t, const struct check *c)
{
    if (!c->file || !c->file[0])
        return;
    append_property(t, "file", c->file);
    if (c->line)
        text_append_format(t, ",line=%u", c->line);
    text_append(t, ",");
}

static void append(struct text *t, const struct cause *cause, enum cause_grade grade,
                   const char *shortfall)
{
    static const char *const commands[] = {[GRADE_FINDING] = "error",
                                           [GRADE_ERROR] = "error",
                                           [GRADE_WARNING] = "warning",
                                           [GRADE_NOTE] = "notice"};
    struct text lines = {0};
    if (cause)
        cause_append_lines(&lines, cause);
    else
        text_append(&lines, shortfall);
    text_append_format(t, "::%s ", commands[grade]);
    if (cause)
        append_place(t, cause->places[0].check);
    text_append_format(t, "title=pgrehearse %s::", cause ? cause_grade_name(grade) : "error");
    pipeline_append_escaped(t, text_string(&lines), in_data);
    text_append(t, "\n");
    text_release(&lines);
}

static void render(struct text *t, const struct run_record *r)
{
    pipeline_append_causes(t, r, append);
}

static const char *recognise(void)
{
    return pipeline_is_github() ? "-" : NULL;
}

const struct reporter github_reporter = {.name = "github",
                                         .summary = "annotations of GitHub Actions",
                                         .recognise = recognise,
                                         .render = render};
