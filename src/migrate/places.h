/*
 * Places in a file that its tool fills before the server sees it, such as ${schema}. The layout
 * says how they look and which environment variables hold their values.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "migrate/layout.h"

/*
 * Appends `content` to `filled` with a value in each place; without `places` in the layout as it
 * is. ERROR_UNAVAILABLE, with file, line and variable, for a place without a value.
 */
bool places_fill(const struct layout *l, const char *path, const char *content, struct text *filled,
                 struct error *e);
