/* What must never be shown or written: it is taken out of every message before anybody sees it. */
#pragma once
#include <stddef.h>

/* Zero-initialised it is empty and valid. */
struct secrets {
    char **values;
    size_t count;
};

/* Adds one; NULL, and what is too short to be a secret (under 4 bytes), is left out. */
void secrets_add(struct secrets *s, const char *value);

/* The password of a connection URL, as it is and as it is written in the URL. */
void secrets_add_url(struct secrets *s, const char *url);

/* `text` on one line with stars for each secret; the caller frees it. */
char *secrets_hide(const struct secrets *s, const char *text);

void secrets_release(struct secrets *s);
