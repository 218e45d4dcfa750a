/* Generated rows that the upgrade refuses: nothing says that production has such rows. */
#pragma once
#include "rehearsal/leg.h"

/*
 * Tries the upgrade on a copy of the leg's generated rows. As long as a new constraint refuses what
 * the schema before allowed, the table's rows are taken out, and the filling says why: a constraint
 * that holds for production fails on invented rows all the same. Text that it reads as another type
 * is replaced by text that it can read. What no row could satisfy, and every other failure, is left
 * to the scenarios.
 */
bool refused_rows_leave_out(struct leg *leg, const struct project_revision *revision,
                            struct error *e);
