/* Where in the migrations a failure was, by what the migrator said of it. */
#pragma once
#include "migrator/migrator.h"

/* The statement that the server refused. */
struct refused_statement {
    const char *sql; /* as the migrator sent it; NULL: not known */
    size_t position; /* of the error in it, in characters from 1; 0: not known */
};

/*
 * Where the failure is, in a file below the migrator's folder: the first of these that is known.
 *
 * 1. the last place that the log names: as the `places` of its profile read it (a regex of a file
 *    and a line; one with a line break sees a line of the log and the next), else "NAME, line 7",
 *    "NAME:7" or Python's `File "NAME", line 7` of a revision's file;
 * 2. the file that holds the statement that the server refused;
 * 3. the last revision's file that the log names, without a line;
 * 4. the file of the revision that ran last, as `ran` of the profile reads the log;
 * 5. the last place of any other file.
 *
 * `*file` (to be freed) is its path, relative to the working directory if it is below that; `*line`
 * is 0 where it is not known. False, with nothing set, if nothing is known.
 */
bool migrator_place(const struct migrator_result *result, const struct migrator *m,
                    const struct refused_statement *refused, char **file, unsigned *line);

/* The same of a statement that did not fail, or of the title of a step, by its text alone. */
bool migrator_statement_place(const struct migrator *m, const char *sql, char **file,
                              unsigned *line);

/* The path as a user knows it: relative to the working directory if it is below that. To be
 * freed. */
char *migrator_path_for_display(const char *path);
