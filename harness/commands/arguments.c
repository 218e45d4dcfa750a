#include "commands/arguments.h"

#include <ctype.h>
#include <errno.h>
#include <popt.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/report_list.h"

enum { HELP = 1, FIRST_OPTION = 2 };

static void add_option(struct poptOption **table, size_t *count, struct arguments *a,
                       const struct option_spec *spec)
{
    struct argument *slot = memory_append(&a->options, &a->option_count, sizeof *a->options);
    slot->name = spec->name;
    slot->takes_value = spec->argument != NULL;
    slot->is_list = spec->argument && strstr(spec->argument, "[,");
    struct poptOption *o = memory_append(table, count, sizeof **table);
    *o = (struct poptOption){.longName = spec->name,
                             .argInfo = spec->argument ? POPT_ARG_STRING : POPT_ARG_NONE,
                             .val = FIRST_OPTION + (int)a->option_count - 1,
                             .descrip = spec->help,
                             .argDescrip = spec->argument};
}

static struct poptOption *make_table(struct arguments *a, const struct option_spec *specs,
                                     const struct suite *suite)
{
    struct poptOption *table = NULL;
    size_t count = 0;
    for (; specs->name; specs++)
        add_option(&table, &count, a, specs);
    for (unsigned i = 0; suite && i < suite->size_count; i++)
        add_option(&table, &count, a,
                   &(struct option_spec){suite->sizes[i].name, "N", suite->sizes[i].help});
    struct poptOption *help = memory_append(&table, &count, sizeof *table);
    *help = (struct poptOption){.longName = "help",
                                .shortName = 'h',
                                .argInfo = POPT_ARG_NONE,
                                .val = HELP,
                                .descrip = "print this and exit"};
    memory_append(&table, &count, sizeof *table);
    return table;
}

static bool bad_option(const struct arguments *a, const char *given, int code, const char *command,
                       struct error *e)
{
    const char **names = memory_zeroed(a->option_count, sizeof *names);
    for (size_t i = 0; i < a->option_count; i++)
        names[i] = a->options[i].name;
    char *plain = memory_copy_of(given + strspn(given, "-"));
    plain[strcspn(plain, "=")] = '\0';
    const char *near =
        code == POPT_ERROR_BADOPT ? nearest_name(plain, names, a->option_count) : NULL;
    if (near)
        error_set(e, ERROR_USAGE, "%s: %s: unknown option; did you mean --%s?", command, given,
                  near);
    else
        error_set(e, ERROR_USAGE, "%s: %s: %s; see pgrehearse %s --help", command, given,
                  poptStrerror(code), command);
    free(plain);
    free(names);
    return false;
}

static bool read_options(struct arguments *a, poptContext context, const char *command,
                         struct error *e)
{
    int value;
    while ((value = poptGetNextOpt(context)) > 0) {
        if (value == HELP) {
            a->help = true;
            continue;
        }
        struct argument *slot = &a->options[value - FIRST_OPTION];
        char *given = poptGetOptArg(context);
        if (!given && slot->takes_value)
            memory_exhausted();
        if (slot->value && slot->is_list) {
            char *joined = memory_format("%s,%s", slot->value, given);
            free(slot->value);
            free(given);
            given = joined;
            slot->value = NULL;
        }
        if (slot->value) {
            free(given);
            return error_set(e, ERROR_USAGE, "%s: --%s is given twice", command, slot->name);
        }
        slot->value = given ? given : memory_copy_of("");
    }
    if (value < -1)
        return bad_option(a, poptBadOption(context, POPT_BADOPTION_NOALIAS), value, command, e);
    const char **rest = poptGetArgs(context);
    for (; rest && *rest; rest++)
        *(char **)memory_append(&a->positional, &a->positional_count, sizeof *a->positional) =
            memory_copy_of(*rest);
    return true;
}

/* A size that is called as an option of the command would hide it. */
static bool check_size_names(const struct option_spec *specs, const struct suite *suite,
                             struct error *e)
{
    for (unsigned i = 0; suite && i < suite->size_count; i++) {
        const char *name = suite->sizes[i].name;
        bool taken = strcmp(name, "help") == 0;
        for (const struct option_spec *spec = specs; spec->name && !taken; spec++)
            taken = strcmp(spec->name, name) == 0;
        if (taken)
            return error_set(e, ERROR_USAGE, "%s/suite.yaml: sizes.name: --%s is already an option",
                             suite->folder, name);
    }
    return true;
}

static void print_help(const struct arguments *a, poptContext context)
{
    poptPrintHelp(context, stdout, 0);
    for (size_t i = 0; i < a->option_count; i++)
        if (strcmp(a->options[i].name, "report") == 0)
            report_list_print(stdout);
}

/* For want of memory popt ends the process with status 1, which would be that of a finding. */
static bool is_in_popt;

static void leave_unchecked(void)
{
    if (is_in_popt)
        _exit(EXIT_UNCHECKED);
}

bool arguments_parse(struct arguments *a, int argc, const char *const *argv, const char *synopsis,
                     const struct option_spec *specs, const struct suite *suite, struct error *e)
{
    *a = (struct arguments){0};
    if (!check_size_names(specs, suite, e))
        return false;
    struct poptOption *table = make_table(a, specs, suite);
    char *name = memory_format("pgrehearse %s", argv[0]);
    const char **named = memory_zeroed((size_t)argc + 1, sizeof *named);
    for (int i = 0; i < argc; i++)
        named[i] = i ? argv[i] : name; /* the help begins with it */
    is_in_popt = atexit(leave_unchecked) == 0;
    poptContext context = poptGetContext(name, argc, named, table, 0);
    if (!context)
        memory_exhausted();
    poptSetOtherOptionHelp(context, synopsis);
    bool good = read_options(a, context, argv[0], e);
    if (good && !a->positional_count && arguments_first_positional(argc, argv, specs))
        memory_exhausted(); /* popt forgets words for want of it */
    if (good && a->help)
        print_help(a, context);
    poptFreeContext(context);
    is_in_popt = false;
    free(named);
    free(name);
    free(table);
    return good;
}

const char *arguments_first_positional(int argc, const char *const *argv,
                                       const struct option_spec *specs)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-')
            return argv[i];
        if (strcmp(argv[i], "--") == 0)
            return i + 1 < argc ? argv[i + 1] : NULL;
        if (argv[i][1] != '-' || strchr(argv[i], '=') || strcmp(argv[i], "--help") == 0)
            continue;
        const struct option_spec *spec = specs;
        while (spec->name && strcmp(spec->name, argv[i] + 2) != 0)
            spec++;
        i += !spec->name || spec->argument;
    }
    return NULL;
}

const char *arguments_peek(int argc, const char *const *argv, const char *name)
{
    size_t length = strlen(name);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--", 2) != 0 || strncmp(argv[i] + 2, name, length) != 0)
            continue;
        const char *rest = argv[i] + 2 + length;
        if (*rest == '=')
            return rest + 1;
        if (!*rest && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}

const char *arguments_value(const struct arguments *a, const char *name)
{
    for (size_t i = 0; i < a->option_count; i++)
        if (strcmp(a->options[i].name, name) == 0)
            return a->options[i].value;
    return NULL;
}

bool arguments_given(const struct arguments *a, const char *name)
{
    return arguments_value(a, name) != NULL;
}

bool arguments_number(const struct arguments *a, const char *name, uint64_t *number,
                      struct error *e)
{
    const char *value = arguments_value(a, name);
    if (!value)
        return true;
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end || errno)
        return error_set(e, ERROR_USAGE, "--%s %s: expected a whole number of 0 or more", name,
                         value);
    *number = parsed;
    return true;
}

bool arguments_seconds(const struct arguments *a, const char *name, double *seconds,
                       struct error *e)
{
    const char *value = arguments_value(a, name);
    if (!value)
        return true;
    char *end;
    double parsed = strtod(value, &end);
    if (end == value || *end || !clock_is_limit(parsed))
        return error_set(e, ERROR_USAGE,
                         "--%s %s: expected seconds, more than 0 and at most a year", name, value);
    *seconds = parsed;
    return true;
}

void arguments_release(struct arguments *a)
{
    for (size_t i = 0; i < a->option_count; i++)
        free(a->options[i].value);
    for (size_t i = 0; i < a->positional_count; i++)
        free(a->positional[i]);
    free(a->options);
    free(a->positional);
    *a = (struct arguments){0};
}
