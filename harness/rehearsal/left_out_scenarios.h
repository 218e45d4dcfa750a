/* Which scenarios a run leaves out, and why; of a project one line a reason. */
#pragma once
#include "rehearsal/run.h"

/*
 * `revision` is that of the leg in a range, NULL outside of one. Where the reason is what the
 * revision has, "no way back", that is `said`, so that several are named in one line; else NULL.
 */
void left_out_note(struct run *run, const char *scenario, const char *revision, const char *why,
                   const char *said);

void left_out_release(struct run *run);
