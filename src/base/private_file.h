/* A file that its owner alone can read, for what holds rows, statements or names of a database. */
#pragma once
#include <stdio.h>

/*
 * Opens it for writing, empty. A file that is there already keeps its mode: whoever made it for
 * others meant that. NULL with errno set.
 */
FILE *private_file_open(const char *path);
