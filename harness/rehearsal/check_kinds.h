/*
 * The kinds of checks that verbs make, by which requirements.yaml and the checklist name them. A
 * new kind is a row here and in docs/suite.md; tests/style/kinds.t holds both against the verbs.
 * Each rule is a kind too, under its own name.
 */
#pragma once
#include <stddef.h>

/* All of them, to be freed; the names themselves are not. */
const char **check_kinds(size_t *count);
