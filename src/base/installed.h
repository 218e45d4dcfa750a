/* Where the data that is shipped with the running program lies, found from the program's own place.
 */
#pragma once

/* ROOT of ROOT/bin/PROGRAM: a build folder or an installation prefix. The caller frees it. */
char *installed_root(void);

/*
 * ROOT/INSTALLED where that is there, else ROOT/BUILT with its links resolved, as in
 * ("share/pgrehearse/layouts", "../fixtures/layouts"). The caller frees it.
 */
char *installed_folder(const char *installed, const char *built);

/*
 * The names in `folder` that end in `suffix`, without it, in order and separated by commas;
 * hidden ones are left out. The caller frees it.
 */
char *installed_names(const char *folder, const char *suffix);
