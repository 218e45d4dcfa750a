/* Time. Durations come from the monotonic clock, dates from the wall clock, never mixed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Seconds on CLOCK_MONOTONIC, from an arbitrary start. */
double clock_seconds(void);

/* Whether it can be a limit of time: more than 0 seconds, and at most 366 days. */
bool clock_is_limit(double seconds);

/* Now, in UTC, as ISO 8601: "2025-10-11T09:30:00Z" into `buffer` (at least 21 bytes). */
void clock_date(char *buffer, size_t size);
