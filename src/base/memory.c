#include "base/memory.h"

#include <stdint.h>
#include <unistd.h>

/* The exit status of "could not check", which is what this is. */
enum { UNCHECKED = 3 };

void memory_exhausted(void)
{
    static const char words[] = "pgrehearse: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void)ignored;
    _exit(UNCHECKED);
}

void *memory_zeroed(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        memory_exhausted();
    return p;
}

void *memory_resized(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        memory_exhausted();
    size_t bytes = count * size;
    void *p = realloc(old, bytes > 0 ? bytes : 1);
    if (!p)
        memory_exhausted();
    return p;
}

char *memory_copy_of(const char *string)
{
    if (!string)
        return NULL;
    char *copy = strdup(string);
    if (!copy)
        memory_exhausted();
    return copy;
}

void memory_free_strings(char **list)
{
    for (char **string = list; string && *string; string++)
        free(*string);
    free(list);
}

char *memory_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *string = memory_format_list(format, arguments);
    va_end(arguments);
    return string;
}

char *memory_format_list(const char *format, va_list arguments)
{
    char *string = NULL;
    if (vasprintf(&string, format, arguments) < 0)
        memory_exhausted();
    return string;
}

void *memory_append(void *items, size_t *count, size_t size)
{
    char **array = items;
    size_t n = *count;
    if ((n & (n - 1)) == 0)
        *array = memory_resized(*array, n ? 2 * n : 1, size);
    char *item = *array + n * size;
    memset(item, 0, size);
    *count = n + 1;
    return item;
}
