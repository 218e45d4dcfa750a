/* pgrehearse show: the runbooks, walked without being run. */
#include "base/memory.h"
#include "commands/command.h"
#include "commands/scenario_table.h"
#include "commands/suite_arguments.h"
#include "plugins/plugin_set.h"
#include "rehearsal/certification.h"
#include "rehearsal/rehearse.h"

static void print_scenario(const struct scenario_record *s)
{
    printf("%s: %s\n", s->name, s->title);
    for (size_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        printf("  %zu. %s\n", i + 1, step->title);
        for (size_t j = 0; j < step->check_count; j++) {
            const struct check *c = &step->checks[j];
            printf("       - %s%s%s%s\n", c->name, c->requirements[0] ? " [" : "", c->requirements,
                   c->requirements[0] ? "]" : "");
        }
    }
}

static bool show(const struct suite_arguments *given, const struct plugin_set *plugins,
                 struct error *e)
{
    const struct arguments *a = &given->arguments;
    const char *scenario = a->positional_count ? a->positional[0] : NULL;
    struct scenario_list scenarios;
    if (!scenario_list_make(&scenarios, &plugins->scenarios, given->suite, e))
        return false;
    bool *chosen = memory_zeroed(scenarios.count, sizeof *chosen);
    struct run_record record = {0};
    struct certification none = {0}; /* to walk what needs a source, too */
    struct run run = {.certification = &none,
                      .ground = {.suite = given->suite,
                                 .sizes = given->sizes,
                                 .size_count = given->suite->size_count,
                                 .time_limit = given->suite->time_limit},
                      .record = &record};
    struct rehearse_request request = {.list = &scenarios,
                                       .rules = &plugins->rules,
                                       .chosen = chosen,
                                       .names = scenario,
                                       .migrator = arguments_value(a, "migrator")};
    bool good = scenario_choose(&scenarios, scenario, chosen, e);
    for (size_t i = 0; !scenario && i < scenarios.count; i++)
        chosen[i] = true;
    good = good && rehearse_plan(&run, &request, e);
    for (size_t i = 0; good && i < record.scenario_count; i++) {
        printf("%s", i ? "\n" : "");
        print_scenario(&record.scenarios[i]);
    }
    for (size_t i = 0; good && i < run.left_out_count; i++)
        printf("%sleft out %s\n", i ? "" : "\n", run.left_out[i].text);
    rehearse_release(&run);
    record_release(&record);
    free(chosen);
    scenario_list_free(&scenarios);
    return good;
}

const struct option_spec command_show_options[] = {
    {"migrator", "NAME", "use this migrator of the suite (default: its first)"},
    PLUGIN_OPTION,
    {NULL, NULL, NULL}};

int command_show(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct plugin_set plugins = {0};
    bool good = suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 1, &e) &&
                (given.arguments.help ||
                 (plugin_set_load(&plugins, arguments_value(&given.arguments, "plugin"),
                                  &scenario_table, &e) &&
                  show(&given, &plugins, &e)));
    suite_arguments_release(&given);
    plugin_set_release(&plugins);
    return good ? EXIT_PASSED : command_fail(&e);
}
