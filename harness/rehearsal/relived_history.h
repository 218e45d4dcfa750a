/*
 * What becomes of databases that have the history of a commit: one is made as the project's
 * revisions were there, taken through the revisions as they are now, and compared with a new one.
 */
#pragma once
#include "rules/rule.h"

/* The scenario of a project's revisions as the context of rule_ground.relive. */
bool relived_history_make(void *rehearsal, struct rule_relived *relived, struct error *e);
