/* A folder as it was at a commit of git. */
#pragma once
#include "cancel.h"
#include "error.h"

/*
 * Puts what `folder`, within a work tree of git, held at `reference` (a tag, branch or commit) into
 * the new folder `into`; the repository itself is only read. ERROR_USAGE where git knows no such
 * reference or the folder was not there.
 */
bool git_folder_extract(const char *folder, const char *reference, const char *into,
                        const struct cancel *cancel, struct error *e);
