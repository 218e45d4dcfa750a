#include "commands/command.h"

#define ROW(name) command_##name##_options, command_##name

const struct command command_table[] = {
    {"run", "[SUITE|PROJECT] [OPTION...]", "rehearse a migration and report",
     "Runs a migration on throwaway databases, in every way it can go wrong: on an empty database, "
     "on "
     "one full of rows, twice, forwards and back, cut off at every statement, under locks. The "
     "databases are made on a server that the command starts itself, or on the one of --server.\n"
     "A SUITE is a folder with a suite.yaml, or the name of a shipped suite. A PROJECT is a folder "
     "in "
     "which a migrator is recognised; it needs no configuration. Without either, it is the project "
     "in the working directory, else the shipped suite; the first line says which. At the top of a "
     "work tree of git in which nothing is recognised it is neither, but an error.",
     "run", ROW(run)},
    {"merge", "DIR... [OPTION...]", "join the reports of a run that was divided among machines",
     "Reads the run.json of each folder, which run --partition wrote, and writes the reports of "
     "the whole run, with its verdict and exit code. If a part is missing, the whole could not be "
     "checked; parts of different runs are refused.",
     "partition", ROW(merge)},
    {"init", "[PROJECT] [OPTION...]",
     "write a pgrehearse.yaml with what is recognised in a project",
     "Recognises the migrator of a project, as run does, and writes a commented pgrehearse.yaml, "
     "in "
     "which every key is optional. A file that exists is never replaced.",
     "project", ROW(init)},
    {"list", "[SUITE]", "list the shipped suites and the scenarios",
     "Prints the shipped suites, the migrators that are known and those recognised in the working "
     "directory, and the scenarios of a suite, with the reason where one is left out.",
     "scenarios", ROW(list)},
    {"show", "[SUITE] [SCENARIO]", "show the runbooks, step by step, check by check",
     "Prints what a scenario does, without doing it.", "scenarios", ROW(show)},
    {"rules", "[RULE]", "list the checks that need no declaration, or explain one",
     "Prints each rule with its level. With the name of one, prints what it sees, why that "
     "matters, "
     "and what to do.",
     "rules", ROW(rules)},
    {"schema", "[SCHEMA]", "print the JSON Schema of a file, for editors",
     "Prints the JSON Schema of suite.yaml, pgrehearse.yaml, a deployment, a profile and others, "
     "made "
     "from the tables that read them. Without a name, lists what there is.",
     "suite", ROW(schema)},
    {"validate", "[SUITE] VALIDATIONS --database URL",
     "run validations on a database, which is only read",
     "Runs the queries of one folder of validations of the suite, such as pre-migration, "
     "post-migration or post-rollback, in a read-only transaction.",
     "suite", ROW(validate)},
    {"certify", "[SUITE] [OPTION...]", "rehearse on a copy of production, and write a certificate",
     "Copies the database of --source, which is only read, or a dump, rehearses backup, migration, "
     "rollback and restore on the copy, and writes certificate.json and certificate.html.",
     "certify", ROW(certify)},
    {"generate", "[SUITE] --database URL [OPTION...]",
     "fill a database of yours with generated rows",
     "Fills a database with the suite's generated rows; with --all, every table of every schema "
     "from "
     "the catalogue alone. The same seed gives the same bytes.",
     "generate", ROW(generate)},
    {"snapshot", "--database URL", "print every fact of a database's schema",
     "Prints every fact of a schema, one sorted line each. The database is only read.", "snapshot",
     ROW(snapshot)},
    {"diff", "A B", "compare two snapshots",
     "Prints the lines that only one of two files of snapshot has. It exits with 1 if there are "
     "any.",
     "snapshot", ROW(diff)},
    {"shape", "--source URL [OPTION...]",
     "write what matters of a production database, without its rows",
     "Reads the catalogue, the statistics and the settings of a database in one read-only "
     "transaction, and writes them as JSON: sizes, roles, grants and the application's statements, "
     "without a value of any row. run and forecast rehearse with it (--shape).",
     "shape", ROW(shape)},
    {"verify", "[SUITE] CERTIFICATE", "check whether a certificate is still valid",
     "Compares what a certificate was made for with what there is now: the migrations, the suite, "
     "the "
     "database of --database, the age, the signature. Each difference is named.",
     "certificate", ROW(verify)},
    {"history", "[SUITE] --history FILE|URL [OPTION...]",
     "list the recorded runs, and plot what they measured",
     "Prints what run --history recorded: as text, as JSON, or as a plot.", "history",
     ROW(history)},
    {"compare", "[SUITE] [OPTION...]", "check whether a set of migrations costs more than another",
     "Runs two sets of migrations alternately and compares counters, locks, rewrites and times. "
     "The "
     "result is fine, regressed (exit 1) or inconclusive (exit 3).",
     "compare", ROW(compare)},
    {"deploy", "[SUITE] --database URL --certificate FILE [OPTION...]",
     "migrate a real database, step by step, with a way back",
     "Runs the steps of a maintenance window on a real database, with a journal, a rollback if a "
     "step "
     "fails, and a way to continue after a crash. It refuses to start without a valid certificate.",
     "deploy", ROW(deploy)},
    {"forecast", "[SUITE] --rows TABLE=N | --source URL | --shape FILE [OPTION...]",
     "predict how long the upgrade takes with production's rows",
     "Times the upgrade at several sizes, and predicts from them how long it takes with as many "
     "rows "
     "as production has, with an interval.",
     "forecast", ROW(forecast)},
    {"doctor", "[SUITE] [OPTION...]", "check the installation, and say what to install",
     "Looks for a server, its extensions, the client programs and the migrators of a suite. What "
     "is "
     "missing is named with its package, and gives exit code 3.",
     "install", ROW(doctor)},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL}};

const struct command *command_find(const char *name)
{
    for (const struct command *c = command_table; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}
