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
 * The file that the check is about, else that of the revision which its scenario rehearses, from
 * the root of the repository; NULL: neither is known. To be freed.
 */
char *pipeline_file(const struct cause_place *place);

/* Adds "FILE:LINE" or "FILE", the same way; nothing where it is not known. Valid text. */
void pipeline_append_place(struct text *t, const struct cause_place *place);

/* The file again; where it is not known, the folder of the migrations. */
char *pipeline_path(const struct run_record *r, const struct cause_place *place);

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
