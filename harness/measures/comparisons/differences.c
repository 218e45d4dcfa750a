#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "measures/comparisons/counter_rules.h"

void differences_add(struct differences *d, enum difference_kind kind, const char *check,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    struct difference *added = memory_append(&d->items, &d->count, sizeof *d->items);
    *added = (struct difference){.kind = kind, .check = check};
    added->message = valid_line(message); /* names may be any bytes */
    free(message);
}

void differences_blame(struct differences *d, const struct statement_cost *statement)
{
    if (statement)
        d->items[d->count - 1].sql = statement->sql;
}

bool differences_have(const struct differences *d, enum difference_kind kind, const char *check)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].kind == kind && (!check || strcmp(d->items[i].check, check) == 0))
            return true;
    return false;
}

void differences_release(struct differences *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->items[i].message);
    free(d->items);
    *d = (struct differences){0};
}

void bytes_text(double bytes, char *buffer, size_t size)
{
    if (bytes >= 1e9)
        snprintf(buffer, size, "%.2f GB", bytes / 1e9);
    else if (bytes >= 1e6)
        snprintf(buffer, size, "%.1f MB", bytes / 1e6);
    else if (bytes >= 1e3)
        snprintf(buffer, size, "%.0f kB", bytes / 1e3);
    else
        snprintf(buffer, size, "%.0f bytes", bytes);
}
