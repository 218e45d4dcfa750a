/* Values in a suite that fit the schema and are wrong nevertheless: names that are not declared. */
#pragma once
#include "suite/suite.h"

/*
 * The ERROR_USAGE of `value` at `key` of `file` (within the suite's folder), with the line and the
 * nearest of `count` items, `size` bytes apart, whose first member is their name. Always false.
 */
bool suite_name_unknown(const struct suite *s, const char *file, const char *key, const char *what,
                        const char *value, const void *items, size_t count, size_t size,
                        struct error *e);

/* Any other such value, as yaml_value_wrong(). */
bool suite_wrong(const struct suite *s, const char *file, const char *key, const char *value,
                 const char *problem, struct error *e);

/* Checks that all that the suite names is declared: sizes, probes, faults, requirements. */
bool suite_check_references(const struct suite *s, struct error *e);
