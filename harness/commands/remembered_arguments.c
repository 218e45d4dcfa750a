#include "commands/remembered_arguments.h"

#include "base/memory.h"
#include "deployment/whole_url.h"

/* An argument more, unless it is given or not known. */
static void add_option(const char ***argv, size_t *argc, const struct arguments *given,
                       const char *option, const char *value)
{
    if (!value || arguments_given(given, option + 2))
        return;
    *(const char **)memory_append(argv, argc, sizeof **argv) = option;
    *(const char **)memory_append(argv, argc, sizeof **argv) = value;
}

/* Then they are parsed once, so that the help is printed once. */
static bool asks_for_help(int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

const char **remembered_arguments(int *argc, const char *const *argv,
                                  const struct option_spec *specs, struct deploy_memory *r)
{
    struct arguments a = {0};
    struct error ignored = {0}; /* told when they are read in earnest */
    const char **all = NULL;
    size_t count = 0;
    bool read = !asks_for_help(*argc, argv) &&
                arguments_parse(&a, *argc, argv, "", specs, NULL, &ignored) && !a.help;
    const char *output = read ? arguments_value(&a, "output") : NULL;
    char *url = read && arguments_given(&a, "rollback") && arguments_given(&a, "database")
                    ? whole_url(arguments_value(&a, "database"), &ignored)
                    : NULL;
    if (url)
        deploy_memory_read(r, output && *output ? output : "deployment", url);
    *(const char **)memory_append(&all, &count, sizeof *all) = argv[0];
    if (url && r->suite && a.positional_count == 0)
        *(const char **)memory_append(&all, &count, sizeof *all) = r->suite;
    for (int i = 1; i < *argc; i++)
        *(const char **)memory_append(&all, &count, sizeof *all) = argv[i];
    if (url) {
        add_option(&all, &count, &a, "--deployment", r->deployment);
        add_option(&all, &count, &a, "--migrator", r->migrator);
        add_option(&all, &count, &a, "--migrations", r->migrations);
    }
    *argc = (int)count;
    *(const char **)memory_append(&all, &count, sizeof *all) = NULL;
    free(url);
    arguments_release(&a);
    return all;
}
