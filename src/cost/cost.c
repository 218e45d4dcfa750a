#include "cost.h"

#include "connection.h"
#include "memory.h"

bool cost_prepare(const char *url, bool is_ours, const struct cancel *cancel, struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, url, cancel, e) && connection_run(&c, "VACUUM ANALYZE", e) &&
                (!is_ours || connection_run(&c, "CHECKPOINT", e));
    connection_close(&c);
    return good;
}

bool cost_measure(const struct cost_request *request, struct cost_record **record,
                  struct migrator_result *result, struct error *e)
{
    *record = NULL;
    if (!migrator_run(request->migrator, request->action, request->revision, request->migrator_url,
                      request->time_limit, result, e))
        return false;
    struct cost_record *c = memory_zeroed(1, sizeof *c);
    const struct cost_counters unknown = {-1, -1, -1, -1, -1, -1};
    c->totals = unknown;
    c->seconds = result->process.seconds;
    c->missing = memory_copy_of("statements, locks, tables and counters: not watched");
    *record = c;
    return true;
}
