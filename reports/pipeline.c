#include "reports/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "reports/evidence.h"
#include "reports/repository_path.h"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

/* "true" on GitHub and GitLab, "True" on Azure. */
static bool is_true(const char *variable)
{
    const char *value = getenv(variable);
    return value && (*value == 't' || *value == 'T');
}

bool pipeline_is_github(void)
{
    return is_true("GITHUB_ACTIONS");
}

bool pipeline_is_gitlab(void)
{
    return is_true("GITLAB_CI");
}

bool pipeline_is_azure(void)
{
    return is_true("TF_BUILD");
}

bool pipeline_is_teamcity(void)
{
    return is_set("TEAMCITY_VERSION");
}

char *pipeline_file(const struct cause_place *place)
{
    const char *file = place->check->file ? place->check->file : place->scenario->file;
    return file && file[0] ? repository_path(file) : NULL;
}

void pipeline_append_place(struct text *t, const struct cause_place *place)
{
    char *file = pipeline_file(place);
    struct check there = {.file = file, .line = place->check->line};
    check_append_place(t, &there);
    free(file);
}

char *pipeline_path(const struct run_record *r, const struct cause_place *place)
{
    char *file = pipeline_file(place);
    return file ? file : repository_path(r->migrations ? r->migrations : ".");
}

void pipeline_append_escaped(struct text *t, const char *valid, const struct escape *escapes)
{
    for (const char *s = valid; *s; s++) {
        const struct escape *e = escapes;
        while (e->character && e->character != *s)
            e++;
        if (e->character)
            text_append(t, e->written);
        else
            text_append_bytes(t, s, 1);
    }
}

void pipeline_append_causes(struct text *t, const struct run_record *r, pipeline_append_fn *append)
{
    char *shortfall = run_shortfall(r);
    for (int grade = 0; grade < CAUSE_GRADES; grade++) {
        struct causes causes;
        causes_of_grade(&causes, r, (enum cause_grade)grade);
        for (size_t i = 0; i < causes.count; i++)
            append(t, &causes.items[i], (enum cause_grade)grade, NULL);
        causes_release(&causes);
    }
    if (shortfall)
        append(t, NULL, GRADE_ERROR, shortfall);
    free(shortfall);
}
