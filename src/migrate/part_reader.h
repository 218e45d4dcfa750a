/*
 * The ways up and down that a file holds, by the rules of its layout: found by their section lines
 * and cut into what is sent to the server one after the other.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"
#include "migrate/layout.h"
#include "migrate/revision_file.h"

/*
 * Reads a file with sections into both parts of the revision. ERROR_USAGE, with file and line, for
 * what the tool would not take: SQL before a required `up` line, a section twice, a statement
 * without an end.
 */
bool part_read_both(const struct layout *l, struct revision *r, const char *path,
                    const char *content, struct error *e);

/* Reads a file that is one part as a whole. */
bool part_read_whole(const struct layout *l, struct migration_part *part, const char *path,
                     const char *content, struct error *e);
