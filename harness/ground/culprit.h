/*
 * Whose fault it was that a migrator failed: its own, which is a finding, or that of the server,
 * the connection or the machine, which means that we could not check.
 */
#pragma once
#include "ground/ground.h"

/* How things stood before the migrator was started. */
struct culprit {
    const struct ground *ground;
    struct connection *connection; /* to the server, free to be asked; NULL: others work there */
    const char *database, *url;    /* that the migrator works on */
    long log;                      /* where the server's log ended */
    uint64_t killed;               /* sessions of the database that were ended from outside */
};

/*
 * Sets it before the migrator starts; what is handed in is borrowed. A ground without a server is
 * for a database that is not ours; where others work in it too, leave the connection out, so that
 * their sessions that are ended are not taken for the migrator's.
 */
void culprit_watch(struct culprit *culprit, const struct ground *ground,
                   struct connection *connection, const char *database, const char *url);

/*
 * Judges a failure of the migrator. True if it is the migrator's own. False, with the error
 * (UNAVAILABLE), if it is not: by the exit status or the words that its profile names, by the
 * SQLSTATE of the first error that our server logged for the database, by the signal that ended the
 * migrator, by sessions that were ended from outside, by the server being gone, and where the log
 * is not ours to read, by the migrator's own words. `logged` is that first error, or stays empty.
 */
bool culprit_is_migrator(const struct culprit *culprit, const struct migrator_result *result,
                         struct error *logged, struct error *e);

/*
 * Where in the migrations of `m` a failure was, by the server's log, if it is ours to read, and the
 * migrator's own: as migrator_place().
 */
bool culprit_place(const struct culprit *culprit, const struct migrator *m,
                   const struct migrator_result *result, char **file, unsigned *line);

/*
 * What was wrong, in a line: the server's word on it, if the migrator repeats it (a migrator may
 * ask for a table and bear that it is missing), else the migrator's own. Belongs to the arguments.
 */
const char *culprit_complaint(const struct migrator_result *result, const struct error *logged);
