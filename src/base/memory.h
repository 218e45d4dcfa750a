/*
 * Memory that is always there.
 *
 * Running out of memory is the one condition that we do not carry upwards: these functions never
 * return NULL and end the process by memory_exhausted(). Nothing stays behind all the same, since
 * the embedded server dies with its parent and the next run sweeps the rest.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

/* For want of memory: says so on standard error, and ends the process with exit code 3. */
_Noreturn void memory_exhausted(void);

/* `count` zeroed items of `size` bytes; the caller frees with free(). */
void *memory_zeroed(size_t count, size_t size);

/* `old`, grown or shrunk to `count` items of `size` bytes; new bytes are not set. */
void *memory_resized(void *old, size_t count, size_t size);

/* A copy of `string`, or NULL for NULL; the caller frees it. */
char *memory_copy_of(const char *string);

/* Frees the strings of a list that ends with NULL, and the list; NULL: nothing. */
void memory_free_strings(char **list);

/* printf into a new string; the caller frees it. */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `va_list` variant. */
char *memory_format_list(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

/*
 * Room for one more item in a growing array: returns the address of the new, zeroed item at
 * `(*items)[*count]` and adds one to `*count`. Grows in powers of two, so no capacity is kept.
 */
void *memory_append(void *items, size_t *count, size_t size);
