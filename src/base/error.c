#include "base/error.h"

#include <stdarg.h>

#include "base/memory.h"
#include "base/text.h"

static void set_message(struct error *e, const char *message)
{
    char *line = text_one_line(message);
    snprintf(e->message, sizeof e->message, "%s", line);
    free(line);
    /* a cut in the middle of a UTF-8 sequence would break every report */
    size_t length = strlen(e->message);
    if (length == sizeof e->message - 1) {
        while (length > 0 && ((unsigned char)e->message[length - 1] & 0xC0) == 0x80)
            length--;
        if (length > 0 && ((unsigned char)e->message[length - 1] & 0x80))
            length--;
        e->message[length] = '\0';
    }
}

static void set(struct error *e, enum error_kind kind, const char *sqlstate, const char *format,
                va_list arguments)
{
    if (e->kind != ERROR_NONE)
        return;
    char *message = memory_format_list(format, arguments);
    e->kind = kind;
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", sqlstate ? sqlstate : "");
    set_message(e, message);
    free(message);
}

bool error_set(struct error *e, enum error_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(e, kind, NULL, format, arguments);
    va_end(arguments);
    return false;
}

bool error_set_sqlstate(struct error *e, enum error_kind kind, const char *sqlstate,
                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set(e, kind, sqlstate, format, arguments);
    va_end(arguments);
    return false;
}

bool error_prefix(struct error *e, const char *format, ...)
{
    if (e->kind == ERROR_NONE)
        return false;
    va_list arguments;
    va_start(arguments, format);
    char *prefix = memory_format_list(format, arguments);
    va_end(arguments);
    char *whole = memory_format("%s: %s", prefix, e->message);
    set_message(e, whole);
    free(whole);
    free(prefix);
    return false;
}

bool error_take(struct error *e, const struct error *from)
{
    if (e->kind == ERROR_NONE)
        *e = *from;
    return false;
}

bool error_reword(struct error *e, const char *format, ...)
{
    if (e->kind == ERROR_NONE)
        return false;
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    set_message(e, message);
    free(message);
    return false;
}

void error_clear(struct error *e)
{
    *e = (struct error){0};
}

bool error_is_of_server(const struct error *e)
{
    static const char *const classes[] = {"08", "28", "53", "57", "58", "XX"};
    if (!e->sqlstate[0])
        return true;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strncmp(e->sqlstate, classes[i], 2) == 0)
            return true;
    return false;
}
