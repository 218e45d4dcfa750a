/*
 * The way back that a scenario has gone, and what is wrong with it. An incomplete way back is seen
 * by many checks: the schema is not as before, something is left behind, the next upgrade trips
 * over it. Their findings get one cause, so that reports show it once.
 */
#pragma once
#include "rehearsal/rehearsal.h"

/* The downgrade has succeeded; later, the next upgrade begins. */
void way_back_gone(struct rehearsal *r);
void way_back_over(struct rehearsal *r);

enum way_back_sign {
    SIGN_UNDID_NOTHING,  /* it left all as it was: whatever is found after it comes of that */
    SIGN_SCHEMA_DIFFERS, /* after the next upgrade it only follows from what was seen before it */
    SIGN_ROWS_DIFFER,    /* the same of rows, whose cause is another unless nothing was undone */
    SIGN_UPGRADE_FAILS,
};

/*
 * Completes the evidence of a finding with the sign: its cause, where that is the way back, and
 * where the way back is. What it points to stays until the scenario ends.
 */
void way_back_blame(struct rehearsal *r, enum way_back_sign sign, struct evidence *evidence);
