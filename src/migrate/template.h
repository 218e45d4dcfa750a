/*
 * SQL of a layout with named places: "{table}" stands for the version table's quoted name, every
 * other "{name}" for a parameter of the query.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { TEMPLATE_PLACES = 12 }; /* the most parameters that one statement may have */

struct template_value {
    const char *name;
    const char *value; /* NULL: the null value */
};

struct template_query {
    char *sql;                           /* with $1 … */
    const char *values[TEMPLATE_PLACES]; /* borrowed */
    size_t count;
};

/*
 * Fills the places of `source`; a place may occur more than once. ERROR_USAGE for a name that is
 * neither "table" nor among the `count` values. Release it in any case.
 */
bool template_fill(struct template_query *q, const char *source, const char *table,
                   const struct template_value *values, size_t count, struct error *e);

void template_release(struct template_query *q);
