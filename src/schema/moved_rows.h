/* Where the rows of a table went that is gone, or that lost some of them. */
#pragma once
#include <stdint.h>

#include "schema/moved_search.h"

/*
 * The table that took all rows of `then`, which is gone: a new one with half of its columns, or an
 * old one with all of them. NULL: none did, there are fewer than two rows, or the error is set.
 */
const struct data_table *moved_rows_all(const struct moved_search *s, struct error *e);

/*
 * Whether a table with all columns of `then` holds `lost` rows of it: a new one, as an archive, or
 * a partition that was detached.
 */
bool moved_rows_archived(const struct moved_search *s, uint64_t lost, struct error *e);
