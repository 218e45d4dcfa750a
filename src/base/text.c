#include "base/text.h"

#include <errno.h>
#include <stdarg.h>

#include "base/memory.h"
#include "base/regular_file.h"

static void make_room(struct text *t, size_t more)
{
    size_t needed = t->length + more + 1;
    if (needed <= t->capacity)
        return;
    size_t capacity = t->capacity ? t->capacity : 64;
    while (capacity < needed)
        capacity *= 2;
    t->data = memory_resized(t->data, capacity, 1);
    t->capacity = capacity;
}

void text_append_bytes(struct text *t, const void *bytes, size_t length)
{
    make_room(t, length);
    if (length)
        memcpy(t->data + t->length, bytes, length);
    t->length += length;
    t->data[t->length] = '\0';
}

void text_append(struct text *t, const char *string)
{
    text_append_bytes(t, string, strlen(string));
}

void text_append_format(struct text *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        memory_exhausted();
    make_room(t, (size_t)length);
    vsnprintf(t->data + t->length, (size_t)length + 1, format, again);
    va_end(again);
    t->length += (size_t)length;
}

void text_append_json(struct text *t, const char *s)
{
    if (!s) {
        text_append(t, "null");
        return;
    }
    text_append(t, "\"");
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            text_append_format(t, "\\%c", c);
        else if (c < 0x20)
            text_append_format(t, "\\u%04x", c);
        else
            text_append_bytes(t, s, 1);
    }
    text_append(t, "\"");
}

void text_append_word(struct text *t, const char *string)
{
    text_append(t, "'");
    for (const char *p = string; *p; p++) {
        if (*p == '\'')
            text_append(t, "'\\''");
        else
            text_append_bytes(t, p, 1);
    }
    text_append(t, "'");
}

void text_clear(struct text *t)
{
    t->length = 0;
    if (t->data)
        t->data[0] = '\0';
}

void text_release(struct text *t)
{
    free(t->data);
    *t = (struct text){0};
}

char *text_detach(struct text *t)
{
    make_room(t, 0);
    t->data[t->length] = '\0';
    char *string = t->data;
    *t = (struct text){0};
    return string;
}

const char *text_string(const struct text *t)
{
    return t->data ? t->data : "";
}

bool text_read_file(struct text *t, const char *path, size_t limit)
{
    FILE *file = regular_file_open(path);
    if (!file)
        return false;
    char buffer[65536];
    size_t got;
    errno = 0;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) {
        text_append_bytes(t, buffer, got);
        if (t->length > limit) {
            fclose(file);
            errno = EFBIG;
            return false;
        }
    }
    bool good = !ferror(file);
    int saved = errno;
    fclose(file);
    errno = saved;
    return good;
}

unsigned text_line_of(const char *text, const char *place)
{
    unsigned line = 1;
    for (; text < place; text++)
        line += *text == '\n';
    return line;
}

char *text_one_line(const char *string)
{
    struct text t = {0};
    bool gap = false;
    for (const unsigned char *p = (const unsigned char *)string; *p; p++) {
        if (*p <= ' ' || *p == 0x7f) {
            gap = t.length > 0;
            continue;
        }
        if (gap)
            text_append_bytes(&t, " ", 1);
        gap = false;
        text_append_bytes(&t, p, 1);
    }
    return text_detach(&t);
}
