/* The part of the summary that says what is wrong. */
#pragma once
#include "record/record.h"
#include "reports/terminal.h"

/*
 * Adds notes, warnings, findings and errors, each cause once: what is wrong and where, what to do,
 * which scenarios have seen it. Then what did not run, and why the run as a whole did not end well.
 */
void summary_append_causes(struct text *out, const struct terminal *terminal,
                           const struct run_record *r);
