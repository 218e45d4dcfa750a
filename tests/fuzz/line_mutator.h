/*
 * Lets the fuzzer change an input line by line, too: files of YAML and SQL are made of lines. The
 * first byte of an input, which chooses a reader, is no part of a line.
 */
#pragma once
#include <stdint.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t limit);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t limit, unsigned seed);

enum { LINE_MOST = 4096 };

static inline unsigned line_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 16;
}

/* Where a line that is chosen at random begins. */
static inline size_t line_begin(const uint8_t *data, size_t size, unsigned *state)
{
    size_t at = 1 + line_random(state) % (size - 1);
    while (at > 1 && data[at - 1] != '\n')
        at--;
    return at;
}

static inline size_t line_length(const uint8_t *data, size_t size, size_t begin)
{
    const uint8_t *end = memchr(data + begin, '\n', size - begin);
    return end ? (size_t)(end - data) + 1 - begin : size - begin;
}

static inline size_t line_insert(uint8_t *data, size_t size, size_t limit, size_t at,
                                 const uint8_t *bytes, size_t length)
{
    if (size + length > limit)
        return size;
    memmove(data + at + length, data + at, size - at);
    memcpy(data + at, bytes, length);
    return size + length;
}

static inline size_t line_remove(uint8_t *data, size_t size, size_t at, size_t length)
{
    memmove(data + at, data + at + length, size - at - length);
    return size - length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t limit, unsigned seed)
{
    static const uint8_t blanks[] = "  ";
    uint8_t line[LINE_MOST];
    unsigned kind = line_random(&seed) % 10;
    if (size < 4 || kind < 5)
        return LLVMFuzzerMutate(data, size, limit);
    size_t from = line_begin(data, size, &seed), length = line_length(data, size, from);
    if (length > sizeof line)
        return LLVMFuzzerMutate(data, size, limit);
    memcpy(line, data + from, length);
    if (kind == 5) /* further in */
        return line_insert(data, size, limit, from, blanks, 2);
    if (kind == 6 && length > 2 && memcmp(line, blanks, 2) == 0) /* further out */
        return line_remove(data, size, from, 2);
    if (kind <= 8) /* gone, or elsewhere */
        size = line_remove(data, size, from, length);
    if (kind == 7 || size < 2)
        return size;
    return line_insert(data, size, limit, line_begin(data, size, &seed), line, length);
}
