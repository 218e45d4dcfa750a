/* The bricks of report.html and certificate.html; each adds markup to `t` and escapes every text it
 * is given. */
#pragma once
#include "base/text.h"
#include "record/record.h"
#include "record/verdict.h"
#include "reports/requirement_matrix.h"

/* The style sheet of every page. */
extern const char html_style[];

/* A page up to its <header>, `style` ("": none) after the usual one; and from its footer on. */
void html_begin_page(struct text *t, const char *title, const char *style);
void html_end_page(struct text *t, const char *version, const char *id);

/* A text on one line, as character data or inside a quoted attribute. */
void html_append_line(struct text *t, const char *string);

/* <td> and <th scope=row> with a text; with a duration; with a measured value. */
void html_append_cell(struct text *t, const char *string);
void html_append_heading_cell(struct text *t, const char *string);
void html_append_duration_cell(struct text *t, double seconds);
void html_append_value_cell(struct text *t, double value, const char *unit);

/*
 * A table up to <tbody>, its columns separated by "|", a column of figures marked with "#" before
 * its name; and its end.
 */
void html_begin_table(struct text *t, const char *columns);
void html_end_table(struct text *t);

/* A row of a table "Fact|Value"; nothing where the value is NULL or empty. */
void html_append_fact(struct text *t, const char *name, const char *value);

/* <header>, its edge in the verdict's colour; the caller ends it. */
void html_begin_header(struct text *t, enum verdict verdict);

/* The word for an outcome, a verdict or a proof, with its mark: told apart without colour. */
void html_append_outcome(struct text *t, enum outcome outcome);
void html_append_verdict(struct text *t, enum verdict verdict);
void html_append_proof(struct text *t, enum proof proof);

/* Why the run as a whole could not be completed; nothing if it was. */
void html_append_run_error(struct text *t, const struct run_record *r);

/* Findings, then errors, an article for each cause: where, what to do, who has seen it. */
void html_append_complaints(struct text *t, const struct run_record *r, bool with_evidence);

/* Warnings, then notes, in the same way. */
void html_append_remarks(struct text *t, const struct run_record *r);
