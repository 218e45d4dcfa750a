/* Where in the migrations a failure was, by what the migrator said of it. */
#pragma once
#include "migrator/migrator.h"

/*
 * The last place that the log names, of a file below the migrator's folder: as the `places` of its
 * profile read it (a regex of a file and a line), else "NAME, line 7", "NAME:7" or Python's
 * `File "NAME", line 7`. `*file` (to be freed) is its path, relative to the working directory if it
 * is below that. False, with nothing set, if it names none.
 */
bool migrator_place(const struct migrator_result *result, const struct migrator *m, char **file,
                    unsigned *line);

/* The path as a user knows it: relative to the working directory if it is below that. To be
 * freed. */
char *migrator_path_for_display(const char *path);
