#include "blame.h"

#include "migrator_log.h"

/* Errors of the server's own, as opposed to those of the SQL that it was given. */
static bool is_trouble_of_server(const struct error *e)
{
    return e->sqlstate[0] && error_is_of_server(e);
}

bool blame_server(const struct rehearsal *r, const struct migrator_result *result,
                  const struct error *logged, struct error *e)
{
    if (is_trouble_of_server(logged)) {
        error_set_sqlstate(e, ERROR_UNAVAILABLE, logged->sqlstate, "the server failed: %s",
                           logged->message);
        return true;
    }
    const char *told =
        logged->message[0] ? NULL : migrator_log_trouble(result, !r->run->server->is_embedded);
    if (told)
        return !error_set(e, ERROR_UNAVAILABLE, "the server failed: %s", told);
    struct connection probe = {0};
    struct error trial = {0};
    bool there = connection_open(&probe, r->url, r->run->cancel, &trial);
    connection_close(&probe);
    if (!there)
        error_set(e, trial.kind, "lost the server: %s", trial.message);
    return !there;
}
