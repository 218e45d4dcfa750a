/* What is allowed in a suite's faults, and what follows from it. */
#pragma once
#include "suite/suite.h"

/* An ERROR_USAGE names what is wrong. The names are known to differ from each other. */
bool suite_check_faults(const struct suite *s, struct error *e);

/* Whether the pattern, NULL for none, is an extended regular expression. */
bool suite_check_regex(const struct suite *s, const char *key, const char *pattern,
                       struct error *e);
