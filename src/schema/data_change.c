/* How a change of data reads: for a person, and as a line that can be approved. */
#include <inttypes.h>

#include "base/memory.h"
#include "schema/data_compare.h"

static const struct {
    const char *text; /* before the name of the table or column */
    const char *unit; /* what `rows` counts */
    bool loss;
} kinds[] = {
    [DATA_TABLE_DROPPED] = {"drops the rows of", "row", true},
    [DATA_COLUMN_DROPPED] = {"drops the values of", "value", true},
    [DATA_ROWS_DELETED] = {"deletes rows of", "row", true},
    [DATA_VALUES_CHANGED] = {"changes values of", "row", true},
    [DATA_VALUES_FILLED] = {"fills NULLs of", "row", false},
    [DATA_ROWS_INSERTED] = {"inserts rows into", "row", false},
};

bool data_change_is_loss(enum data_change_kind kind)
{
    return kinds[kind].loss;
}

char *data_change_text(const struct data_change *change)
{
    return memory_format("%s %s%s%s", kinds[change->kind].text, change->table,
                         change->column ? "." : "", change->column ? change->column : "");
}

bool data_change_is_text(const char *line)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].text);
        if (strncmp(line, kinds[i].text, length) == 0 && line[length] == ' ' && line[length + 1])
            return true;
    }
    return false;
}

char *data_change_sentence(const struct data_change *change)
{
    char *text = data_change_text(change);
    if (change->rows == 0) { /* and they are lost all the same where production has some */
        char *none = memory_format("%s: there are none here", text);
        free(text);
        return none;
    }
    char *sentence =
        memory_format("%s: %" PRIu64 " %s%s%s%s%s", text, change->rows, kinds[change->kind].unit,
                      change->rows == 1 ? "" : "s", change->example ? " (" : "",
                      change->example ? change->example : "", change->example ? ")" : "");
    free(text);
    return sentence;
}

void data_changes_release(struct data_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        free(changes->items[i].table);
        free(changes->items[i].column);
        free(changes->items[i].example);
    }
    for (size_t i = 0; i < changes->empty_count; i++)
        free(changes->empty[i]);
    free(changes->items);
    free(changes->empty);
    *changes = (struct data_changes){0};
}
