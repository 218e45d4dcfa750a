/* What a validation's result means, for the scenarios and for `pgrehearse validate` alike. */
#pragma once
#include "schema/validation.h"

enum judgement {
    JUDGEMENT_HOLDS,
    JUDGEMENT_OFFENDED, /* a finding: rows, or a query that the schema makes impossible */
    JUDGEMENT_UNKNOWN,  /* an error: we could not check */
};

/*
 * Runs the validation. `*message` (one line) is set unless it holds, `*rows` where there are
 * offending ones; the caller frees both.
 */
enum judgement judge_validation(struct connection *c, const struct validation *v, char **message,
                                char **rows, struct error *e);
