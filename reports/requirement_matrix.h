/*
 * Which requirements a run has proven: all that the suite states, and every other that any of the
 * checks names.
 */
#pragma once
#include "record/record.h"

enum proof {
    PROOF_PROVEN,    /* at least one check, and every one passed */
    PROOF_FAILED,    /* at least one finding */
    PROOF_NOT_RUN,   /* no finding, but at least one check did not run or could not check */
    PROOF_UNCOVERED, /* no check names it */
};

struct requirement {
    char *id;
    const char
        *text; /* what it says, belongs to the record; "" where the suite does not state it */
    size_t outcomes[4]; /* how many of its checks ended so; by enum outcome */
    enum proof proof;
};

struct requirement_matrix {
    struct requirement *rows; /* by id, numbers in it by value: FR-2 before FR-10 */
    size_t count;
};

/* Reads the record; the caller releases the matrix. */
void requirement_matrix_init(struct requirement_matrix *m, const struct run_record *r);
void requirement_matrix_release(struct requirement_matrix *m);

/* "proven", "failed", "not run", "uncovered" */
const char *proof_name(enum proof proof);

/* Whether the check names the requirement `id`. */
bool check_names_requirement(const struct check *c, const char *id);
