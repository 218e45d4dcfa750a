/* An input as a row of choices, from which a target builds something that is nearly well-formed. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

struct choices {
    const uint8_t *at;
    size_t left;
};

/* 0 where nothing is left. */
static inline uint8_t choices_byte(struct choices *c)
{
    if (!c->left)
        return 0;
    c->left--;
    return *c->at++;
}

static inline size_t choices_below(struct choices *c, size_t limit)
{
    return choices_byte(c) % limit;
}

/* At most 63 bytes up to a NUL, which never comes out; to be freed. */
static inline char *choices_string(struct choices *c)
{
    size_t length = choices_byte(c) & 63;
    if (length > c->left)
        length = c->left;
    char *string = memory_zeroed(length + 1, 1);
    if (length)
        memcpy(string, c->at, length);
    c->at += length;
    c->left -= length;
    return string;
}
