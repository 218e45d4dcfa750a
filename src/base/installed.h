/* Where the data that is shipped with the running program lies, found from the program's own place.
 */
#pragma once

/* The folder of the programs: the running one's own, or ROOT/bin for one in ROOT/scenarios, as a
 * build has them. The caller frees it. */
char *installed_programs(void);

/* ROOT of ROOT/bin/PROGRAM: a build folder or an installation prefix. The caller frees it. */
char *installed_root(void);

/*
 * The folder NAME of the installed data where that is there, as in /usr/share/pgrehearse/NAME for
 * /usr/bin/pgrehearse; else ROOT/BUILT with its links resolved, as in
 * ("layouts", "../fixtures/layouts"). The caller frees it.
 */
char *installed_folder(const char *name, const char *built);

/* The path of a library that is installed beside the programs; the caller frees it. */
char *installed_library(const char *name);

/*
 * The names in `folder` that end in `suffix`, without it, in order and separated by commas;
 * hidden ones are left out. The caller frees it.
 */
char *installed_names(const char *folder, const char *suffix);
