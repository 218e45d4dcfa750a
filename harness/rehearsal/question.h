/* Asking the migrator what it only tells: `current`, `history`. */
#pragma once
#include "migrator/migrator.h"
#include "rehearsal/rehearsal.h"

/*
 * Runs the command on the scenario's database, and keeps its log as `what`. True if it ended well,
 * else the check is concluded: with a finding, or an error where we could not ask. Release the
 * result in any case.
 */
bool question_ask(struct rehearsal *r, enum migrator_action action, const char *what,
                  struct check *c, struct migrator_result *result);
