#include "base/valid_text.h"

#include <stdlib.h>
#include <string.h>

size_t utf8_decode(const char *string, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)string;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (length == 0 || s[0] > 0xf4 || s[0] == 0)
        return 0;
    uint32_t value = length == 1 ? s[0] : s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3f);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return length;
}

static bool acts(uint32_t c)
{
    if (c < 0x20)
        return c != '\t' && c != '\n';
    return (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c >= 0xfdd0 && c <= 0xfdef) ||
           (c & 0xfffe) == 0xfffe;
}

/* How many bytes are left out with `rest`, which may end in what an earlier cut has put there. */
static size_t count_left_out(const char *rest)
{
    static const char mark[] = "… (", end[] = " more bytes)";
    const char *last = NULL;
    for (const char *at = rest; (at = strstr(at, mark)); at++)
        last = at;
    char *after = NULL;
    size_t number = last ? strtoul(last + strlen(mark), &after, 10) : 0;
    return number && strcmp(after, end) == 0 ? (size_t)(last - rest) + number : strlen(rest);
}

void valid_text_append(struct text *t, const char *string, size_t limit)
{
    const char *s = string ? string : "";
    size_t used = 0;
    while (*s) {
        uint32_t code = 0;
        if (s[0] == '\r' && s[1] == '\n')
            s++;
        size_t length = utf8_decode(s, &code);
        bool shown = length && !acts(code);
        size_t taken = length ? length : 1;
        size_t made = shown ? taken : 4 * taken;
        if (used + made > limit) {
            text_append_format(t, "… (%zu more bytes)", count_left_out(s));
            return;
        }
        if (shown)
            text_append_bytes(t, s, taken);
        for (size_t i = 0; !shown && i < taken; i++)
            text_append_format(t, "\\x%02X", (unsigned char)s[i]);
        used += made;
        s += taken;
    }
}

char *valid_text(const char *string, size_t limit)
{
    struct text t = {0};
    valid_text_append(&t, string, limit);
    return text_detach(&t);
}

char *valid_line(const char *string)
{
    char *valid = valid_text(string, LINE_LIMIT);
    char *line = text_one_line(valid);
    free(valid);
    return line;
}
