#include "migrate/usage.h"

const char migrate_synopsis[] = "COMMAND [REVISION]";

const char migrate_documentation[] =
    "Runs a folder of SQL revisions against a PostgreSQL database, one transaction a revision.\v"
    "Commands:\n"
    "  upgrade REV|head|+N      go forward to a revision, or N revisions\n"
    "  downgrade REV|base|-N    go back to a revision, or N revisions\n"
    "  current                  print the revision of the database\n"
    "  history [--verbose]      print the revisions of the folder, newest first\n"
    "  heads                    print the newest revision of the folder\n"
    "  stamp REV|head|base      record that revision without running anything\n"
    "\n"
    "REV may be shortened as long as it is unambiguous. The revision is kept in "
    "Alembic's table alembic_version.\n"
    "\n"
    "Exit: 0 done; 1 the migration failed and was rolled back; 2 the command line or the "
    "chain of revisions is wrong; 3 no database, lost connection, or interrupted.";

const struct argp_option migrate_options[] = {
    {"database", 'd', "URL", 0, "The database; default: $DATABASE_URL", 0},
    {"migrations", 'm', "DIR", 0, "The folder of the .sql files; default: the working directory",
     0},
    {"layout", 'y', "NAME|FILE", 0,
     "The layout of the folder, as docs/layouts.md lists them; default: our own", 0},
    {"log", 'l', "FILE", 0, "Also append the log to this file; default: $MIGRATION_LOG", 0},
    {"verbose", 'v', NULL, 0, "With history: show more about each revision", 0},
    {0},
};
