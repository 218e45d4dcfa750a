/* pgrehearse: finds the command and hands over to it. */
#include <errno.h>

#include "command.h"

static void print_help(FILE *out)
{
    fputs("pgrehearse rehearses PostgreSQL migrations on throwaway databases.\n\n"
          "usage: pgrehearse COMMAND [ARGUMENTS]\n\n",
          out);
    for (const struct command *c = command_table; c->name; c++)
        fprintf(out, "  %-10s %s\n", c->name, c->summary);
    fputs("\npgrehearse COMMAND --help tells the arguments of each.\n\n"
          "exit codes: 0 all passed, 1 a finding: do not ship, 2 the command line or the suite is\n"
          "wrong, 3 could not check\n",
          out);
}

/* What was printed counts only once it has arrived: a full disk must not look like success. */
static int flush_output(int code)
{
    bool flushed = fflush(stdout) == 0;
    if (flushed && !ferror(stdout))
        return code;
    fprintf(stderr, "pgrehearse: standard output cannot be written%s%s\n", flushed ? "" : ": ",
            flushed ? "" : strerror(errno));
    return code == EXIT_PASSED ? EXIT_UNCHECKED : code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        puts("pgrehearse " PGREHEARSE_VERSION);
        return flush_output(EXIT_PASSED);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return flush_output(EXIT_PASSED);
    }
    for (const struct command *c = command_table; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return flush_output(c->run(argc - 1, (const char *const *)argv + 1));
    if (argc > 1)
        fprintf(stderr, "pgrehearse: no command '%s'; see pgrehearse --help\n", name);
    else
        print_help(stderr);
    return EXIT_USAGE;
}
