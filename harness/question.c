#include "question.h"

#include "migrator_log.h"

bool question_ask(struct rehearsal *r, enum migrator_action action, const char *what,
                  struct check *c, struct migrator_result *result)
{
    struct error e = {0};
    bool ran = migrator_run(&r->run->migrator, action, NULL, r->migrator_url, run_patience(r->run),
                            result, &e);
    c->seconds = result->process.seconds;
    if (!ran) {
        check_error(r, c, &e);
        return false;
    }
    migrator_log_write(r, what, result);
    if (result->process.ending == PROCESS_EXITED && result->process.status == 0)
        return true;
    struct connection probe = {0};
    if (!connection_open(&probe, r->url, r->run->cancel, &e)) {
        check_error(r, c, &e);
        return false;
    }
    connection_close(&probe);
    char *ending = process_ending_text(&result->process);
    struct evidence evidence = {.expected = "exit status 0", .found = ending};
    check_finding(r, c, &evidence, "the migrator's command '%s' %s: %s", what, ending,
                  migrator_last_line(result));
    free(ending);
    return false;
}
