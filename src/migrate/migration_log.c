#include "migrate/migration_log.h"

#include <errno.h>
#include <stdarg.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"

bool migration_log_open(struct migration_log *log, const char *path, struct error *e)
{
    *log = (struct migration_log){0};
    if (!path || path[0] == '\0')
        return true;
    log->file = fopen(path, "ae");
    return log->file || error_set(e, file_error_kind(errno), "cannot write the log to %s: %s", path,
                                  strerror(errno));
}

void migration_log_close(struct migration_log *log)
{
    if (log->file)
        fclose(log->file);
    log->file = NULL;
}

static void write_line(const struct migration_log *log, const char *prefix, const char *format,
                       va_list arguments)
{
    char *message = memory_format_list(format, arguments);
    struct text line = {0};
    text_append_format(&line, "%s%s\n", prefix, message);
    fputs(text_string(&line), stderr);
    if (log->file) {
        fputs(text_string(&line), log->file);
        fflush(log->file);
    }
    text_release(&line);
    free(message);
}

void migration_log_line(const struct migration_log *log, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(log, "", format, arguments);
    va_end(arguments);
}

void migration_log_info(const struct migration_log *log, const char *logger, const char *format,
                        ...)
{
    struct text prefix = {0};
    text_append_format(&prefix, "INFO [%s] ", logger);
    va_list arguments;
    va_start(arguments, format);
    write_line(log, text_string(&prefix), format, arguments);
    va_end(arguments);
    text_release(&prefix);
}
