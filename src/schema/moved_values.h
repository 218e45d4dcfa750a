/*
 * Where the values of a dropped column went. They may be in another column of the same rows, under
 * the column's name in a document (json, jsonb), or in the row of another table that belongs to it,
 * by a foreign key or by a column of a new table that equals the key.
 */
#pragma once
#include "schema/moved_search.h"

/*
 * *found: whether each value of `column` of `then` is still there. Of a column with fewer than two
 * different values nothing can be said, as any constant would do: they are not found. False only if
 * a database could not be read.
 */
bool moved_values_find(const struct moved_search *s, const struct data_column *column, bool *found,
                       struct error *e);
