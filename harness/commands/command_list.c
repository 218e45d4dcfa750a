/* pgrehearse list: what there is to run. */
#include "base/memory.h"
#include "commands/command.h"
#include "commands/scenario_table.h"
#include "commands/suite_arguments.h"
#include "ground/installation.h"
#include "migrator/project.h"
#include "plugins/plugin_set.h"
#include "rehearsal/rehearse.h"

/* Why the run leaves the scenario out; NULL if it does not. */
static const char *left_out(const struct run *run, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < run->left_out_count; i++)
        if (strncmp(run->left_out[i].text, name, length) == 0 &&
            run->left_out[i].text[length] == ':')
            return run->left_out[i].text + length + 2;
    return NULL;
}

/* What a project may be run by, and what is found in this folder. */
static bool list_migrators(struct error *e)
{
    struct profile_set set;
    struct project_options options = {0};
    struct project_list found = {0};
    bool good = profile_set_load(&set, NULL, ".", e) && project_list_find(&found, ".", &options, e);
    printf("migrators: ");
    for (size_t i = 0; good && i < set.count; i++)
        printf("%s%s", i ? ", " : "", set.items[i]->name);
    printf("\n");
    for (size_t i = 0; good && i < found.count; i++)
        printf("recognised here: --migrator %s --migrations %s\n", found.items[i].name,
               project_shown_folder(&found.items[i]));
    project_list_release(&found);
    profile_set_release(&set);
    return good;
}

static bool list(const struct suite_arguments *given, const struct plugin_set *plugins,
                 struct error *e)
{
    struct scenario_list scenarios;
    if (!scenario_list_make(&scenarios, &plugins->scenarios, given->suite, e))
        return false;
    bool *chosen = memory_zeroed(scenarios.count, sizeof *chosen);
    struct run_record record = {0};
    struct run run = {.ground = {.suite = given->suite,
                                 .sizes = given->sizes,
                                 .size_count = given->suite->size_count,
                                 .time_limit = given->suite->time_limit},
                      .record = &record};
    struct rehearse_request request = {
        .list = &scenarios, .rules = &plugins->rules, .chosen = chosen};
    bool good = scenario_choose(&scenarios, NULL, chosen, e) && rehearse_plan(&run, &request, e);
    if (good) {
        char *suites = installation_shipped_suites();
        printf("suites: %s\n", suites);
        free(suites);
        good = list_migrators(e);
        printf("\nscenarios for %s:\n", given->suite->name);
    }
    for (size_t i = 0; good && i < scenarios.count; i++) {
        char *name = scenario_name(scenarios.entries[i].scenario);
        const char *why = left_out(&run, name);
        printf("%-20s  %-10s  %s%s%s\n", name, scenarios.entries[i].group, why ? "left out: " : "",
               why ? why : scenarios.entries[i].scenario->title,
               scenarios.entries[i].on_source ? " (pgrehearse certify)" : "");
        free(name);
    }
    rehearse_release(&run);
    record_release(&record);
    free(chosen);
    scenario_list_free(&scenarios);
    return good;
}

const struct option_spec command_list_options[] = {PLUGIN_OPTION, {NULL, NULL, NULL}};

int command_list(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct plugin_set plugins = {0};
    bool good = suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 0, &e) &&
                (given.arguments.help ||
                 (plugin_set_load(&plugins, arguments_value(&given.arguments, "plugin"),
                                  &scenario_table, &e) &&
                  list(&given, &plugins, &e)));
    suite_arguments_release(&given);
    plugin_set_release(&plugins);
    return good ? EXIT_PASSED : command_fail(&e);
}
