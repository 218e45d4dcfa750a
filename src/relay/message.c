#include "relay/message.h"

#include <ctype.h>

#include "base/memory.h"

uint32_t message_number(const struct text *body, size_t offset)
{
    if (offset > body->length || body->length - offset < 4)
        return 0;
    const unsigned char *p = (const unsigned char *)body->data + offset;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

const char *message_string(const struct text *body, size_t *offset)
{
    if (*offset >= body->length)
        return "";
    const char *string = body->data + *offset; /* a struct text always ends in NUL */
    *offset += strlen(string) + 1;
    return string;
}

const char *message_error_field(const struct text *body, char code)
{
    for (size_t at = 0; at < body->length && body->data[at] != '\0';) {
        char field = body->data[at++];
        const char *value = message_string(body, &at);
        if (field == code)
            return value;
    }
    return NULL;
}

bool message_tag_rows(const char *tag, uint64_t *rows)
{
    const char *last = strrchr(tag, ' ');
    if (!last || !isdigit((unsigned char)last[1]))
        return false;
    *rows = strtoull(last + 1, NULL, 10);
    return true;
}
