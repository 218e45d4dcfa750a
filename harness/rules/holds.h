/*
 * What the ledger shows of the upgrade, shared out among the rules: what others would have to wait
 * for, and rows that row security hid.
 */
#pragma once
#include "rules/rule.h"

/* Takes what belongs to the rule; without a ledger the rule is not run. */
bool holds_take(struct rule_look *look, const char *rule, struct error *e);

/* The same of statements that reached other rows than they would as another role. */
bool hidden_take(struct rule_look *look, const char *rule, struct error *e);
