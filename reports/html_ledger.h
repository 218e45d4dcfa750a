/* The tables of a ledger in report.html, folded away; nothing where there are no rows. */
#pragma once
#include "base/text.h"
#include "record/cost_record.h"

/* Rows of a table, at most; the page says where the rest is. */
enum { LEDGER_ROWS = 120 };

/* Steps, statements, locks and tables. */
void html_append_ledger(struct text *t, const struct cost_record *c);

/* The probes of the application. */
void html_append_stall_table(struct text *t, const struct cost_record *c);

/* "<details><summary>TITLE</summary>" and a table's head; and the end of both, with a remark if
 * only `shown` of `count` rows are in it. */
void html_begin_fold(struct text *t, const char *title, const char *columns);
void html_end_fold(struct text *t, size_t shown, size_t count);
