#include "rehearsal/deployment_failing.h"

#include <stdlib.h>

#include "base/memory.h"
#include "pgrehearse/scenario.h"

static void break_backup(struct deployment *runbook, const struct rehearsed_application *a)
{
    (void)a;
    runbook->backup_folder = memory_copy_of("/proc/no-backup-here");
}

/* The first time it fails; after that it does its work. */
static char *failing_once(const char *command, const struct rehearsed_application *a)
{
    return memory_format(
        "if mkdir '%s/failed-%u' 2>/dev/null; then echo a planted failure; exit 1; "
        "fi; %s",
        a->state, a->deploys, command);
}

static void break_stop(struct deployment *runbook, const struct rehearsed_application *a)
{
    runbook->stop = failing_once(runbook->stop, a);
}

static void break_start(struct deployment *runbook, const struct rehearsed_application *a)
{
    runbook->start = failing_once(runbook->start, a);
}

/* Nobody listens on the port: in the loopback network's own 127.0.0.2, port 9 (discard). */
static void break_probe(struct deployment *runbook, const struct rehearsed_application *a)
{
    (void)a;
    struct deployment_probe *probes = memory_zeroed(1, sizeof *probes);
    *probes = (struct deployment_probe){.name = memory_copy_of("a planted one"),
                                        .method = memory_copy_of("GET"),
                                        .url = memory_copy_of("http://127.0.0.2:9/"),
                                        .status = 200,
                                        .deadline = 0.2,
                                        .pause = 0.1};
    runbook->probes = probes;
    runbook->probe_count = 1;
}

static void break_log(struct deployment *runbook, const struct rehearsed_application *a)
{
    (void)a;
    struct deployment_log *logs = memory_zeroed(1, sizeof *logs);
    *logs = (struct deployment_log){.name = memory_copy_of("a planted one"),
                                    .command = memory_copy_of("echo FATAL: planted; sleep 1"),
                                    .errors = memory_copy_of("FATAL"),
                                    .seconds = 0.1};
    runbook->logs = logs;
    runbook->log_count = 1;
}

const struct deployment_failing deployment_failings[DEPLOYMENT_FAILINGS] = {
    {DEPLOY_BACKUP, "the backup cannot be written", .break_runbook = break_backup,
     .ending = DEPLOY_BACKED_OUT},
    {DEPLOY_STOP, "the services do not stop", .break_runbook = break_stop,
     .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_VERIFY_BASELINE, "the revision before the migration is reported as wrong",
     .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_PRE_VALIDATION, "a validation before the migration fails", .validations = PRE_MIGRATION,
     .instead = POST_MIGRATION, .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_UPGRADE, "the migration fails", .fault = true, .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_VERIFY_TARGET, "the revision after the migration is reported as wrong",
     .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_POST_VALIDATION, "a validation after the migration fails",
     .validations = POST_MIGRATION, .instead = POST_ROLLBACK, .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_START, "the services do not start", .break_runbook = break_start,
     .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_PROBES, "a probe is never answered", .break_runbook = break_probe,
     .ending = DEPLOY_ROLLED_BACK},
    {DEPLOY_PROBES, "an error is in the log", .break_runbook = break_log,
     .ending = DEPLOY_ROLLED_BACK},
};

void deployment_failing_release(struct deployment *runbook, const struct deployment *own)
{
    if (runbook->backup_folder != own->backup_folder)
        free(runbook->backup_folder);
    if (runbook->stop != own->stop)
        free(runbook->stop);
    if (runbook->start != own->start)
        free(runbook->start);
    if (runbook->probes != own->probes) {
        free(runbook->probes->name);
        free(runbook->probes->method);
        free(runbook->probes->url);
        free(runbook->probes);
    }
    if (runbook->logs != own->logs) {
        free(runbook->logs->name);
        free(runbook->logs->command);
        free(runbook->logs->errors);
        free(runbook->logs);
    }
}
