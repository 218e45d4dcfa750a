#include "rehearsal/check_kinds.h"

#include "base/memory.h"
#include "record/check_kind_table.h"

const char **check_kinds(const struct rule_list *rules, size_t *count)
{
    const char **all = memory_zeroed(check_kind_table_size + rules->count, sizeof *all);
    *count = 0;
    for (size_t i = 0; i < check_kind_table_size; i++)
        if (check_kind_table[i].of_run)
            all[(*count)++] = check_kind_table[i].name;
    for (size_t i = 0; i < rules->count; i++)
        all[(*count)++] = rules->items[i]->name;
    return all;
}
