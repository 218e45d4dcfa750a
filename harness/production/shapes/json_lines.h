/* JSON for a reviewer: one object a line, with blanks, and valid YAML 1.1 as well. */
#pragma once
#include <libpq-fe.h>

#include "base/text.h"

/* A string in quotes. Bytes that are not UTF-8 become U+FFFD. */
void json_append_string(struct text *t, const char *string);

/* A whole value of JSON as the server writes it. */
void json_append_value(struct text *t, const char *json);

/* Row `row` as {"column": value, …}, from column `first` on, without those that are null. */
void json_append_row(struct text *t, const PGresult *rows, int row, int first);
