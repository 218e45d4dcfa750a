/*
 * `run --history`: a run's place in the history. The store never changes the run's verdict: what is
 * wrong with it is a warning. With `fails` the run has one scenario more, `history`, whose check is
 * a finding when a measure got worse, and an error when nobody could look.
 */
#pragma once
#include "rehearsal/rehearse.h"

struct run_history {
    const char *where; /* a file or URL; NULL: no history is kept */
    bool fails;
    const struct cancel *cancel;
    struct error warning; /* set when the run is not in the store */
};

/* Plans the scenario `history` if it is asked for. After rehearse_plan(). */
void run_history_plan(const struct run_history *h, struct run_record *r);

/* Compares the run, whose scenarios have all ended, with earlier ones, and writes it. */
void run_history_conclude(struct run *run, struct run_history *h);
