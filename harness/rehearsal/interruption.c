#include "rehearsal/interruption.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/memory.h"

static const double termination_limit = 10.0; /* seconds */

static const char *const manner_names[CUT_MANNERS] = {"closing its connection", "SIGKILL",
                                                      "terminating its backend"};

char *cut_point_text(const struct cut_point *p, const struct ledger *l)
{
    bool known = p->statement > 0 && p->statement <= l->count;
    char *sql = known ? ledger_sql_in_short(&l->statements[p->statement - 1]) : NULL;
    char *text = memory_format("cut by %s %s statement %zu%s%s%s", manner_names[p->manner],
                               p->after ? "after" : "before", p->statement, sql ? " (" : "",
                               sql ? sql : "", sql ? ")" : "");
    free(sql);
    return text;
}

struct cutter {
    const struct interruption *interruption;
    _Atomic pid_t group; /* of the migrator; 0: it does not run */
    bool done;
    struct error error; /* what the cutting itself ran into */
};

/*
 * Until the backend is gone, so that nothing of it can happen later. The server looks again only
 * after 100 ms or when the time given is over; so it is asked again and again.
 */
static enum relay_answer terminate(struct cutter *c, int backend)
{
    static const char gone[] =
        "SELECT pg_terminate_backend($1::int, 2) OR NOT EXISTS (SELECT FROM pg_stat_activity "
        "WHERE pid = $1::int)";
    double deadline = clock_seconds() + termination_limit;
    char pid[16];
    snprintf(pid, sizeof pid, "%d", backend);
    const char *const values[] = {pid};
    for (bool ended = false; !ended && clock_seconds() < deadline;) {
        char *said = connection_value(c->interruption->admin, gone, 1, values, &c->error);
        ended = !said || strcmp(said, "t") == 0;
        free(said);
    }
    return RELAY_PASS; /* the server's last word goes to the migrator */
}

static enum relay_answer cut(struct cutter *c, const struct ledger_statement *s, bool after)
{
    const struct cut_point *p = &c->interruption->point;
    if (c->done || s->number != p->statement || after != p->after)
        return RELAY_PASS;
    c->done = true;
    if (c->interruption->instead) {
        c->interruption->instead(c->interruption->context);
        return RELAY_PASS;
    }
    pid_t group = c->group;
    if (p->manner == CUT_TERMINATE)
        return terminate(c, s->backend);
    if (p->manner == CUT_KILL && group > 0)
        kill(-group, SIGKILL);
    return RELAY_CUT;
}

static enum relay_answer before(void *context, const struct ledger_statement *s)
{
    return cut(context, s, false);
}

static enum relay_answer after(void *context, const struct ledger_statement *s)
{
    return cut(context, s, true);
}

bool interruption_run(const struct interruption *i, bool *reached, struct ledger *ledger,
                      struct migrator_result *result, struct error *e)
{
    struct cutter cutter = {.interruption = i};
    const struct relay_hooks hooks = {.context = &cutter, .before = before, .after = after};
    *result = (struct migrator_result){0};
    *reached = false;
    mkdir(i->folder, 0700);
    struct relay *relay = relay_start(i->url, i->folder, &hooks, e);
    if (!relay)
        return error_prefix(e, "the migrator cannot be watched");
    struct migrator migrator = i->run->ground.migrator;
    migrator.group = &cutter.group;
    migrator.direct = i->url;
    bool good =
        migrator_run(&migrator, i->action, i->revision, relay_url(relay), i->time_limit, result, e);
    relay_stop(relay);
    *reached = cutter.done;
    if (good && cutter.error.kind != ERROR_NONE)
        good = error_take(e, &cutter.error);
    if (good && relay_ledger(relay)->refusal && relay_ledger(relay)->total == 0)
        good = error_set_sqlstate(
            e, ERROR_UNAVAILABLE, relay_ledger(relay)->refusal_sqlstate,
            "the server refuses the migrator's unencrypted connection through the relay: %s",
            relay_ledger(relay)->refusal);
    if (good && ledger)
        relay_take_ledger(relay, ledger);
    relay_free(relay);
    return good;
}
