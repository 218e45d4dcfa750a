/* How each step of a deployment is made to fail, and how such a deployment has to end. */
#pragma once
#include "deployment/deploy.h"
#include "rehearsal/rehearsed_application.h"

/*
 * How a step is made to fail: by the fault that the suite marks for it, by validations that do not
 * hold at this moment, by the runbook. Where there is no such way the step does its work, and the
 * deployment is made to take that for a failure; then the title says so.
 */
struct deployment_failing {
    enum deploy_step step;
    const char *title;
    bool fault;                        /* by the suite's; without one it is not rehearsed */
    const char *validations, *instead; /* the latter's folder serves as the former's */
    void (*break_runbook)(struct deployment *runbook, const struct rehearsed_application *a);
    enum deploy_ending ending;
};

/* In the order of the steps. */
enum { DEPLOYMENT_FAILINGS = 10 };
extern const struct deployment_failing deployment_failings[DEPLOYMENT_FAILINGS];

/* Frees what break_runbook() has put in the place of the runbook's own. */
void deployment_failing_release(struct deployment *runbook, const struct deployment *own);
