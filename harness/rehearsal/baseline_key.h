/* What a project's baseline depends on, as one text: equal keys lead to equal databases. */
#pragma once
#include "rehearsal/rehearsed_project.h"

/*
 * Of the `count` first revisions: their files, whatever else lies beside them and where the
 * migrator works, its commands, its program and ours. NULL if a file cannot be read; else to be
 * freed.
 */
char *baseline_key(const struct rehearsed_project *p, size_t count);
