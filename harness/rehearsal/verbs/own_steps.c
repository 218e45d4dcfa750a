/* expect_own, run_own. */
#include "rehearsal/own_steps.h"

#include <stdlib.h>

#include "rehearsal/sightings.h"
#include "rehearsal/twin.h"

static void conclude(struct rehearsal *r, struct check *c, const struct rule_look *look)
{
    if (look->not_run) {
        struct error e = {0}; /* nothing was looked at, so nothing has passed */
        error_set(&e, ERROR_UNAVAILABLE, "%s", look->not_run);
        check_error(r, c, &e);
    } else if (look->count) {
        char *message = sightings_message(look), *detail = sightings_detail(look);
        const struct evidence evidence = {.remedy = look->sightings[0].remedy, .detail = detail};
        check_finding(r, c, &evidence, "%s", message);
        free(detail);
        free(message);
    } else {
        check_pass(r, c);
    }
}

void expect_own(struct rehearsal *r, const char *property, own_look_fn *check, void *context)
{
    step_begin(r, "expect: %s", property);
    struct check *c = step_check(r, "plugin", NULL, "%s", property);
    if (!step_runs(r))
        return;
    struct twin *twin = twin_of(r);
    struct rule_ground ground = {.before = twin ? &twin->copy.connection : NULL,
                                 .after = &r->connection,
                                 .cost = twin ? twin->cost : NULL};
    struct rule_look look = {.ground = &ground};
    struct error e = {0};
    bool good = check(&look, context, &e);
    sightings_measure(r, &look);
    if (good)
        conclude(r, c, &look);
    else
        check_error(r, c, &e);
    rule_look_release(&look);
    rule_ground_release(&ground);
}

void run_own(struct rehearsal *r, const char *title, const char *sql)
{
    step_begin(r, "%s", title);
    struct check *c = step_check(r, "statements", NULL, "the statements succeed");
    if (!step_runs(r))
        return;
    struct error e = {0};
    if (connection_run(&r->connection, sql, &e))
        check_pass(r, c);
    else
        check_error(r, c, &e);
}
