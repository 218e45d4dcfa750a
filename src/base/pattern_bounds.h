/* How large and how deep a regular expression may be: compiling one takes memory and stack. */
#pragma once

/* What is too much of `source`, an extended regular expression of any bytes; NULL: nothing. */
const char *pattern_excess(const char *source);
