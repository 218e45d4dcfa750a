/*
 * Logging commands of Azure Pipelines: an issue for each cause (Azure, "Logging commands",
 * task.logissue). It knows errors and warnings only, so notes are left out.
 */
#include <stdlib.h>

#include "base/valid_text.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

/* As its task library escapes them: node/taskcommand.ts. */
static const struct escape in_data[] = {{'%', "%AZP25"}, {'\r', "%0D"}, {'\n', "%0A"}, {0, NULL}};
static const struct escape in_property[] = {{'%', "%AZP25"}, {'\r', "%0D"}, {'\n', "%0A"},
                                            {']', "%5D"},    {';', "%3B"},  {0, NULL}};

static void append_place(struct text *t, const struct cause_place *place)
{
    char *path = pipeline_file(place);
    if (!path)
        return;
    char *file = valid_line(path);
    text_append(t, "sourcepath=");
    pipeline_append_escaped(t, file, in_property);
    text_append(t, ";");
    if (place->check->line)
        text_append_format(t, "linenumber=%u;", place->check->line);
    free(file);
    free(path);
}

static void append(struct text *t, const struct cause *cause, enum cause_grade grade,
                   const char *shortfall)
{
    struct text lines = {0};
    if (grade == GRADE_NOTE)
        return;
    if (cause)
        cause_append_lines(&lines, cause);
    else
        text_append(&lines, shortfall);
    text_append_format(t, "##vso[task.logissue type=%s;",
                       grade == GRADE_WARNING ? "warning" : "error");
    if (cause)
        append_place(t, &cause->places[0]);
    text_append(t, "]");
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
    return pipeline_is_azure() ? "-" : NULL;
}

const struct reporter azure_reporter = {.name = "azure",
                                        .summary = "issues of Azure Pipelines",
                                        .recognise = recognise,
                                        .render = render};
