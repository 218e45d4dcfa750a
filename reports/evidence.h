/* What a check has to say, in the order and under the names that every report uses. */
#pragma once
#include "base/text.h"
#include "record/record.h"

enum { EVIDENCE_COUNT = 7 };

struct report_evidence {
    const char *name; /* "message", "remedy", "expected", "found", "sqlstate", "sql", "detail" */
    const char *text; /* as in the record: any bytes */
    bool one_line;
};

/* Fills `out` with the members that are set, and returns how many there are. */
size_t evidence_of(const struct check *c, struct report_evidence out[EVIDENCE_COUNT]);

/*
 * The text, valid, at most `limit` bytes, without newlines at its end; a message, remedy or
 * sqlstate on one line. The caller frees it.
 */
char *evidence_text(const struct report_evidence *e, size_t limit);

/* The name under which a check is known in TAP and JUnit: "step title: check name", valid. */
char *check_full_name(const struct step *step, const struct check *check);

/*
 * The verdict with its figures, on one line:
 * "passed: 6 scenarios, 72 checks, 4.1 s"
 * "findings: 2 of 72 checks failed, 1 could not be checked, 3 not run, 4.1 s"
 */
void verdict_append_run(struct text *t, const struct run_record *r);
void verdict_append_scenario(struct text *t, const struct scenario_record *s);

/* What is left of a scenario that did not pass: "2 findings, 1 error, 3 not run"; "" if it did. */
void verdict_append_shortfall(struct text *t, const struct scenario_record *s);

/* Of one that was tried again: "tried 2 times, since at first: lost connection"; "" if it was not.
 */
void retries_append(struct text *t, const struct scenario_record *s);

/*
 * Why the run as a whole cannot pass although each check may have: its error, an interruption,
 * nothing planned. NULL if there is no such reason. The caller frees it.
 */
char *run_shortfall(const struct run_record *r);
