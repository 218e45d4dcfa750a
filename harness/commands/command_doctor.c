/* pgrehearse doctor: is everything there that a run needs, and if not, what to install. */
#include <sys/statvfs.h>

#include "base/memory.h"
#include "commands/command.h"
#include "commands/suite_arguments.h"
#include "ground/culprit.h"
#include "ground/installation.h"
#include "ground/signals.h"
#include "postgres/url.h"
#include "production/backups/client_program.h"
#include "production/sql.h"
#include "rehearsal/rehearse.h"

static const uint64_t least_disk = 1u << 30; /* bytes free where the embedded server lives */
static const double version_limit = 30.0;    /* seconds for a migrator to tell its version */

/* What the account at --server is for. */
static const struct task {
    const char *name;
    bool is_live; /* a database that is only read here; what is made is made on our own server */
    bool changes;
} tasks[] = {{"run", false, false}, {"certify", true, false}, {"deploy", true, true}};

struct examination {
    size_t troubles;
};

static void healthy(const char *what, const char *found)
{
    printf("ok       %-22s %s\n", what, found);
}

static void trouble(struct examination *x, const char *what, const char *problem)
{
    printf("missing  %-22s %s\n", what, problem);
    x->troubles++;
}

static void examine_disk(struct examination *x, const char *folder)
{
    struct statvfs status;
    if (statvfs(folder, &status) != 0) {
        trouble(x, "disk space", "unknown");
        return;
    }
    uint64_t bytes = (uint64_t)status.f_bavail * status.f_frsize;
    char *found = memory_format("%.1f GiB free in %s", (double)bytes / (1u << 30), folder);
    if (bytes >= least_disk)
        healthy("disk space", found);
    else
        trouble(x, "disk space", found);
    free(found);
}

/* One migrator: is its program there, does it start, with its drivers? */
static void examine_migrator(struct examination *x, const struct suite *suite,
                             const struct suite_migrator *definition, const char *url,
                             const struct ground *g)
{
    char *what = memory_format("migrator %s", definition->name);
    struct migrator m = {.definition = definition,
                         .directory = suite_path(suite, definition->directory),
                         .path = installation_programs(),
                         .mark = memory_format("%s=%s", run_id_variable, g->folder->id),
                         .cancel = g->cancel};
    struct migrator_result result = {0};
    struct error e = {0}, logged = {0};
    struct culprit culprit;
    culprit_watch(&culprit, g, NULL, "postgres", g->server->url);
    /* asking for the current revision needs program, configuration, drivers and connection */
    bool ran = migrator_complete(&m, &e) &&
               migrator_run(&m, MIGRATOR_CURRENT, NULL, url, version_limit, &result, &e);
    if (!ran) {
        trouble(x, what, e.message);
    } else if (!process_succeeded(&result.process) &&
               !culprit_is_migrator(&culprit, &result, &logged, &e)) {
        trouble(x, what, e.message);
    } else if (!process_succeeded(&result.process)) {
        char *ending = process_ending_text(&result.process);
        char *problem = memory_format("%s: %s", ending, migrator_last_line(&result));
        trouble(x, what, problem);
        free(problem);
        free(ending);
    } else {
        healthy(what, "starts, and reaches a database");
    }
    migrator_result_release(&result);
    migrator_release(&m);
    free(what);
}

static void examine_extensions(struct examination *x, const struct suite *suite,
                               struct server *server)
{
    for (unsigned i = 0; i < suite->extension_count; i++) {
        struct error e = {0};
        char *what = memory_format("extension %s", suite->extensions[i]);
        if (server_check(server, (const char *const *)&suite->extensions[i], 1, &e))
            healthy(what, "can be created");
        else
            trouble(x, what, e.message);
        free(what);
    }
}

/* What takes backups and copies, and restores them: pg_dump refuses a server newer than itself. */
static void examine_client_programs(struct examination *x, const struct server *server)
{
    static const char *const names[] = {"pg_dump", "pg_restore", "psql"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error e = {0};
        char *program = client_program_find(names[i], server->version, &e);
        if (program)
            healthy(names[i], program);
        else
            trouble(x, names[i], e.message);
        free(program);
    }
}

static void examine_server(struct examination *x, const struct ground *g, bool is_for_live)
{
    const struct suite *suite = g->suite;
    struct server *server = g->server;
    struct error e = {0};
    char *found = memory_format("%s, PostgreSQL %d.%d", server->display, server->version / 10000,
                                server->version % 10000);
    healthy("server", found);
    free(found);
    if (server_check(server, NULL, 0, &e))
        healthy("right to create", "databases can be created");
    else
        trouble(x, "right to create", e.message);
    examine_extensions(x, suite, server);
    if (!is_for_live)
        examine_client_programs(x, server);
    for (unsigned i = 0; i < suite->migrator_count; i++)
        examine_migrator(x, suite, &suite->migrators[i],
                         suite->migrators[i].port ? server->port_url : server->migrator_url, g);
}

/* A row of account_rights.sql. */
static void examine_right(struct examination *x, const PGresult *rights, int row)
{
    const char *property = PQgetvalue(rights, row, 0), *shortcoming = PQgetvalue(rights, row, 1);
    char *problem = memory_format("%s; %s", shortcoming, PQgetvalue(rights, row, 2));
    if (*shortcoming)
        trouble(x, property, problem);
    else
        healthy(property, strcmp(property, "right to change") == 0
                              ? "the role is a member of every owner"
                              : "of every table and sequence");
    free(problem);
}

/* A copy, or a deployment, needs programs that are as new as the database, and the very version. */
static void examine_version(struct examination *x, const struct connection *c, const char *display,
                            int here)
{
    struct server there = {.version = PQserverVersion(c->pg)};
    char *found = memory_format("%s, PostgreSQL %d", display, there.version / 10000);
    char *problem = memory_format("%s, and here is PostgreSQL %d: install postgresql-%d", found,
                                  here / 10000, there.version / 10000);
    if (there.version / 10000 == here / 10000)
        healthy("database", found);
    else
        trouble(x, "database", problem);
    examine_client_programs(x, &there);
    free(problem);
    free(found);
}

/* The account at `url`, which is never written to: can it read everything, and change it? */
static void examine_account(struct examination *x, const struct task *task, const char *url,
                            int here, const struct cancel *cancel)
{
    const char *const arguments[] = {task->changes ? "true" : "false"};
    char *display = url_for_display(url);
    struct connection c = {0};
    struct error e = {0};
    PGresult *rights = connection_open(&c, url, cancel, &e)
                           ? connection_query(&c, sql_account_rights, 1, arguments, &e)
                           : NULL;
    if (!rights)
        trouble(x, "database", e.message);
    else
        examine_version(x, &c, display, here);
    for (int i = 0; i < PQntuples(rights); i++)
        examine_right(x, rights, i);
    PQclear(rights);
    connection_close(&c);
    free(display);
}

static bool examine(const struct suite_arguments *given, const struct cancel *cancel,
                    const struct task *task, struct examination *x, struct error *e)
{
    const char *url = arguments_value(&given->arguments, "server");
    struct ground g = {.suite = given->suite, .cancel = cancel};
    struct ground_sweep swept = {0};
    struct error closed = {0};
    bool port = false;
    for (unsigned i = 0; i < given->suite->migrator_count; i++)
        port = port || given->suite->migrators[i].port;
    healthy("suite", given->suite->name);
    bool open = ground_open(&g, task->is_live ? NULL : url, port, least_disk, &swept, &closed);
    if (g.folder && g.folder->path)
        examine_disk(x, g.folder->path);
    if (open)
        examine_server(x, &g, task->is_live);
    else if (g.folder && g.folder->path)
        trouble(x, "server", closed.message);
    else
        error_take(e, &closed);
    if (open && task->is_live)
        examine_account(x, task, url, g.server->version, cancel);
    migrator_release(&g.migrator);
    ground_close(&g, e);
    if (cancel_is_raised(cancel))
        error_set(e, ERROR_INTERRUPTED, "interrupted");
    return e->kind == ERROR_NONE;
}

const struct option_spec command_doctor_options[] = {
    {"server", "URL", "examine this server and its account"},
    {"for", "run|certify|deploy",
     "what the account at --server is for (default: run, which creates databases there)"},
    {NULL, NULL, NULL}};

/* NULL, with the error set, for one that there is not, and for a live database that is not named.
 */
static const struct task *task_of(const struct arguments *a, struct error *e)
{
    const char *name = arguments_value(a, "for");
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (strcmp(name ? name : "run", tasks[i].name) == 0) {
            if (!tasks[i].is_live || arguments_value(a, "server"))
                return &tasks[i];
            error_set(e, ERROR_USAGE, "doctor: --for %s needs --server URL", name);
            return NULL;
        }
    error_set(e, ERROR_USAGE, "doctor: --for is run, certify or deploy, not '%s'", name);
    return NULL;
}

int command_doctor(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct examination x = {0};
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    bool good = suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 0, &e);
    bool help = good && given.arguments.help;
    const struct task *task = good ? task_of(&given.arguments, &e) : NULL;
    good = task != NULL;
    if (good && !help) {
        good = ((cancel_init(&cancel) && signals_watch(&signals, &cancel)) ||
                error_set(&e, ERROR_UNAVAILABLE, "cannot watch for signals")) &&
               examine(&given, &cancel, task, &x, &e);
        if (good && x.troubles)
            printf("%zu missing: do what the lines above say; scripts/setup installs packages\n",
                   x.troubles);
        else if (good)
            puts("nothing is missing");
    }
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    if (!good)
        return command_fail(&e);
    return x.troubles ? EXIT_UNCHECKED : EXIT_PASSED;
}
