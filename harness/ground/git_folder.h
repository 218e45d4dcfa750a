/* A folder as it was at a commit of git. Repositories are only read. */
#pragma once
#include "base/cancel.h"
#include "base/error.h"

/*
 * Puts what `folder`, within a work tree of git, held at `reference` (a tag, branch or commit) into
 * the new folder `into`. `option` is how the reference was given, for messages. ERROR_USAGE where
 * git knows no such reference or the folder was not there.
 */
bool git_folder_extract(const char *folder, const char *option, const char *reference,
                        const char *into, const struct cancel *cancel, struct error *e);

/* Puts links into `into`, which was extracted from `folder`, to what git ignores there. */
bool git_folder_link_ignored(const char *folder, const char *into, const struct cancel *cancel,
                             struct error *e);

/*
 * The tag of the last release before what `folder` holds, into `*tag`, to be freed: the nearest
 * one like v1.2 or 1.2 from HEAD on; where HEAD is a release itself and nothing in the folder was
 * changed since, the one before it. No pre-releases. ERROR_USAGE where there is none.
 */
bool git_folder_last_release(const char *folder, const struct cancel *cancel, char **tag,
                             struct error *e);
