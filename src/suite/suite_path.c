#include "base/memory.h"
#include "suite/suite.h"

char *suite_path(const struct suite *s, const char *relative)
{
    if (!relative)
        return memory_copy_of(s->folder);
    return relative[0] == '/' ? memory_copy_of(relative)
                              : memory_format("%s/%s", s->folder, relative);
}
