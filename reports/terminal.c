#include "reports/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/valid_text.h"

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

/* From the environment itself: whether the program has called setlocale() does not matter. */
static bool locale_is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!locale)
        return false;
    bool utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

void terminal_measure(struct terminal *t, FILE *out)
{
    struct winsize size;
    bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0;
    t->columns = known && size.ws_col ? size.ws_col : 80;
    t->rows = known && size.ws_row ? size.ws_row : 24;
}

struct terminal terminal_of(FILE *out)
{
    const char *kind = getenv("TERM");
    struct terminal t = {.utf8 = locale_is_utf8()};
    t.live = isatty(fileno(out)) && kind && *kind && strcmp(kind, "dumb") != 0;
    t.colour = t.live && !is_set("NO_COLOR");
    terminal_measure(&t, out);
    return t;
}

struct range {
    uint32_t first, last;
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* The common part of Unicode's combining marks and of East Asian Width W and F (UAX 11). */
static size_t width_of(uint32_t code)
{
    static const struct range none[] = {
        {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
        {0x0900, 0x0902}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
        {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef}};
    static const struct range two[] = {
        {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},
        {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2753, 0x2755},
        {0x2795, 0x2797},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
        {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff},
        {0x20000, 0x3fffd}};
    if (code < 0x300)
        return 1;
    if (is_in(code, none, sizeof none / sizeof *none))
        return 0;
    return is_in(code, two, sizeof two / sizeof *two) ? 2 : 1;
}

/* The length of a mark such as INK_GOOD; 0 if `s` starts with none. Valid text has no ESC. */
static size_t mark_length(const char *s)
{
    return s[0] == '\033' ? strcspn(s, "m") + 1 : 0;
}

size_t display_columns(const char *valid)
{
    size_t columns = 0;
    for (const char *s = valid; *s;) {
        uint32_t code = 0;
        size_t mark = mark_length(s);
        size_t length = mark ? mark : utf8_decode(s, &code);
        columns += mark ? 0 : width_of(code);
        s += length ? length : 1;
    }
    return columns;
}

static const char *in_ascii(uint32_t code)
{
    switch (code) {
    case 0x2713: /* ✓ */
        return "+";
    case 0x2717: /* ✗ */
        return "x";
    case 0x00b7: /* · */
    case 0x2013: /* – */
        return "-";
    case 0x2192: /* → */
        return "->";
    case 0x2026: /* … */
        return "...";
    default:
        return width_of(code) ? "?" : "";
    }
}

static void append_ascii(struct text *t, const char *valid)
{
    for (const char *s = valid; *s;) {
        uint32_t code = 0;
        size_t length = utf8_decode(s, &code);
        if (code < 0x80)
            text_append_bytes(t, s, 1);
        else
            text_append(t, in_ascii(code));
        s += length ? length : 1;
    }
}

/* Adds the text up to `columns`, whole characters only, marks kept or dropped. */
static size_t append_columns(struct text *out, const char *line, size_t columns, bool marks)
{
    size_t used = 0;
    bool inked = false;
    for (const char *s = line; *s;) {
        uint32_t code = 0;
        size_t mark = mark_length(s);
        size_t length = mark ? mark : utf8_decode(s, &code);
        size_t width = mark ? 0 : width_of(code);
        length = length ? length : 1;
        if (used + width > columns)
            break;
        used += width;
        if (mark)
            inked = strncmp(s, INK_END, mark) != 0;
        if (!mark || marks)
            text_append_bytes(out, s, length);
        s += length;
    }
    if (inked && marks)
        text_append(out, INK_END);
    return used;
}

size_t terminal_append_line(const struct terminal *t, struct text *out, const char *line,
                            size_t columns)
{
    struct text shown = {0};
    if (t->utf8)
        text_append(&shown, line);
    else
        append_ascii(&shown, line);
    const char *end = t->utf8 ? "…" : "...";
    size_t width = display_columns(text_string(&shown));
    bool cut = columns && width > columns;
    size_t room =
        cut ? columns - (columns > display_columns(end) ? display_columns(end) : 0) : width;
    size_t used = append_columns(out, text_string(&shown), room, t->colour);
    if (cut && room < columns) {
        text_append(out, end);
        used += display_columns(end);
    }
    text_release(&shown);
    return used;
}

/* How many bytes of `line` fit into `columns` without cutting a word that would fit a line. */
static size_t fitting(const char *line, size_t columns)
{
    size_t used = 0, last = 0;
    for (const char *s = line; *s;) {
        uint32_t code = 0;
        size_t mark = mark_length(s);
        size_t length = mark ? mark : utf8_decode(s, &code);
        size_t width = mark ? 0 : width_of(code);
        if (used + width > columns)
            return last ? last : s == line ? length : (size_t)(s - line);
        if (*s == ' ' && used)
            last = (size_t)(s - line);
        used += width;
        s += length ? length : 1;
    }
    return strlen(line);
}

void terminal_append_wrapped(const struct terminal *t, struct text *out, const char *line,
                             size_t indent)
{
    size_t columns = t->live && t->columns > 2 * indent ? t->columns : SIZE_MAX;
    for (size_t room = columns;; room = columns - indent) {
        size_t blanks = strspn(line, " ");
        size_t length = blanks + fitting(line + blanks, room - (blanks < room ? blanks : 0));
        struct text part = {0};
        text_append_bytes(&part, line, length);
        terminal_append_line(t, out, text_string(&part), 0);
        text_append(out, "\n");
        text_release(&part);
        line += length;
        line += strspn(line, " ");
        if (!*line)
            return;
        text_append_format(out, "%*s", (int)indent, "");
    }
}

void append_padded(struct text *t, const char *valid, size_t columns, bool right)
{
    size_t width = display_columns(valid);
    int gap = width < columns ? (int)(columns - width) : 0;
    if (right)
        text_append_format(t, "%*s%s", gap, "", valid);
    else
        text_append_format(t, "%s%*s", valid, gap, "");
}

void terminal_print_line(const struct terminal *t, FILE *out, const char *line)
{
    struct text shown = {0};
    terminal_append_line(t, &shown, line, 0);
    fprintf(out, "%s\n", text_string(&shown));
    fflush(out);
    text_release(&shown);
}

void terminal_print_message(const struct terminal *t, FILE *out, const char *message)
{
    if (!out)
        return;
    char *valid = valid_line(message);
    terminal_print_line(t, out, valid);
    free(valid);
}
