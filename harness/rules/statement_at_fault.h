/* Which statement of an upgrade a sighting comes from. */
#pragma once
#include "rules/rule.h"

/*
 * The statement whose number the evidence names; else the first that locked the object against
 * everybody; else the first whose text has the object's name. NULL: not known.
 */
const struct statement_cost *statement_at_fault(const struct cost_record *c,
                                                const struct sighting *s);
