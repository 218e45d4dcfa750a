/* Points in time and numbers as receivers want them. */
#pragma once

/* Seconds since 1970 of "2025-10-11T09:30:00Z"; 0 for what is none. */
double instant_seconds(const char *iso);

/* The shortest decimal with all digits that count; a point in every locale. To be freed. */
char *instant_number(double value);

/* Whole nanoseconds since 1970, in decimal. To be freed. */
char *instant_nanoseconds(double seconds);
