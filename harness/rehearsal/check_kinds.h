/* The kinds of checks that verbs and rules make, by which requirements.yaml and the checklist name
 * them. */
#pragma once
#include <stddef.h>

#include "rules/rule.h"

/* All of them, those of `rules` too, to be freed; the names themselves are not. */
const char **check_kinds(const struct rule_list *rules, size_t *count);
