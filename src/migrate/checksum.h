/* The checksums that tools keep of a revision's file. */
#pragma once
#include <stddef.h>

enum checksum_kind {
    CHECKSUM_NONE,
    CHECKSUM_CRC32_LINES, /* of the lines without their ends, as a signed 32-bit number (Flyway) */
    CHECKSUM_SHA256,      /* of the whole file, in hexadecimal */
    CHECKSUM_SHA384,
    CHECKSUM_LINE, /* what a line of the file says it is */
};

/* NULL for none and for CHECKSUM_LINE; the caller frees it. A byte order mark is part of all but
 * the CRC. */
char *checksum_of(enum checksum_kind kind, const char *content, size_t length);
