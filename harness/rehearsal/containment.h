/* Whether the migrator reaches the throwaway database, and no other, before anything else runs. */
#pragma once
#include "rehearsal/run.h"

/*
 * Has the migrator ask a new throwaway database, through a relay, which revision it has (a migrator
 * without such a command goes to its first revision), and drops that database. ERROR_UNAVAILABLE,
 * with what to do, if nothing arrived or another database was asked for. Where the connection
 * cannot be relayed the migrator is not asked, and a message says so.
 */
bool containment_check(const struct run *run, struct error *e);
