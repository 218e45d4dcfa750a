#include "commands/json_memory.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/memory.h"

static void *allocate(size_t size)
{
    return memory_resized(NULL, size, 1);
}

void json_memory_is_ours(void)
{
    json_set_alloc_funcs(allocate, free);
}
