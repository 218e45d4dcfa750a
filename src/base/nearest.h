/* What a mistyped name was probably meant to be. */
#pragma once
#include <stddef.h>

/*
 * The one of `names` that is `given` except for a few slips: a letter wrong, missing, too many, two
 * exchanged (Damerau's distance), upper case, or its beginning. NULL where none is near, or `given`
 * is empty. Belongs to `names`, whose entries may be NULL.
 */
const char *nearest_name(const char *given, const char *const *names, size_t count);
