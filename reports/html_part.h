/* The bricks of report.html; each adds markup to `t` and escapes every text it is given. */
#pragma once
#include "record.h"
#include "text.h"
#include "verdict.h"

/* The style sheet, for a <style> element. */
extern const char html_style[];

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

/* The word for an outcome or a verdict, with its mark: told apart without colour. */
void html_append_outcome(struct text *t, enum outcome outcome);
void html_append_verdict(struct text *t, enum verdict verdict);

/* What the check has to say beyond message and remedy, folded away; nothing if there is none. */
void html_append_evidence(struct text *t, const struct check *c);
