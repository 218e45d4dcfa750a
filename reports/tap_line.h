/* The parts that a TAP document is made of; each adds whole lines to `t`. */
#pragma once
#include "base/text.h"
#include "record/record.h"

/* "ok N - …" or "not ok N - …", with its YAML block if there is anything to say. */
void tap_append_check(struct text *t, size_t number, const struct step *step,
                      const struct check *check);

/* The test line of something that failed as a whole. */
void tap_append_failure(struct text *t, size_t number, const char *what, const char *message);

/* "# …": `line` may be any bytes, and is put on one line. */
void tap_append_comment(struct text *t, const char *line);

/* "# scenario NAME: title" */
void tap_append_heading(struct text *t, const struct scenario_record *s);

/* "# time: upgrade 12.3 s, limit 300 s" for each of the step. */
void tap_append_measurements(struct text *t, const struct step *step);

/* "# retried: …" if it was tried again, "# cost: 34 statements in …" if the scenario has one. */
void tap_append_cost(struct text *t, const struct scenario_record *s);

/* "# forecast: …" and "# trend: …", as far as they were asked for. */
void tap_append_outlook(struct text *t, const struct run_record *r);
