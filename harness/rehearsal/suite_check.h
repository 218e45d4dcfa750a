/*
 * Reads every file that a suite names, so that a mistake in any of them is reported before anything
 * is started, and as what it is: the suite is wrong (exit 2).
 */
#pragma once
#include "rehearsal/scenario_list.h"
#include "rules/rule.h"
#include "suite/suite.h"

/* `delta_too`: also the approved delta, which need not be there when it is about to be written. */
bool suite_check_files(const struct suite *suite, bool delta_too, struct error *e);

/*
 * Checks that the kinds of checks in requirements.yaml and the checklist, and the scenarios in the
 * latter, exist.
 */
bool suite_check_kinds(const struct suite *suite, const struct scenario_list *list,
                       const struct rule_list *rules, struct error *e);
