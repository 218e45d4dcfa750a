/* The text files in the folder of a migrator: read one after the other, and searched. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Called with the name relative to the folder; false, with the error set, ends it. */
typedef bool migration_file_fn(void *context, const char *file, const char *text, struct error *e);

/*
 * Every file of the folder and of those below it, by name, up to 5000 and a megabyte each; hidden
 * ones, those with a NUL in them and folders of installed packages are left out. A folder that
 * cannot be read has no files.
 */
bool migration_files_each(const char *folder, migration_file_fn *each, void *context,
                          struct error *e);

/* Files that are looked into before the others: the revision's own. */
struct revision_files {
    char *const *paths; /* absolute */
    size_t count;
};

/*
 * Where a statement is: the file, to be freed, and the line; false if no file has it. What a
 * program puts together is in no file.
 */
bool migration_files_find(const char *folder, const struct revision_files *own,
                          const char *statement, char **file, unsigned *line);
