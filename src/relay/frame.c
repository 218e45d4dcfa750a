#include "relay/frame.h"

#include <stdint.h>

static size_t head_size(const struct frame *f)
{
    return f->untyped ? 4 : 5;
}

static bool read_length(struct frame *f)
{
    const unsigned char *p = f->head + (f->untyped ? 0 : 1);
    uint32_t length =
        (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
    uint32_t longest = f->untyped ? FRAME_LONGEST_UNTYPED : FRAME_LONGEST;
    uint32_t shortest = f->untyped ? 8 : 4;
    if (length < shortest || length - 4 > longest)
        return false;
    f->length = length - 4;
    return true;
}

/* Rows and COPY data are nobody's business. */
static bool is_kept(const struct frame *f)
{
    return f->type != 'd' && f->type != 'D';
}

static size_t read_body(struct frame *f, const char *bytes, size_t length)
{
    size_t left = f->length - f->seen, take = length < left ? length : left;
    size_t room = f->kept.length < FRAME_KEPT ? FRAME_KEPT - f->kept.length : 0;
    if (is_kept(f) && room)
        text_append_bytes(&f->kept, bytes, take < room ? take : room);
    f->seen += take;
    return take;
}

static void begin(struct frame *f)
{
    f->whole = false;
    f->head_length = f->length = f->seen = 0;
    f->type = 0;
    text_clear(&f->kept);
}

enum frame_progress frame_read(struct frame *f, const char *bytes, size_t length, size_t *used)
{
    *used = 0;
    if (f->broken)
        return FRAME_BROKEN;
    if (f->whole)
        begin(f);
    while (*used < length && f->head_length < head_size(f)) {
        if (f->head_length == 0 && !f->untyped)
            f->type = bytes[*used];
        f->head[f->head_length++] = (unsigned char)bytes[(*used)++];
        if (f->head_length == head_size(f) && !read_length(f)) {
            f->broken = true;
            return FRAME_BROKEN;
        }
    }
    if (f->head_length < head_size(f))
        return FRAME_PARTIAL;
    *used += read_body(f, bytes + *used, length - *used);
    f->whole = f->seen == f->length;
    return f->whole ? FRAME_WHOLE : FRAME_PARTIAL;
}

bool frame_is_between(const struct frame *f)
{
    return f->whole || f->head_length == 0;
}

void frame_release(struct frame *f)
{
    text_release(&f->kept);
}
