/* A command of /bin/sh, made as printf(3) does; what fails, fails the test. */
#pragma once
#include <stdarg.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *command = memory_format_list(format, arguments);
    va_end(arguments);
    struct process_request request = {.command = command, .sees = SEES_ALL, .time_limit = 600};
    struct process_result result = {0};
    struct error e = {0};
    bool good = process_run(&request, &result, &e) && process_succeeded(&result);
    if (!good)
        print_error("%s: %s%s\n", command, e.message, text_string(&result.log));
    process_result_release(&result);
    free(command);
    assert_true(good);
}
