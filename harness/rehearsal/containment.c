#include "rehearsal/containment.h"

#include <sys/stat.h>

#include "base/memory.h"
#include "ground/clone.h"
#include "migrator/migrator_log.h"
#include "migrator/profile.h"
#include "migrator/revisions.h"
#include "relay/relay.h"

static bool has(const struct migrator *m, enum migrator_action action)
{
    char *command = migrator_command(m->definition, action, "");
    free(command);
    return command != NULL;
}

/* What it does to connect; false: nothing is known that does. */
static bool choose(const struct migrator *m, enum migrator_action *action, const char **revision)
{
    bool asks = has(m, MIGRATOR_CURRENT) || has(m, MIGRATOR_HISTORY);
    *action = has(m, MIGRATOR_CURRENT)   ? MIGRATOR_CURRENT
              : has(m, MIGRATOR_HISTORY) ? MIGRATOR_HISTORY
                                         : MIGRATOR_UPGRADE;
    *revision = !asks && m->revisions && m->revisions->count ? m->revisions->items[0].id : NULL;
    return asks || *revision;
}

static bool judge(const struct migrator *m, const struct ledger *ledger,
                  const struct migrator_result *result, struct error *e)
{
    bool failed = result->process.ending != PROCESS_EXITED || result->process.status != 0;
    const char *said = migrator_log_error(result);
    const char *advice = m->definition->handover;
    if (ledger->entered > 0 || ledger->refusal)
        return true; /* what the server said of it is judged where it matters */
    if (ledger->stranger)
        return error_set(e, ERROR_UNAVAILABLE,
                         "migrator %s asked for database \"%s\" and not for the throwaway one; %s",
                         profile_title(m->definition), ledger->stranger,
                         advice ? advice : "let it take its database from DATABASE_URL");
    if (failed && *said)
        return error_set(
            e, ERROR_UNAVAILABLE,
            "migrator %s did not connect to the throwaway database, and failed: %s; if "
            "it takes its database from elsewhere: %s; else make sure that it runs here on its own",
            profile_title(m->definition), said,
            advice ? advice : "let it take it from DATABASE_URL");
    return error_set(e, ERROR_UNAVAILABLE,
                     "migrator %s did not connect to the throwaway database, so it takes its "
                     "database from elsewhere: %s%s%s%s",
                     profile_title(m->definition),
                     advice ? advice : "let it take it from DATABASE_URL",
                     *said ? " (it said: " : "", said, *said ? ")" : "");
}

static bool ask(const struct ground *ground, const struct clone *clone, struct relay *relay,
                struct error *e)
{
    struct migrator m = ground->migrator;
    struct migrator_result result = {0};
    enum migrator_action action;
    const char *revision;
    m.direct = clone->migrator_url;
    bool good =
        !choose(&m, &action, &revision) ||
        migrator_run(&m, action, revision, relay_url(relay), ground_patience(ground), &result, e);
    relay_stop(relay);
    if (good && choose(&m, &action, &revision))
        good = judge(&m, relay_ledger(relay), &result, e);
    migrator_result_release(&result);
    return good;
}

/* NULL, with a message to the user, where the connection cannot be relayed. */
static struct relay *start_relay(const struct run *run, const char *url, const char *folder)
{
    struct error refused = {0};
    mkdir(folder, 0700);
    struct relay *relay = relay_start(url, folder, NULL, &refused);
    if (!relay)
        event_message(run->events,
                      "whether the migrator reaches another database was not checked: %s",
                      refused.message);
    return relay;
}

bool containment_check(const struct run *run, struct error *e)
{
    const struct ground *ground = &run->ground;
    struct clone clone = {0};
    struct relay *relay = NULL;
    char *folder = memory_format("%s/relay-containment", ground->folder->sockets);
    bool good = ground_clone(ground, &ground->server->lease, "containment", NULL, &clone, e);
    if (good && (relay = start_relay(run, clone.migrator_url, folder)))
        good = ask(ground, &clone, relay, e);
    relay_free(relay);
    free(folder);
    return clone_drop(&clone, &ground->server->lease, e) && good;
}
