#include "rehearsal/attempt.h"

#include "migrator/migrator_log.h"
#include "rehearsal/kept_log.h"

static const size_t tail_length = 30; /* lines */

/*
 * Whether it failed for a reason that is the server's. Where the server's log is not ours to read,
 * what the migrator itself tells of it counts.
 */
static bool is_fault_of_server(const struct rehearsal *r, const struct attempt *a, struct error *e)
{
    if (a->logged.sqlstate[0] && error_is_of_server(&a->logged))
        return !error_set_sqlstate(e, ERROR_UNAVAILABLE, a->logged.sqlstate,
                                   "the server failed: %s", a->logged.message);
    const char *told = a->logged.message[0]
                           ? NULL
                           : migrator_log_trouble(&a->result, !r->run->ground.server->is_embedded);
    if (told)
        return !error_set(e, ERROR_UNAVAILABLE, "the server failed: %s", told);
    struct connection probe = {0};
    struct error trial = {0};
    bool there = connection_open(&probe, r->url, r->run->ground.cancel, &trial);
    connection_close(&probe);
    if (!there)
        error_set(e, trial.kind, "lost the server: %s", trial.message);
    return !there;
}

bool attempt_make(struct rehearsal *r, enum migrator_action action, const char *revision,
                  const char *log_name, struct attempt *a, struct error *e)
{
    const struct run *run = r->run;
    long offset = server_log_offset(run->ground.server);
    *a = (struct attempt){0};
    if (!migrator_run(&run->ground.migrator, action, revision, r->migrator_url,
                      ground_patience(&run->ground), &a->result, e))
        return false;
    return attempt_conclude(r, log_name, offset, a, e);
}

bool attempt_conclude(struct rehearsal *r, const char *log_name, long offset, struct attempt *a,
                      struct error *e)
{
    const struct run *run = r->run;
    kept_log_write(r, log_name, &a->result);
    const struct process_result *p = &a->result.process;
    a->well = p->ending == PROCESS_EXITED && p->status == 0;
    if (a->well)
        return true;
    server_logged_error(run->ground.server, r->database, offset, &a->logged);
    return p->ending == PROCESS_TIMED_OUT || !is_fault_of_server(r, a, e);
}

char *attempt_tail(const struct attempt *a)
{
    return migrator_tail(&a->result, tail_length);
}

const char *attempt_complaint(const struct attempt *a)
{
    return a->logged.message[0] ? a->logged.message : migrator_last_line(&a->result);
}

void attempt_release(struct attempt *a)
{
    migrator_result_release(&a->result);
}
