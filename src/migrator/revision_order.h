/* The order of revisions, and what is wrong about their numbers and parents. */
#pragma once
#include "migrator/revisions.h"

/* Sorts the list, gives revisions without parents those before them, and notes the problems. */
void revision_list_put_in_order(struct revision_list *list, enum suite_order order);

/*
 * Whether numbers repeat, and none of them among the newest: whoever runs these files takes them,
 * so the number alone does not name a revision there.
 */
bool revision_list_repeats_long_ago(const struct revision_list *list);

/* `file` may be NULL. */
void revision_problem_add(struct revision_list *list, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Compares version numbers part by part: "9" before "10", "1.2" like "1_2", "01" like "1". */
int revision_number_compare(const char *a, const char *b);
