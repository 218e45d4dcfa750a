#include "commands/suite_arguments.h"

#include "base/memory.h"
#include "ground/installation.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
        error_take(e, &trial);
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

/* Options that say which revisions of a project are meant, and what is in its tables. */
static const char *const project_options[] = {"from", "to",   "last", "since", "each",
                                              "data", "base", "rows", "scale"};

static bool refuse_project_options(const struct suite_arguments *s, struct error *e)
{
    for (size_t i = 0; i < sizeof project_options / sizeof *project_options; i++)
        if (arguments_given(&s->arguments, project_options[i]))
            return error_set(e, ERROR_USAGE,
                             "--%s is for projects; the suite %s itself says what is rehearsed",
                             project_options[i], s->suite->name);
    return true;
}

static bool open_suite(struct suite_arguments *s, const char *folder, int argc,
                       const char *const *argv, const char *synopsis,
                       const struct option_spec *specs, struct error *e)
{
    s->suite = suite_load(folder, e);
    if (!s->suite || !arguments_parse(&s->arguments, argc, argv, synopsis, specs, s->suite, e))
        return false;
    return s->arguments.help || (refuse_project_options(s, e) && read_sizes(s, e));
}

static bool open_project(struct suite_arguments *s, const char *folder, int argc,
                         const char *const *argv, const char *synopsis,
                         const struct option_spec *specs, struct error *e)
{
    const struct arguments *a = &s->arguments;
    if (!arguments_parse(&s->arguments, argc, argv, synopsis, specs, NULL, e))
        return false;
    if (a->help)
        return true;
    struct rehearsed_project_request request = {.migrator = arguments_value(a, "migrator"),
                                                .folder = arguments_value(a, "migrations"),
                                                .data = arguments_value(a, "data"),
                                                .base = arguments_value(a, "base"),
                                                .range = {.from = arguments_value(a, "from"),
                                                          .to = arguments_value(a, "to"),
                                                          .since = arguments_value(a, "since"),
                                                          .each = arguments_given(a, "each")}};
    if (!arguments_number(a, "last", &request.range.last, e) ||
        !arguments_number(a, "seed", &s->seed, e))
        return false;
    if (arguments_given(a, "last") && !request.range.last)
        return error_set(e, ERROR_USAGE, "--last: expected 1 or more");
    s->project = memory_zeroed(1, sizeof *s->project);
    bool good = rehearsed_project_open(s->project, folder, &request, e);
    s->suite = s->project->suite;
    return good;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The suite that the pgrehearse.yaml in this folder names; NULL if it names none. */
static char *suite_of_this_folder(struct error *e)
{
    struct suite *here = suite_load_project(".", e);
    char *folder = here && here->suite ? installation_suite(here->suite, e) : NULL;
    suite_free(here);
    return folder;
}

static bool is_recognised(struct error *e)
{
    char *profiles = installation_migrators();
    const struct project_options options = {.shipped = profiles};
    struct project_list list;
    bool found = project_list_find(&list, ".", &options, e) && list.count > 0;
    project_list_release(&list);
    free(profiles);
    return found;
}

/*
 * The top folder of somebody's work. Where nothing is recognised in one, the shipped suite would
 * pass and say nothing of it.
 */
static bool is_work_of_somebody(void)
{
    static const char *const marks[] = {".git", ".hg", ".svn"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (access(marks[i], F_OK) == 0)
            return true;
    return false;
}

static bool has_migrator(const struct suite *suite, const char *name)
{
    for (unsigned i = 0; suite && i < suite->migrator_count; i++)
        if (strcmp(suite->migrators[i].name, name) == 0)
            return true;
    return false;
}

static bool is_of_shipped_suite(const char *migrator, struct error *e)
{
    char *folder = installation_suite(default_suite, e);
    struct suite *suite = folder ? suite_load(folder, e) : NULL;
    bool has = has_migrator(suite, migrator);
    suite_free(suite);
    free(folder);
    return has;
}

/* Whether a command line without a name is about the project here: --migrations with a migrator of
   the shipped suite, or with none, is about that suite. */
static bool is_about_project(int argc, const char *const *argv, struct error *e)
{
    if (is_recognised(e))
        return true;
    const char *migrator = arguments_peek(argc, argv, "migrator");
    return arguments_peek(argc, argv, "migrations") ? migrator && !is_of_shipped_suite(migrator, e)
                                                    : is_work_of_somebody();
}

/* The folder of what is meant; `*project` if it is one. */
static char *find_meant(const char *named, int argc, const char *const *argv, bool *project,
                        struct error *e)
{
    struct error no_suite = {0};
    char *folder = named ? installation_suite(named, &no_suite) : suite_of_this_folder(e);
    if (folder || e->kind != ERROR_NONE)
        return folder;
    *project = named ? is_folder(named) : is_about_project(argc, argv, e);
    if (*project)
        return memory_copy_of(named ? named : ".");
    if (named)
        error_take(e, &no_suite);
    return e->kind == ERROR_NONE ? installation_suite(default_suite, e) : NULL;
}

bool project_arguments_parse(struct suite_arguments *s, int argc, const char *const *argv,
                             const char *synopsis, const struct option_spec *specs, struct error *e)
{
    *s = (struct suite_arguments){.seed = 1};
    const char *named = arguments_first_positional(argc, argv, specs);
    bool project = false;
    char *folder = find_meant(named, argc, argv, &project, e);
    s->by_default = !named;
    bool good = folder && (project ? open_project(s, folder, argc, argv, synopsis, specs, e)
                                   : open_suite(s, folder, argc, argv, synopsis, specs, e));
    free(folder);
    if (good && !s->arguments.help && s->arguments.positional_count > 1)
        return error_set(e, ERROR_USAGE, "%s: unexpected argument '%s'; see pgrehearse %s --help",
                         argv[0], s->arguments.positional[1], argv[0]);
    return good;
}

char *project_arguments_text(const struct suite_arguments *s)
{
    if (!s->project)
        return memory_format("rehearsing the suite %s%s", s->suite->name,
                             s->by_default ? " (no project was recognised here)" : "");
    char *text = rehearsed_project_text(s->project);
    char *line = memory_format("rehearsing the project %s: %s", s->suite->name, text);
    free(text);
    return line;
}

void suite_arguments_release(struct suite_arguments *s)
{
    if (s->project)
        rehearsed_project_release(s->project);
    else
        suite_free(s->suite);
    free(s->project);
    arguments_release(&s->arguments);
    free(s->sizes);
    *s = (struct suite_arguments){0};
}
