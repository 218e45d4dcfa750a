#include "ground/baseline.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ground/clone.h"
#include "migrator/migrator_log.h"

static bool create_extensions(const struct ground *ground, struct connection *c, struct error *e)
{
    for (unsigned i = 0; i < ground->suite->extension_count; i++) {
        char *name = connection_identifier(c, ground->suite->extensions[i]);
        char *create = memory_format("CREATE EXTENSION IF NOT EXISTS %s", name);
        bool good = connection_run(c, create, e);
        free(create);
        free(name);
        if (!good)
            return error_prefix(e, "CREATE EXTENSION %s", ground->suite->extensions[i]);
    }
    return true;
}

static void keep_log(const struct ground *ground, const struct migrator_result *result)
{
    if (!ground->output)
        return;
    char *path = memory_format("%s/logs/baseline.log", ground->output);
    migrator_log_save(path, result); /* a folder that takes no log is told by the scenarios */
    free(path);
}

static bool run_migrator(const struct ground *ground, const char *url, struct error *e)
{
    struct migrator_result result = {0};
    const char *revision = ground->suite->baseline;
    bool good = migrator_run(&ground->migrator, MIGRATOR_UPGRADE, revision, url,
                             ground_patience(ground), &result, e);
    bool ended_well = good && result.process.ending == PROCESS_EXITED && result.process.status == 0;
    if (good)
        keep_log(ground, &result);
    if (good && !ended_well) {
        char *ending = process_ending_text(&result.process);
        const char *said = migrator_last_line(&result);
        error_set(e, ERROR_UNAVAILABLE, "the baseline %s cannot be built: migrator %s %s%s%s",
                  revision, ground->migrator.definition->name, ending, *said ? ": " : "", said);
        free(ending);
    }
    migrator_result_release(&result);
    return ended_well;
}

/* A migrator that says yes and does nothing is found here, not in every scenario. */
static bool check_tables(const struct ground *ground, const char *url, struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, url, ground->cancel, e);
    for (unsigned i = 0; good && i < ground->suite->preserved_table_count; i++) {
        const char *table = ground->suite->preserved_tables[i];
        char *there =
            connection_value(&c, "SELECT to_regclass(quote_ident($1)) IS NOT NULL", 1, &table, e);
        good = there && strcmp(there, "t") == 0;
        if (there && !good)
            error_set(e, ERROR_UNAVAILABLE,
                      "after the upgrade to the baseline %s there is no table %s",
                      ground->suite->baseline, table);
        free(there);
    }
    connection_close(&c);
    return good;
}

/*
 * CREATE DATABASE looks every 100 ms whether the template has become free of connections. The
 * server needs a moment to see that a client has gone; waiting for that here costs less.
 */
static void wait_until_free(struct connection *c, const char *name)
{
    double deadline = clock_seconds() + 2.0;
    bool busy = true;
    while (busy && clock_seconds() < deadline) {
        struct error ignored = {0};
        char *count = connection_value(
            c, "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", 1, &name, &ignored);
        busy = count && strcmp(count, "0") != 0;
        free(count);
        if (busy)
            usleep(1000);
    }
}

bool baseline_build(const struct ground *ground, char **name, struct error *e)
{
    struct connection c = {0};
    struct clone clone = {0};
    bool good = ground_clone(ground, &ground->server->lease, "baseline", NULL, &clone, e) &&
                connection_open(&c, clone.url, ground->cancel, e) &&
                create_extensions(ground, &c, e);
    connection_close(&c);
    good =
        good && run_migrator(ground, clone.migrator_url, e) && check_tables(ground, clone.url, e);
    if (good)
        wait_until_free(&ground->server->lease, clone.database);
    *name = memory_copy_of(clone.database);
    clone_release(&clone);
    return good;
}
