#include "commands/suite_arguments.h"

#include "base/memory.h"
#include "ground/installation.h"

static bool read_sizes(struct suite_arguments *s, struct error *e)
{
    s->sizes = memory_zeroed(s->suite->size_count, sizeof *s->sizes);
    for (unsigned i = 0; i < s->suite->size_count; i++) {
        const struct suite_size *size = &s->suite->sizes[i];
        s->sizes[i] = (struct generator_size){.name = size->name, .value = size->value};
        if (!arguments_number(&s->arguments, size->name, &s->sizes[i].value, e))
            return false;
        if (size->maximum && s->sizes[i].value > *size->maximum)
            return error_set(e, ERROR_USAGE, "--%s: expected at most %llu", size->name,
                             (unsigned long long)*size->maximum);
    }
    return arguments_number(&s->arguments, "seed", &s->seed, e);
}

static void drop_first(struct arguments *a)
{
    free(a->positional[0]);
    a->positional_count--;
    memmove(a->positional, a->positional + 1, a->positional_count * sizeof *a->positional);
}

bool suite_arguments_parse(struct suite_arguments *s, int argc, const char *const *argv,
                           const char *synopsis, const struct option_spec *specs,
                           size_t own_positional, struct error *e)
{
    *s = (struct suite_arguments){.seed = 1};
    const char *first = arguments_first_positional(argc, argv, specs);
    struct error trial = {0};
    char *folder = first ? installation_suite(first, &trial) : NULL;
    bool named = folder != NULL;
    if (!folder && (!first || own_positional > 0))
        folder = installation_suite(default_suite, e);
    else if (!folder)
        error_set(e, trial.kind, "%s", trial.message);
    if (folder)
        s->suite = suite_load(folder, e);
    free(folder);
    if (!s->suite || !arguments_parse(&s->arguments, argc, argv, synopsis, specs, s->suite, e))
        return false;
    if (s->arguments.help)
        return true;
    if (named)
        drop_first(&s->arguments);
    if (s->arguments.positional_count > own_positional)
        return error_set(e, ERROR_USAGE,
                         "%s: '%s' is neither a suite nor expected here; see "
                         "pgrehearse %s --help",
                         argv[0], s->arguments.positional[named ? own_positional : 0], argv[0]);
    return read_sizes(s, e);
}

void suite_arguments_release(struct suite_arguments *s)
{
    suite_free(s->suite);
    arguments_release(&s->arguments);
    free(s->sizes);
    *s = (struct suite_arguments){0};
}
