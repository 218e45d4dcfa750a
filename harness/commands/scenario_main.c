/* One scenario as a program that writes TAP, for prove. SCENARIO_NAME comes from the build. */
#include "base/hidden_arguments.h"
#include "base/standard_streams.h"
#include "commands/command.h"
#include "commands/json_memory.h"
#include "commands/run_command.h"

int main(int argc, char **argv)
{
    static const struct run_defaults defaults = {.scenarios = SCENARIO_NAME, .format = "tap"};
    const char **words = hidden_arguments(argc, argv); /* before anything else */
    standard_streams_open();
    json_memory_is_ours();
    words[0] = "run"; /* its help and messages speak of the command that it is */
    int code = command_finish(run_command(command_find("run"), argc, words, &defaults));
    free(words);
    return code;
}
