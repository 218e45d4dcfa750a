/* The kinds of checks that verbs and rules make, by which requirements.yaml and the checklist name
 * them. */
#pragma once
#include <stddef.h>

/* All of them, to be freed; the names themselves are not. */
const char **check_kinds(size_t *count);
