#include "rehearsal/leave_ground.h"

#include "base/memory.h"
#include "ground/throwaway.h"

static void keep_evidence(const struct run *run)
{
    struct connection c = {0};
    struct error e = {0};
    bool open = connection_open(&c, run->ground.server->url, NULL, &e);
    for (size_t i = 0; open && i < run->record->scenario_count; i++) {
        const char *database = run->record->scenarios[i].database;
        if (!database || !throwaway_keep(&c, database, run->ground.folder->id, &e))
            continue;
        event_message(run->events, "kept: database %s on %s", database,
                      run->ground.server->display);
    }
    connection_close(&c);
    if (!run->ground.server->is_embedded)
        return;
    const struct embedded *s = &run->ground.server->embedded;
    char *as = s->account.switches
                   ? memory_format("setpriv --reuid=%u --regid=%u --clear-groups ",
                                   (unsigned)s->account.uid, (unsigned)s->account.gid)
                   : memory_copy_of("");
    event_message(run->events,
                  "kept: %s; start it with %s%s/pg_ctl -D %s -o '-p 5432' start, "
                  "connect with psql -h %s -U " EMBEDDED_SUPERUSER "; remove it with rm -r %s",
                  run->ground.folder->path, as, s->bin, s->data, s->socket,
                  run->ground.folder->path);
    free(as);
}

void leave_ground(struct run *run)
{
    if (run->ground.keep && run->ground.server && run->ground.server->version > 0)
        keep_evidence(run);
    struct error left = {0};
    if (ground_close(&run->ground, &left))
        return;
    if (run->record->error) {
        event_message(run->events, "WARNING: left behind: %s", left.message);
        return;
    }
    run->record->error = memory_format("left behind: %s", left.message);
    run->ended_by = left.kind;
}
