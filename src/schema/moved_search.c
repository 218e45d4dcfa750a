#include "schema/moved_search.h"

bool moved_search_is_new(const struct moved_search *s, const struct data_table *table)
{
    return !data_tables_of_oid(s->all_then, table->oid) &&
           !data_tables_of_name(s->all_then, table->name);
}
