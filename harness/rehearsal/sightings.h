/* What a check saw, in the words of a finding. */
#pragma once
#include "rehearsal/rehearsal.h"
#include "rules/rule.h"

/* The first few occurrences, on one line; to be freed. */
char *sightings_message(const struct rule_look *look);

/* All occurrences, a line each, with what to do about it; to be freed. */
char *sightings_detail(const struct rule_look *look);

/* Adds what was measured to the step. */
void sightings_measure(struct rehearsal *r, const struct rule_look *look);
