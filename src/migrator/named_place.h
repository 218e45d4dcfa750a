/*
 * Where in a revision's file an object is named. What a database shows of a change has no line; the
 * statement that made it mostly says the object's name.
 */
#pragma once
#include <stdbool.h>

/* What is looked for. Names as the server quotes them, with or without a schema. */
struct named {
    const char *table;  /* NULL: of no table */
    const char *object; /* a column, an index, …; NULL: the table itself */
};

/*
 * The line, from 1, of the file at `path` within `from` to `to` (0: to the end) on which the object
 * is named, in the statement that names most of it and, of those, the first with a word that takes
 * away or alters. Case is ignored; comment lines are passed over. 0 if the file cannot be read or
 * does not name the object (with `object`, its table alone does only if `table_will_do`).
 *
 * A statement ends with a semicolon or, in a file that is not SQL, with a line outside of brackets.
 */
unsigned named_line(const char *path, unsigned from, unsigned to, const struct named *named,
                    bool table_will_do);

/*
 * Takes a fact of a snapshot apart ("column public.orders.note type=text"), or a qualified table.
 * Both strings of `named` are then the caller's to free, or NULL. False if it names nothing.
 */
bool named_of_fact(const char *fact, char **table, char **object);
