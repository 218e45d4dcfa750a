/* Judging what nobody has declared: how a project is rehearsed that has no suite. */
#pragma once
#include "rehearsal/rehearsal.h"

/*
 * A step that judges what changed since `since` without a declaration of it. Today it only finds
 * out whether the change can be read; whoever knows what a revision is approved to change puts that
 * judgement here.
 */
void judge_undeclared_change(struct rehearsal *r, const char *since);
