/*
 * Numbers as reports show them, the same in every locale. Each function adds to `t`. What is not
 * finite is shown as "?".
 */
#pragma once
#include "base/text.h"

/* With `decimals` (0 to 6) digits after a point: "12.300". */
void figure_append_decimal(struct text *t, double value, int decimals);

/* Seconds for people: "0 ms", "340 ms", "4.1 s", "2 min 05 s", "5 min", "1 h 02 min". */
void figure_append_duration(struct text *t, double seconds);

/*
 * A value with its unit: "s" as "340 ms", "12.3 s" or "300 s", "bytes" as "12.4 MiB", anything else
 * as "10,000 rows".
 */
void figure_append(struct text *t, double value, const char *unit);

/* "1 check", "3 checks": `noun` takes an s. */
void figure_append_count(struct text *t, size_t count, const char *noun);
