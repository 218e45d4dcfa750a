#include "rehearsal/question.h"

#include <stdlib.h>

#include "rehearsal/attempt.h"

bool question_ask(struct rehearsal *r, enum migrator_action action, const char *what,
                  struct check *c, struct migrator_result *result)
{
    struct attempt a;
    struct error e = {0};
    bool tried = attempt_make(r, action, NULL, what, &a, &e);
    c->seconds = a.result.process.seconds;
    *result = a.result;
    if (!tried) {
        check_error(r, c, &e);
    } else if (!a.well) {
        char *ending = process_ending_text(&result->process);
        struct evidence evidence = {.expected = "exit status 0", .found = ending};
        check_finding(r, c, &evidence, "the migrator's command '%s' %s: %s", what, ending,
                      migrator_last_line(result));
        free(ending);
    }
    bool well = tried && a.well;
    a.result = (struct migrator_result){0}; /* the caller's now */
    attempt_release(&a);
    return well;
}
