#include "rehearsal/attempt.h"

#include "rehearsal/kept_log.h"

static const size_t tail_length = 30; /* lines */

void attempt_watch(struct rehearsal *r, struct culprit *culprit)
{
    culprit_watch(culprit, &r->run->ground, &r->connection, r->database, r->url);
}

bool attempt_make(struct rehearsal *r, enum migrator_action action, const char *revision,
                  const char *log_name, struct attempt *a, struct error *e)
{
    const struct run *run = r->run;
    struct culprit culprit;
    attempt_watch(r, &culprit);
    *a = (struct attempt){0};
    if (!migrator_run(&run->ground.migrator, action, revision, r->migrator_url,
                      ground_patience(&run->ground), &a->result, e))
        return false;
    return attempt_conclude(r, log_name, &culprit, a, e);
}

bool attempt_conclude(struct rehearsal *r, const char *log_name, const struct culprit *culprit,
                      struct attempt *a, struct error *e)
{
    kept_log_write(r, log_name, &a->result);
    const struct process_result *p = &a->result.process;
    a->well = p->ending == PROCESS_EXITED && p->status == 0;
    if (a->well)
        return true;
    if (p->ending != PROCESS_TIMED_OUT)
        return culprit_is_migrator(culprit, &a->result, &a->logged, e);
    server_logged_error(r->run->ground.server, r->database, culprit->log, &a->logged);
    return true;
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
