/*
 * Ways to compare a value with what it became in a column of another type: pairs of SQL expressions
 * that are equal if nothing of the value was lost. 7 is 7 as integer and as bigint, 1.5 is 1.50 as
 * numeric, a moment is the same moment with a time zone and without.
 */
#pragma once
#include <stddef.h>

#include "schema/data_tables.h"

struct value_form {
    char *before, *after; /* expressions over the alias `t` */
};

/* Zero-initialised it is empty and valid. */
struct value_forms {
    struct value_form *items; /* the likeliest first; there is at least one */
    size_t count;
};

/*
 * The forms for a column that became `now`. A form that the server refuses (there may be no such
 * cast) is not a form of this pair. `zone` is the TimeZone of the database's sessions.
 */
void value_forms_of(const struct data_column *column, const struct data_column *now,
                    const char *zone, struct value_forms *forms);

void value_forms_release(struct value_forms *forms);
