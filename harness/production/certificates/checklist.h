/* The deployment's checklist, each line done by the rehearsal, rehearsed, failed, or a person's. */
#pragma once
#include "record/record.h"
#include "suite/suite.h"

enum checklist_state {
    CHECKLIST_DONE,
    CHECKLIST_REHEARSED, /* on a copy: it is still to be done */
    CHECKLIST_FAILED,
    CHECKLIST_PERSON
};

struct checklist_line {
    char *part; /* its heading; NULL: none */
    char *text;
    enum checklist_state state;
    char *note; /* what shows it, or what a person has to do; NULL: nothing to say */
};

/*
 * Judges a line of the suite by the record. Done, or rehearsed: each kind, scenario and step that
 * it names is there, and each of these checks passed. Failed: one of them did not. A person's: it
 * names none, or one that this run did not have.
 */
struct checklist_line checklist_judge(const struct suite_checklist_line *line,
                                      const struct run_record *r);

void checklist_line_release(struct checklist_line *line);

/* "done", "rehearsed", "failed", "person" */
const char *checklist_state_name(enum checklist_state state);
