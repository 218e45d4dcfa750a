/* How the versions in file names are compared, and how a tool writes them into its table. */
#pragma once

enum version_kind {
    VERSION_NUMBER,   /* 0007 and 7 are the same; ordered by value */
    VERSION_TEXT,     /* byte for byte */
    VERSION_DOTTED,   /* 1_2 is 1.2; 1.0 and 01 are the same as 1; 1.10 comes after 1.9 */
    VERSION_NATURAL,  /* kept as written; runs of digits are ordered by value: 2a before 10 */
    VERSION_DASHLESS, /* 2024-01-02 is 20240102; then byte for byte */
};

/* A version as the tool's table has it; the caller frees it. */
char *version_key(enum version_kind kind, const char *written);

/* Orders two keys, as strcmp() does; 0 for two ways of writing one version. */
int version_compare(enum version_kind kind, const char *a, const char *b);
