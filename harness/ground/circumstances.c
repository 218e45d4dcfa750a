#include "ground/circumstances.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/migrator_role.h"

/* What kind the first processor is of, where the kernel tells (proc(5), /proc/cpuinfo). */
static void record_processor(struct run_record *record)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        char *name = text_one_line(colon + 1);
        record_add_circumstance(record, "processor", name);
        free(name);
        break;
    }
    if (file)
        fclose(file);
}

static void record_machine(struct run_record *record)
{
    struct utsname machine;
    if (uname(&machine) == 0) {
        char *kernel = memory_format("%s %s %s", machine.sysname, machine.release, machine.machine);
        record_add_circumstance(record, "system", kernel);
        free(kernel);
    }
    char *processors = memory_format("%ld", sysconf(_SC_NPROCESSORS_ONLN));
    record_add_circumstance(record, "processors", processors);
    free(processors);
    record_processor(record);
}

static void record_query(const struct ground *ground, struct run_record *record, const char *name,
                         const char *sql, const char *parameter)
{
    struct error ignored = {0};
    char *value =
        connection_value(&ground->server->lease, sql, parameter ? 1 : 0, &parameter, &ignored);
    if (value && *value)
        record_add_circumstance(record, name, value);
    free(value);
}

static void record_settings(const struct ground *ground, struct run_record *record)
{
    struct error ignored = {0};
    /* what somebody chose: neither a default nor a path of this machine */
    PGresult *settings = connection_query(
        &ground->server->lease,
        "SELECT name, current_setting(name) FROM pg_settings WHERE source NOT IN ('default', "
        "'override', 'client', 'session') AND name !~ "
        "'^(log_|lc_|port$|listen_addresses$|application_name$)|_(file|directory|directories|"
        "command)$' ORDER BY 1",
        0, NULL, &ignored);
    for (int i = 0; settings && i < PQntuples(settings); i++) {
        char *name = memory_format("setting.%s", PQgetvalue(settings, i, 0));
        record_add_circumstance(record, name, PQgetvalue(settings, i, 1));
        free(name);
    }
    PQclear(settings);
}

/* With which rights the migrator runs. */
static const char *role_of(const struct ground *ground)
{
    if (!ground->server->is_embedded)
        return "the given account";
    return migrator_role_is_owner(ground) ? "owner" : "superuser";
}

void circumstances_record(const struct ground *ground, struct run_record *record)
{
    record_add_circumstance(record, "server", ground->server->display);
    record_query(ground, record, "server_version", "SELECT current_setting('server_version')",
                 NULL);
    for (unsigned i = 0; i < ground->suite->extension_count; i++) {
        char *name = memory_format("extension.%s", ground->suite->extensions[i]);
        record_query(ground, record, name,
                     "SELECT coalesce(max(default_version), '') FROM pg_available_extensions "
                     "WHERE name = $1",
                     ground->suite->extensions[i]);
        free(name);
    }
    record_add_circumstance(record, "role", role_of(ground));
    record_settings(ground, record);
    record_machine(record);
    char number[32];
    for (size_t i = 0; i < ground->size_count; i++) {
        char *name = memory_format("size.%s", ground->sizes[i].name);
        snprintf(number, sizeof number, "%llu", (unsigned long long)ground->sizes[i].value);
        record_add_circumstance(record, name, number);
        free(name);
    }
    snprintf(number, sizeof number, "%llu", (unsigned long long)ground->seed);
    record_add_circumstance(record, "seed", number);
}
