/* The end of a run: its evidence is kept, or everything is removed. */
#pragma once
#include "rehearsal/run.h"

/*
 * With --keep, says where the databases are; then closes the ground, which drops what the scenarios
 * could not drop themselves. What stays there is the record's error, if it has none yet.
 */
void leave_ground(struct run *run);
