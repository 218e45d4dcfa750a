/* Where data is looked for that is no longer where it was. */
#pragma once
#include "schema/data_tables.h"

struct moved_search {
    struct connection *before, *after;
    const struct data_table *then, *now; /* what is looked for; its counterpart, NULL: it is gone */
    const struct data_tables *all_then, *all_now;
};

/* Whether no table of before has this one's name or identity. */
bool moved_search_is_new(const struct moved_search *s, const struct data_table *table);
