/* What a migration costs in a sentence, for the summary, the page, TAP and JUnit; valid text. */
#pragma once
#include "base/text.h"
#include "record/record.h"

/* "34 statements in 1.9 s, 12.4 MiB of WAL, AccessExclusiveLock on table public.orders for 1.2 s;
 * longest stall 1.3 s (search)", as far as it is known. */
void cost_append_sentence(struct text *t, const struct cost_record *c);

/* The probe that waited longest for an answer; NULL if none was asked. */
const struct stall_record *cost_longest_stall(const struct cost_record *c);

/* The forecast's own sentence. */
void forecast_append_sentence(struct text *t, const struct forecast_record *f);

/* "12 measures compared with earlier runs, 1 of them worse: upgrade of performance since …" */
void trends_append_sentence(struct text *t, const struct run_record *r);

/* Whether one of the measures got worse. */
bool trends_are_worse(const struct run_record *r);
