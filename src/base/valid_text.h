/*
 * Text that every report can carry: valid UTF-8 in which nothing acts.
 *
 * What a migrator logs or a row holds may be any bytes. Here each byte that is not part of a valid
 * UTF-8 character, each control character other than tab and newline, and each character that
 * reorders or hides its neighbours (U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF,
 * noncharacters) is shown as \xNN, byte by byte. The result is allowed in XML 1.0 (section 2.2),
 * JSON (RFC 8259) and YAML 1.1 (section 4.1.1), and cannot drive a terminal. "\r\n" becomes "\n".
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum {
    LINE_LIMIT = 2000,      /* bytes of a text that is shown on one line */
    EVIDENCE_LIMIT = 32768, /* bytes of a text that may have several lines */
};

/*
 * Adds `string` (NULL: nothing), made valid. A text of more than `limit` bytes is cut after a
 * whole character and ends in "… (N more bytes)"; cut again at the same limit, it stays as it is.
 */
void valid_text_append(struct text *t, const char *string, size_t limit);

/* The same as a new string, which the caller frees; "" for NULL. */
char *valid_text(const char *string, size_t limit);

/* The same on one line, at most about LINE_LIMIT bytes. */
char *valid_line(const char *string);

/*
 * The length of the UTF-8 character that `string` starts with (RFC 3629: no surrogates, nothing
 * overlong, nothing beyond U+10FFFF), and its code; 0 if it starts with none.
 */
size_t utf8_decode(const char *string, uint32_t *code);
