/* certificate.json, whose shape is certificate.schema.json (JSON Schema, draft 7). */
#pragma once
#include "production/certificates/certificate.h"

enum {
    CERTIFICATE_FORMAT = 1,               /* grows when a member changes its meaning or goes */
    CERTIFICATE_SCHEMA_LIMIT = 256 << 10, /* bytes of the schema's lines that are kept */
};

/* Of one that was made, not read. */
bool certificate_json_write(const char *path, const struct certificate *c, struct error *e);

/*
 * Reads `length` bytes that may come from anybody; `name` is for the error, an ERROR_USAGE that
 * names the member. Release the certificate in any case.
 */
bool certificate_json_read(const char *bytes, size_t length, const char *name,
                           struct certificate *c, struct error *e);
