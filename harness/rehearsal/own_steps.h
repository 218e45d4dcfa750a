/* Steps that a scenario outside of this house fills with checks and statements of its own. */
#pragma once
#include "rehearsal/rehearsal.h"
#include "rules/rule.h"

/* Looks at the scenario's database, and at its twin if it keeps one; see rule.check. */
typedef bool own_look_fn(struct rule_look *look, void *context, struct error *e);

/* One check, whose name is `property`. What `check` sees is a finding. */
void expect_own(struct rehearsal *r, const char *property, own_look_fn *check, void *context);

/* Runs statements on the scenario's database; that they fail means that we could not check. */
void run_own(struct rehearsal *r, const char *title, const char *sql);
