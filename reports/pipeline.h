/*
 * What reports for pipelines share: in which one we run, and lines of commands in their escaping.
 * The variables are those that the systems set by themselves (GitHub: "Variables"; GitLab:
 * "Predefined CI/CD variables"; Azure: "Use predefined variables"; TeamCity: "Predefined build
 * parameters").
 */
#pragma once
#include "reports/causes.h"

bool pipeline_is_github(void);
bool pipeline_is_gitlab(void);
bool pipeline_is_azure(void);
bool pipeline_is_teamcity(void);

/*
 * The path of what the check is about, relative to the working directory if it is below that: where
 * the file is not known, the folder of the migrations. To be freed.
 */
char *pipeline_path(const struct run_record *r, const struct check *c);

/* A character, and what stands for it. */
struct escape {
    char character;
    const char *written;
};

/* Adds `valid` with each of the characters escaped; `escapes` ends with a zero character. */
void pipeline_append_escaped(struct text *t, const char *valid, const struct escape *escapes);

/* Calls `append` for each cause, the gravest first, and with a NULL cause for why the run as a
   whole did not end well. */
typedef void pipeline_append_fn(struct text *t, const struct cause *cause, enum cause_grade grade,
                                const char *shortfall);
void pipeline_append_causes(struct text *t, const struct run_record *r, pipeline_append_fn *append);
