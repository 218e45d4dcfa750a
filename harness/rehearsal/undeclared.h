/* Judging what nobody has declared: how a project is rehearsed that has no suite. */
#pragma once
#include "rehearsal/rehearsal.h"

/*
 * A step that judges what changed in the schema since `since`: by the revision's expectation, if
 * the project has one, in both directions; without one it shows the change, and blames nothing but
 * a missing way back.
 */
void judge_undeclared_change(struct rehearsal *r, const char *since);
