/* The text of a statement as pg_stat_statements keeps it, made fit to leave production. */
#pragma once
#include <stdbool.h>

#include "base/text.h"

enum statement_kind {
    STATEMENT_FIT,     /* its text is in the result */
    STATEMENT_OTHER,   /* no SELECT, INSERT, UPDATE, DELETE or MERGE, or one of the catalogue */
    STATEMENT_LITERAL, /* a literal is left in it: it was not normalised */
};

/*
 * Adds the statement on one line, without its comments, which may hold anything. What is left in it
 * of values is only NULL, TRUE, FALSE, the numbers of ORDER BY 1 and those of types, numeric(10,
 * 2).
 */
enum statement_kind statement_text_clean(const char *sql, struct text *clean);
