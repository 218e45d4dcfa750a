/* What the bodies of messages say (PostgreSQL manual, 55.7 "Message Formats"), safely read. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The request codes that a packet without a type may carry instead of a protocol version. */
enum {
    MESSAGE_CANCEL_REQUEST = 80877102,
    MESSAGE_SSL_REQUEST = 80877103,
    MESSAGE_GSSENC_REQUEST = 80877104,
};

/* The code of an authentication request that offers mechanisms of SASL (AuthenticationSASL). */
enum { MESSAGE_SASL = 10 };

/* The four bytes at `offset` as a number; 0 where there are not so many. */
uint32_t message_number(const struct text *body, size_t offset);

/*
 * The string at `*offset`, which moves behind its NUL. Where the NUL is missing, since the body is
 * cut, what is there; "" past the end. Belongs to the body.
 */
const char *message_string(const struct text *body, size_t *offset);

/* The field `code` of an ErrorResponse (55.8): 'C' SQLSTATE, 'M' message; NULL: it has none. */
const char *message_error_field(const struct text *body, char code);

/* How many rows a CommandComplete tag speaks of: "INSERT 0 3"; false where it speaks of none. */
bool message_tag_rows(const char *tag, uint64_t *rows);
