/* Which scenarios a run leaves out, and why; of a project one line a reason. */
#pragma once
#include "rehearsal/run.h"

/* `revision` is that of the leg in a range, NULL outside of one. */
void left_out_note(struct run *run, const char *scenario, const char *revision, const char *why);

void left_out_release(struct run *run);
