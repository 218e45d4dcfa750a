/* pgrehearse generate: rows for a database that its owner names. */
#include "base/memory.h"
#include "commands/command.h"
#include "commands/filling_progress.h"
#include "commands/generate_all.h"
#include "commands/suite_arguments.h"
#include "ground/given_database.h"
#include "ground/signals.h"

/* The recipe of the suite's fixture that takes the command line's sizes. */
static char *find_recipe(const struct suite *suite, struct error *e)
{
    for (unsigned i = 0; i < suite->fixture_count; i++)
        if (suite->fixtures[i].recipe && suite->fixtures[i].size_count == 0)
            return suite_path(suite, suite->fixtures[i].recipe);
    error_set(e, ERROR_USAGE, "suite %s has no fixture with a recipe", suite->name);
    return NULL;
}

static void tell_counts(const struct generator_counts *counts)
{
    for (size_t i = 0; i < counts->count; i++) {
        const struct generator_table *t = &counts->tables[i];
        printf("%-24s %10llu rows%s%s\n", t->table, (unsigned long long)t->rows,
               t->reason ? "  " : "", t->reason ? t->reason : "");
    }
}

/* The same seed a second time: keys repeat. Nothing has been added; another seed would do. */
static void hint_at_seed(const struct generator_request *request, struct error *e)
{
    error_reword(e,
                 "%s; no row was added: if the database is filled already, give a --seed other "
                 "than %llu",
                 e->message, (unsigned long long)request->seed);
}

static bool generate_by_recipe(const struct suite_arguments *given, const struct cancel *cancel,
                               struct error *e)
{
    const char *url = arguments_value(&given->arguments, "database");
    if (!url)
        return error_set(e, ERROR_USAGE, "generate: into which database? Give --database URL");
    char *recipe = find_recipe(given->suite, e);
    if (!recipe)
        return false;
    struct connection c = {0};
    struct generator_counts counts = {0};
    struct filling_progress progress;
    struct generator_request request = {.recipe_path = recipe,
                                        .sizes = given->sizes,
                                        .size_count = given->suite->size_count,
                                        .seed = given->seed,
                                        .progress = filling_progress_show,
                                        .context = &progress};
    bool good = filling_progress_begin(&progress, e) &&
                given_database_open(&c, url, false, cancel, e) &&
                generator_run(&c, &request, &counts, e);
    if (!good && strcmp(e->sqlstate, "23505") == 0)
        hint_at_seed(&request, e);
    filling_progress_release(&progress);
    connection_close(&c);
    if (good)
        tell_counts(&counts);
    generator_counts_release(&counts);
    free(recipe);
    return good;
}

static bool generate(const struct suite_arguments *given, const struct cancel *cancel,
                     struct error *e)
{
    static const char *const of_all[] = {"rows", "exclude", "tame"};
    if (arguments_given(&given->arguments, "all"))
        return generate_all(&given->arguments, given->seed, cancel, e);
    for (size_t i = 0; i < sizeof of_all / sizeof *of_all; i++)
        if (arguments_given(&given->arguments, of_all[i]))
            return error_set(e, ERROR_USAGE, "generate: --%s needs --all", of_all[i]);
    return generate_by_recipe(given, cancel, e);
}

const struct option_spec command_generate_options[] = {
    {"database", "URL", "the database to fill"},
    {"seed", "N", "the same seed gives the same bytes (default: 1)"},
    {"all", NULL, "fill every table of every schema from its catalogue, without a suite"},
    {"rows", "TABLE=N,...", "with --all: tables that get many rows, and their parents"},
    {"exclude", "TABLE,...", "with --all: tables to leave as they are"},
    {"tame", NULL, "with --all: no extreme values, no nulls"},
    {NULL, NULL, NULL}};

int command_generate(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    bool good = suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 0, &e);
    if (good && !given.arguments.help)
        good = ((cancel_init(&cancel) && signals_watch(&signals, &cancel)) ||
                error_set(&e, ERROR_UNAVAILABLE, "cannot watch for signals")) &&
               generate(&given, &cancel, &e);
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    return good ? EXIT_PASSED : command_fail(&e);
}
