/* Parts of a manual page in the macros of man(7), with what is special in roff taken literally. */
#pragma once
#include <cyaml/cyaml.h>

#include "base/text.h"

void roff_title(struct text *t, const char *name, const char *section);
void roff_section(struct text *t, const char *title);

void roff_synopsis(struct text *t, const char *program, const char *arguments);

/* Running text: each line of `string` is a paragraph; one that begins with a blank stays as it is.
 */
void roff_paragraphs(struct text *t, const char *string);

/* What a list's entry is called, in bold, then what follows it in italics; NULL: nothing. */
void roff_entry(struct text *t, const char *name, const char *argument, const char *meaning);

/* "NAME(SECTION), NAME(SECTION)": names with their sections between blanks, "a 1 b 5". */
void roff_see_also(struct text *t, const char *pages);

/* The keys of a mapping, and of what is in it, with their words (key_words.h) below `path`. */
void roff_keys(struct text *t, const cyaml_schema_value_t *schema, const char *path);
