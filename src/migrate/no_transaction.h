/* Where the files of a layout say that they want no transaction around them. */
#pragma once
#include <stdbool.h>

#include "migrate/layout.h"
#include "migrate/sql_split.h"

/* Whether the layout looks for it at that place. */
bool refuses_transaction_by(const struct layout *l, enum layout_place place);

/* Whether `line`, which is at that place, says it. */
bool refuses_transaction_at(const struct layout *l, enum layout_place place, const char *line);

/* Whether any line of the file says it, or its first. */
bool refuses_transaction_in_file(const struct layout *l, const char *content);

bool refuses_transaction_in_options(const struct layout *l, const char *content);
bool refuses_transaction_in_statements(const struct layout *l, const struct sql_list *list);

/* `path` is that of a part's file, below the folder. */
bool refuses_transaction_by_path(const struct layout *l, const char *path);
