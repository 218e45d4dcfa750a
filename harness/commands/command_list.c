/* pgrehearse list: what there is to run. */
#include "command.h"
#include "installation.h"
#include "memory.h"
#include "rehearse.h"
#include "suite_arguments.h"

/* Why the run leaves the scenario out; NULL if it does not. */
static const char *left_out(const struct run *run, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < run->left_out_count; i++)
        if (strncmp(run->left_out[i], name, length) == 0 && run->left_out[i][length] == ':')
            return run->left_out[i] + length + 2;
    return NULL;
}

static bool list(const struct suite_arguments *given, struct error *e)
{
    bool *chosen = memory_zeroed(scenario_table_size, sizeof *chosen);
    struct run_record record = {0};
    struct run run = {.suite = given->suite,
                      .sizes = given->sizes,
                      .size_count = given->suite->size_count,
                      .time_limit = given->suite->time_limit,
                      .record = &record};
    struct rehearse_request request = {.chosen = chosen};
    bool good = scenario_choose(NULL, chosen, e) && rehearse_plan(&run, &request, e);
    if (good) {
        char *suites = installation_shipped_suites();
        printf("suites: %s\n\nscenarios for %s:\n", suites, given->suite->name);
        free(suites);
    }
    for (size_t i = 0; good && i < scenario_table_size; i++) {
        char *name = scenario_name(scenario_table[i].scenario);
        const char *why = left_out(&run, name);
        printf("%-20s  %-10s  %s%s%s\n", name, scenario_table[i].group, why ? "left out: " : "",
               why ? why : scenario_table[i].scenario->title,
               scenario_table[i].on_source ? " (pgrehearse certify)" : "");
        free(name);
    }
    rehearse_release(&run);
    record_release(&record);
    free(chosen);
    return good;
}

int command_list(int argc, const char *const *argv)
{
    static const struct option_spec none[] = {{NULL, NULL, NULL}};
    struct error e = {0};
    struct suite_arguments given;
    bool good = suite_arguments_parse(&given, argc, argv, "[SUITE]", none, 0, &e) &&
                (given.arguments.help || list(&given, &e));
    suite_arguments_release(&given);
    return good ? EXIT_PASSED : command_fail(&e);
}
