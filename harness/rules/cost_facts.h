/* The ledger of an upgrade as JSON, for rules that are written in SQL. */
#pragma once
#include "record/cost_record.h"

/*
 * {"statements": [{number, sql, tag, sqlstate, seconds, rows, transaction}], "locks": [{object,
 * mode, statement, transaction, taken, held}], "tables": [{name, before, rewritten, statement}]};
 * to be freed.
 */
char *cost_facts(const struct cost_record *c);
