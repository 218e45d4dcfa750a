#include "commands/command.h"

const struct command command_table[] = {
    {"run", "[SUITE|PROJECT]", "rehearse a migration and report", command_run},
    {"init", "[PROJECT]", "write a pgrehearse.yaml with what is recognised in a project",
     command_init},
    {"list", "[SUITE]", "list the shipped suites and the scenarios", command_list},
    {"show", "[SUITE] [SCENARIO]", "show the runbooks, step by step, check by check", command_show},
    {"validate", "[SUITE] pre-migration|post-migration|post-rollback",
     "run validations on a database, which is only read", command_validate},
    {"certify", "[SUITE] --source URL|--dump FILE",
     "rehearse on a copy of production, and write a certificate", command_certify},
    {"generate", "[SUITE]", "fill a database of yours with generated rows", command_generate},
    {"snapshot", "", "print every fact of a database's schema", command_snapshot},
    {"diff", "A B", "compare two snapshots", command_diff},
    {"verify", "[SUITE] CERTIFICATE", "say whether a certificate still holds", command_verify},
    {"history", "[SUITE]", "list the recorded runs, and plot what they measured", command_history},
    {"compare", "[SUITE] --base-migrations DIR",
     "say whether a set of migrations costs more than another one", command_compare},
    {"deploy", "[SUITE]", "migrate a real database, step by step, with a way back", command_deploy},
    {"forecast", "[SUITE] --rows TABLE=N | --source URL",
     "say how long the upgrade will take with production's rows", command_forecast},
    {"doctor", "[SUITE]", "say whether everything is there, and what to install", command_doctor},
    {NULL, NULL, NULL, NULL}};
