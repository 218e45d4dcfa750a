/* SHA-256 (FIPS 180-4) of files and texts, as 64 hexadecimal digits. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { DIGEST_LENGTH = 64 };

void digest_bytes(const void *bytes, size_t length, char digest[DIGEST_LENGTH + 1]);

/* ERROR_UNAVAILABLE, naming the file, where it cannot be read. */
bool digest_file(const char *path, char digest[DIGEST_LENGTH + 1], struct error *e);

/* A file below a folder. */
struct digest_entry {
    char *path; /* relative to the folder */
    char sha256[DIGEST_LENGTH + 1];
};

/*
 * Every regular file below `folder`, sorted by path; what lies in a folder that begins with "." or
 * is called __pycache__ is left out, as are editors' copies (*~). Free with digest_list_free().
 */
bool digest_folder(const char *folder, struct digest_entry **entries, size_t *count,
                   struct error *e);

/* One digest of the whole list: of its lines "SHA256  PATH". */
void digest_list(const struct digest_entry *entries, size_t count, char digest[DIGEST_LENGTH + 1]);

void digest_list_free(struct digest_entry *entries, size_t count);
