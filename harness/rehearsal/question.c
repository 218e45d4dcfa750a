#include "rehearsal/question.h"

#include "ground/culprit.h"
#include "rehearsal/kept_log.h"

bool question_ask(struct rehearsal *r, enum migrator_action action, const char *what,
                  struct check *c, struct migrator_result *result)
{
    struct error e = {0}, logged = {0};
    struct culprit culprit;
    culprit_watch(&culprit, &r->run->ground, &r->connection, r->database, r->url);
    bool ran = migrator_run(&r->run->ground.migrator, action, NULL, r->migrator_url,
                            ground_patience(&r->run->ground), result, &e);
    c->seconds = result->process.seconds;
    if (!ran) {
        check_error(r, c, &e);
        return false;
    }
    kept_log_write(r, what, result);
    if (result->process.ending == PROCESS_EXITED && result->process.status == 0)
        return true;
    if (result->process.ending != PROCESS_TIMED_OUT &&
        !culprit_is_migrator(&culprit, result, &logged, &e)) {
        check_error(r, c, &e);
        return false;
    }
    char *ending = process_ending_text(&result->process);
    struct evidence evidence = {.expected = "exit status 0", .found = ending};
    check_finding(r, c, &evidence, "the migrator's command '%s' %s: %s", what, ending,
                  migrator_last_line(result));
    free(ending);
    return false;
}
