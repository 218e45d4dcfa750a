/* One scenario as a program that writes TAP, for prove. SCENARIO_NAME comes from the build. */
#include "run_command.h"

int main(int argc, char **argv)
{
    static const struct run_defaults defaults = {.scenarios = SCENARIO_NAME, .format = "tap"};
    argv[0] = (char *)"run"; /* its help and messages speak of the command that it is */
    return run_command(argc, (const char *const *)argv, &defaults);
}
