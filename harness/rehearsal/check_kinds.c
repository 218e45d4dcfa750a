#include "rehearsal/check_kinds.h"

#include "base/memory.h"
#include "record/check_kind_table.h"
#include "rules/rule.h"

const char **check_kinds(size_t *count)
{
    const char **all = memory_zeroed(check_kind_table_size + rule_table_size, sizeof *all);
    *count = 0;
    for (size_t i = 0; i < check_kind_table_size; i++)
        if (check_kind_table[i].of_run)
            all[(*count)++] = check_kind_table[i].name;
    for (size_t i = 0; i < rule_table_size; i++)
        all[(*count)++] = rule_table[i]->name;
    return all;
}
