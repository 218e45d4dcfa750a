#include "production/sources/source_making.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"

void source_note(struct source_making *m, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = memory_format_list(format, arguments);
    va_end(arguments);
    char *one = text_one_line(line);
    text_append_format(&m->notes, "%s\n", one);
    free(one);
    free(line);
}
