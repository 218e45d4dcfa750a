#include "deployment/deploy_report.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"

enum deploy_outcome deploy_fails(struct deploy_report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    text_append_format(&report->message, "%s%s", report->message.length ? "; " : "", message);
    free(message);
    return DEPLOY_FAILED;
}
