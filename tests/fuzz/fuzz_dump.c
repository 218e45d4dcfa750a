/* The lines of a dump, and whatever names are found in them. */
#include <stdint.h>

#include "base/memory.h"
#include "production/sources/dump_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!names[i])
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dump_scan s = {0};
    char *text = memory_zeroed(size + 1, 1);
    if (size)
        memcpy(text, data, size);
    for (char *line = text; line < text + size;) {
        char *end = memchr(line, '\n', (size_t)(text + size - line));
        if (end)
            *end = '\0';
        dump_scan_line(&s, 0, false, line);
        line = end ? end + 1 : text + size;
    }
    must_be_names(s.roles, s.role_count);
    must_be_names(s.extensions, s.extension_count);
    if (s.schema_count != s.extension_count)
        abort();
    dump_scan_release(&s);
    free(text);
    return 0;
}
