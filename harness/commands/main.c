/* pgrehearse: finds the command and hands over to it. */
#include "base/hidden_arguments.h"
#include "base/nearest.h"
#include "base/standard_streams.h"
#include "commands/command.h"
#include "commands/completion.h"
#include "commands/json_memory.h"
#include "commands/manual.h"
#include "commands/schema_table.h"

static void print_help(FILE *out)
{
    fputs("pgrehearse rehearses PostgreSQL migrations on throwaway databases.\n\n"
          "usage: pgrehearse COMMAND [ARGUMENTS]\n\n",
          out);
    for (const struct command *c = command_table; c->name; c++)
        fprintf(out, "  %-10s %s\n", c->name, c->summary);
    fputs("\npgrehearse help COMMAND prints the arguments of each.\n\nexit codes:\n", out);
    for (int i = 0; exit_code_meanings[i]; i++)
        fprintf(out, "  %d  %s\n", i, exit_code_meanings[i]);
}

static int unknown_command(const char *name)
{
    enum { MOST = 64 };
    const char *names[MOST] = {NULL};
    size_t count = 0;
    struct error e = {0};
    for (const struct command *c = command_table; c->name && count < MOST; c++)
        names[count++] = c->name;
    const char *near = nearest_name(name, names, count);
    if (near)
        error_set(&e, ERROR_USAGE, "no command '%s'; did you mean '%s'?", name, near);
    else
        error_set(&e, ERROR_USAGE, "no command '%s'; see pgrehearse --help", name);
    return command_fail(&e);
}

/* "pgrehearse help run" is "pgrehearse run --help". */
static int help_of(const char *name)
{
    const struct command *c = command_find(name);
    const char *const words[] = {name, "--help", NULL};
    return c ? command_finish(c->run(c, 2, words)) : unknown_command(name);
}

/* For the build and for shells; not in the help. */
static int run_hidden(int argc, const char *const *words)
{
    struct error e = {0};
    if (strcmp(words[1], "__complete") == 0 && argc > 3)
        return completion_print(argc - 2, words + 2);
    if (strcmp(words[1], "__manual") == 0 && argc == 3)
        return manual_write(words[2], &e) ? EXIT_PASSED : command_fail(&e);
    if (strcmp(words[1], "__schemas") == 0 && argc == 3)
        return schema_table_write(words[2], &e) ? EXIT_PASSED : command_fail(&e);
    return unknown_command(words[1]);
}

static int run_command_named(int argc, const char *const *words)
{
    const char *name = argc > 1 ? words[1] : "";
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        puts("pgrehearse " PGREHEARSE_VERSION);
        return command_finish(EXIT_PASSED);
    }
    bool helps =
        strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0;
    if (helps && argc > 2)
        return help_of(words[2]);
    if (helps) {
        print_help(stdout);
        return command_finish(EXIT_PASSED);
    }
    if (strncmp(name, "__", 2) == 0)
        return command_finish(run_hidden(argc, words));
    const struct command *c = command_find(name);
    if (c)
        return command_finish(c->run(c, argc - 1, words + 1));
    if (argc <= 1) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    return unknown_command(name);
}

int main(int argc, char **argv)
{
    const char **words = hidden_arguments(argc, argv); /* before anything else */
    standard_streams_open();
    json_memory_is_ours();
    int code = run_command_named(argc, words);
    free(words);
    return code;
}
