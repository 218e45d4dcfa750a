/* The command line of pgrehearse-migrate, for its parser, its help, its manual page and completion.
 */
#pragma once
#include <argp.h>

extern const char migrate_synopsis[];

/* One sentence, then after a vertical tab what its help prints behind the options. */
extern const char migrate_documentation[];

extern const struct argp_option migrate_options[]; /* ends with a NULL name */
