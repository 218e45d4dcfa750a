/*
 * Writes that are tried before and after the upgrade, and taken back: for every table an INSERT
 * that leaves defaults alone, an UPDATE that sets every column to itself, a DELETE. Tried once;
 * what failed is shared out among the rules.
 */
#pragma once
#include "rules/rule.h"

/* Takes the failures that belong to the rule. */
bool trials_take(struct rule_look *look, const char *rule, struct error *e);
