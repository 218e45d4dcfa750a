/* A rule as a check of a step: what it sees becomes a finding, a warning or a note. */
#pragma once
#include "rehearsal/rehearsal.h"
#include "rules/rule.h"

/* Runs the rule and concludes the check, by what suite and migrations say of the rule. */
void judged_rule_run(struct rehearsal *r, struct check *c, const struct rule *rule,
                     struct rule_ground *ground);
