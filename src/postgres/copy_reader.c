#include "postgres/copy_reader.h"

#include "base/memory.h"

static const char signature[] = "PGCOPY\n\377\r\n"; /* its final NUL belongs to it */
enum { HEADER_LENGTH = sizeof signature + 8 };      /* flags and the extension's length */

static uint32_t word(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* How many bytes the row at `p` has; 0: more are needed; -1: not a row. Sets the fields. */
static ptrdiff_t read_row(struct copy_reader *r, const char *p, const char *end)
{
    const char *at = p + 2;
    if (end - p < 2)
        return 0;
    size_t count = (size_t)(unsigned char)p[0] << 8 | (unsigned char)p[1];
    if (count == 0xFFFF) {
        r->ended = true;
        return 2;
    }
    if (count != r->field_count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (end - at < 4)
            return 0;
        uint32_t length = word(at);
        struct copy_field *field = &r->fields[i];
        *field = (struct copy_field){.start = at};
        at += 4;
        if (length == UINT32_MAX)
            continue;
        if (length > INT32_MAX)
            return -1;
        if ((size_t)(end - at) < length)
            return 0;
        field->data = at;
        field->length = length;
        at += length;
    }
    return at - p;
}

/* Bytes of the header at `p`; 0: more are needed; -1: not a header. */
static ptrdiff_t read_header(const char *p, const char *end)
{
    if (end - p < HEADER_LENGTH)
        return 0;
    if (memcmp(p, signature, sizeof signature) != 0)
        return -1;
    size_t extension = word(p + sizeof signature + 4);
    if ((size_t)(end - p) < HEADER_LENGTH + extension)
        return 0;
    return (ptrdiff_t)(HEADER_LENGTH + extension);
}

/* Reads all that is complete; returns how many bytes that was, -1 on nonsense. */
static ptrdiff_t read_complete(struct copy_reader *r, const char *data, size_t length)
{
    const char *p = data, *end = data + length;
    while (p < end) {
        if (r->ended)
            return -1;
        ptrdiff_t used = r->past_header ? read_row(r, p, end) : read_header(p, end);
        if (used < 0)
            return -1;
        if (used == 0)
            break;
        if (!r->past_header)
            r->past_header = true;
        else if (!r->ended)
            r->on_row(r->context, r->fields, p + used);
        p += used;
    }
    return p - data;
}

bool copy_reader_feed(struct copy_reader *r, const char *data, size_t length)
{
    if (!r->fields)
        r->fields = memory_zeroed(r->field_count, sizeof *r->fields);
    if (r->pending.length > 0) {
        text_append_bytes(&r->pending, data, length);
        data = r->pending.data;
        length = r->pending.length;
    }
    ptrdiff_t used = read_complete(r, data, length);
    if (used < 0)
        return false;
    size_t left = length - (size_t)used;
    if (r->pending.length > 0) {
        memmove(r->pending.data, r->pending.data + used, left);
        r->pending.length = left;
    } else {
        text_append_bytes(&r->pending, data + used, left);
    }
    return true;
}

void copy_reader_release(struct copy_reader *r)
{
    free(r->fields);
    r->fields = NULL;
    text_release(&r->pending);
}
