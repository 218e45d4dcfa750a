/* What the program can be told to do. */
#pragma once
#include "base/cancel.h"
#include "migrate/migration_log.h"
#include "migrate/transition.h"

struct migrate_request {
    const char *command;
    const char *target; /* NULL: not given */
    const char *migrations;
    const char *layout;   /* a shipped layout's name, or a file */
    const char *database; /* NULL: not given */
    bool verbose;
    const struct cancel *cancel;
    const struct migration_log *log;
};

/* NULL for an unknown command. Whether it takes a target: it then takes exactly one. */
const struct migrate_command *migrate_command_find(const char *name);
const char *migrate_command_name(size_t number); /* from 0; NULL behind the last */
bool migrate_command_takes_target(const struct migrate_command *command);

/* Runs it; unless it is MIGRATE_DONE or MIGRATE_FAILED, the error is set. */
enum migrate_status migrate_command_run(const struct migrate_command *command,
                                        const struct migrate_request *request, struct error *e);
