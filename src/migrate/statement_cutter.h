/* A part of a file cut into what is sent to the server one after the other. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "migrate/layout.h"
#include "migrate/revision_file.h"
#include "migrate/sql_split.h"

/*
 * Adds the steps of `sql`, which begins in that line of its file, to the part. `list` holds its
 * statements, where the layout cuts by the rules of SQL. ERROR_USAGE for a statement without an
 * end.
 */
bool statement_cut(const struct layout *l, struct migration_part *part, const char *path,
                   const char *sql, const struct sql_list *list, size_t line, struct error *e);
