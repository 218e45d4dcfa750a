/* Whether the migrator reaches the throwaway database, and no other, before anything else runs. */
#pragma once
#include "ground/ground.h"

/*
 * Has the migrator ask a new throwaway database, through a relay, which revision it has (a migrator
 * without such a command goes to its first revision), and drops that database. ERROR_UNAVAILABLE,
 * with what to do, if nothing arrived or another database was asked for. A server that cannot be
 * relayed, since it insists on TLS, is not asked.
 */
bool containment_check(const struct ground *ground, struct error *e);
