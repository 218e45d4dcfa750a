/* What a migrator prints: its history, its current revisions, the steps in its log. */
#include <stdint.h>

#include "base/memory.h"
#include "migrator/migrator_steps.h"
#include "migrator/revision_history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_history(const char *output)
{
    struct revision_history h = {0};
    size_t count = 0;
    revision_history_read(&h, output);
    char **current = revision_history_current(&h, output, &count);
    for (size_t i = 0; i < count; i++)
        if (!*current[i] || !revision_history_leads(&h, current[i], current[i]))
            abort();
    for (size_t i = 0; i < h.count; i++)
        revision_history_leads(&h, h.links[i].parent, h.links[h.count - 1 - i].child);
    revision_list_free(current, count);
    revision_history_release(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_zeroed(size + 1, 1);
    if (size)
        memcpy(text, data, size);
    read_history(text);
    free(text);
    return 0;
}
