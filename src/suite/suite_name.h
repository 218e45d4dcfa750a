/* A name in a suite that is none of those that the suite declares. */
#pragma once
#include "suite/suite.h"

/*
 * The ERROR_USAGE of `value` at `key` of `file` (within the suite's folder), with the line and the
 * nearest of `count` items, `size` bytes apart, whose first member is their name. Always false.
 */
bool suite_name_unknown(const struct suite *s, const char *file, const char *key, const char *what,
                        const char *value, const void *items, size_t count, size_t size,
                        struct error *e);

/* Checks that all that the suite names is declared: sizes, probes, faults, requirements. */
bool suite_check_references(const struct suite *s, struct error *e);
