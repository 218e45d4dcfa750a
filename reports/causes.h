/*
 * What is wrong, each cause once: a broken index is seen by many checks of many scenarios, and is
 * one thing to repair. Checks are of one cause when they say the same of the same place, when the
 * same words of the server or the migrator are beneath them, or when those words are in what a
 * later one says.
 */
#pragma once
#include "base/text.h"
#include "record/record.h"

/* Where a check is in the record. */
struct cause_place {
    const struct scenario_record *scenario;
    const struct step *step;
    const struct check *check;
};

struct cause {
    struct cause_place *places; /* in the record's order; the first one speaks for all */
    size_t count;
};

/* Zero-initialised it is empty and valid. Points into the record. */
struct causes {
    struct cause *items;
    size_t count;
};

/* Of the findings or errors, or of the warnings or notes; in the order in which they were seen. */
void causes_of_outcome(struct causes *c, const struct run_record *r, enum outcome outcome);
void causes_of_level(struct causes *c, const struct run_record *r, enum check_level level);

/* The same by grade, the gravest first: for reports that treat all alike. */
enum cause_grade { GRADE_FINDING, GRADE_ERROR, GRADE_WARNING, GRADE_NOTE, CAUSE_GRADES };
void causes_of_grade(struct causes *c, const struct run_record *r, enum cause_grade grade);

/* "finding", "error", "warning", "note" */
const char *cause_grade_name(enum cause_grade grade);

void causes_release(struct causes *c);

/* The cause that the check belongs to; NULL: none. */
const struct cause *causes_find(const struct causes *c, const struct check *check);

/*
 * Adds the names of the scenarios, each once: "fresh, rollback and 3 more"; at most `most` of them
 * by name, 0: all. Valid text.
 */
void cause_append_scenarios(struct text *t, const struct cause *cause, size_t most);

/*
 * Adds what is wrong, what to do and which scenarios have seen it, a line each. Valid text, no
 * newline at its end.
 */
void cause_append_lines(struct text *t, const struct cause *cause);

/* Adds "FILE:LINE" or "FILE"; nothing where the place is not known. Valid text. */
void check_append_place(struct text *t, const struct check *check);

/* Whether a finding or an error of the scenario, or of the whole run, explains what did not run. */
bool scenario_explains(const struct run_record *r, const struct scenario_record *s);
