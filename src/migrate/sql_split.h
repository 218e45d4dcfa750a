/*
 * SQL taken apart at its semicolons, by the lexical rules of PostgreSQL (manual, chapter 4.1):
 * literals, identifiers, dollar quotes, comments, parentheses and the bodies of SQL functions
 * (BEGIN ATOMIC … END) are respected.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct sql_statement {
    const char *begin; /* within the SQL: at the first word, behind blanks and comments */
    size_t length;     /* with its semicolon, if it has one */
    size_t line;       /* of `begin`; the first is 1 */
};

struct sql_list {
    struct sql_statement *statements;
    size_t count;
    bool metacommands; /* \… or COPY … FROM STDIN: psql alone can run the rest */
};

/* What is only blanks, comments and semicolons is not a statement. The list borrows from `sql`. */
void sql_split(struct sql_list *list, const char *sql);

void sql_list_release(struct sql_list *list);
