/* pgrehearse list: what there is to run. */
#include "arguments.h"
#include "command.h"
#include "installation.h"
#include "memory.h"
#include "scenario_table.h"

int command_list(int argc, const char *const *argv)
{
    static const struct option_spec none[] = {{NULL, NULL, NULL}};
    struct error e = {0};
    struct arguments a;
    bool good = arguments_parse(&a, argc, argv, "", none, NULL, &e);
    if (good && a.positional_count)
        good = error_set(&e, ERROR_USAGE, "list: takes no arguments");
    if (good && !a.help) {
        char *suites = installation_shipped_suites();
        printf("suites: %s\n\n", suites);
        free(suites);
        for (size_t i = 0; i < scenario_table_size; i++) {
            char *name = scenario_name(scenario_table[i].scenario);
            printf("%-16s %-12s %s\n", name, scenario_table[i].group,
                   scenario_table[i].scenario->title);
            free(name);
        }
    }
    arguments_release(&a);
    return good ? EXIT_PASSED : command_fail(&e);
}
