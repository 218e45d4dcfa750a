/* What a fingerprint keeps of a row; shared by those who take and those who compare. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct fingerprint_row {
    uint64_t key_low, key_high; /* hash of the key, of the whole row where there is none */
    uint64_t low, high;         /* hash of the whole row */
    size_t key_offset;          /* into key_text, NUL-terminated */
};

/* The hash of NULL in the column of this number. */
uint64_t fingerprint_null_hash(size_t column);
