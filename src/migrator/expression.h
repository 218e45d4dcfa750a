/* Patterns that are used once, on a whole text, and templates that their groups fill in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { EXPRESSION_GROUPS = 10 };

/* What the groups of a match hold; 0 is the whole match. Zero-initialised it is empty and valid. */
struct expression_groups {
    char *items[EXPRESSION_GROUPS]; /* NULL: the group took no part */
};

/*
 * Whether `regex` matches somewhere in `text`. `groups` (may be NULL) takes what it matched, and
 * `end` (may be NULL) the offset behind it. A regex that cannot be compiled matches nothing.
 */
bool expression_match(const char *regex, const char *text, struct expression_groups *groups,
                      size_t *end);

/* The same on each line in turn, without its line end. */
bool expression_match_line(const char *regex, const char *text, struct expression_groups *groups);

/* The first line, from 1, on which it matches; 0: none. */
unsigned expression_line(const char *regex, const char *text);

/* The template with {1} to {9} filled in, nothing for groups that are not there; to be freed. */
char *expression_fill(const char *template, char *const *groups);

/* `text` with every match of the regex on a line replaced; \1 to \9 are its groups. To be freed. */
char *expression_replace(const char *regex, const char *replacement, const char *text);

void expression_groups_release(struct expression_groups *groups);
