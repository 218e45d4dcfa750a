#include "commands/command.h"

#include <errno.h>

#include "base/hidden_arguments.h"

const char *const exit_code_meanings[] = {
    [EXIT_PASSED] = "everything ran and passed",
    [EXIT_FINDINGS] = "at least one finding: do not ship this migration",
    [EXIT_USAGE] = "the command line or the suite is wrong",
    [EXIT_UNCHECKED] =
        "could not check: no server, missing extension or migrator, lost connection, "
        "interrupted",
    NULL};

int command_fail(const struct error *e)
{
    struct error told = *e;
    if (e->kind == ERROR_USAGE) /* others hold no word of the command line as it was given */
        hide_quoted_arguments(told.message);
    fprintf(stderr, "pgrehearse: %s%s%s%s\n", told.message, e->sqlstate[0] ? " (SQLSTATE " : "",
            e->sqlstate, e->sqlstate[0] ? ")" : "");
    return e->kind == ERROR_USAGE ? EXIT_USAGE : EXIT_UNCHECKED;
}

int command_print(const struct command *self, int argc, const char *const *argv, print_fn *print)
{
    struct error e = {0};
    struct arguments a;
    bool good = arguments_parse(&a, argc, argv, self->synopsis, self->options, NULL, &e) &&
                (a.help || print(&a, &e));
    arguments_release(&a);
    return good ? EXIT_PASSED : command_fail(&e);
}

int command_finish(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "pgrehearse: standard output cannot be written: %s\n",
            errno ? strerror(errno) : "the disk is full, or the reader has gone");
    return code == EXIT_PASSED ? EXIT_UNCHECKED : code;
}
