/* What a migrator's log tells: whether it ran a revision, which steps it named, how long each took.
 */
#pragma once
#include "migrator/migrator.h"

/* Writes the log to the file `path`, whose folder is there; false, with errno set, if it cannot. */
bool migrator_log_save(const char *path, const struct migrator_result *result);

/* The first line that matches the extended regex; NULL if none does. Belongs to the result. */
const char *migrator_log_find(const struct migrator_result *result, const char *pattern);

/*
 * The first of `patterns` that no line matches after the lines of those before it; NULL when the
 * log has them all, in this order.
 */
const char *migrator_log_missing(const struct migrator_result *result, char *const *patterns,
                                 size_t count);

/*
 * The line of what it said when it failed that matches the extended regex, in whatever case if
 * `any_case`; NULL if none does. What it said when it failed begins at the first line that speaks
 * of an error, or is the last line if none does; quoted source and SQL do not count. Belongs to
 * the result.
 */
const char *migrator_log_complaint(const struct migrator_result *result, const char *pattern,
                                   bool any_case);

/*
 * The last line which says that the machine has run out of something (disk, memory, processes, open
 * files) or, on a server `elsewhere` whose log we cannot read, that the server or the network ended
 * the connection; NULL if none does. Belongs to the result.
 */
const char *migrator_log_trouble(const struct migrator_result *result, bool elsewhere);

/*
 * The line by which it says why it failed: the last one that begins at the margin and speaks of an
 * error ("Error: …", "ModuleNotFoundError: …"), else the last line. Belongs to the result.
 */
const char *migrator_log_error(const struct migrator_result *result);

/* Whether some line of it holds this text. */
bool migrator_log_holds(const struct migrator_result *result, const char *text);
