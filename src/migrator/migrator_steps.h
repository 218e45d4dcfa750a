/* The steps that a migrator's log names, and how long each took. */
#pragma once
#include "migrator/migrator.h"

struct migrator_step {
    unsigned number; /* as the log counts it */
    char *title;     /* at most 79 bytes, without dots at its end */
    double first;    /* when its first line came, in seconds since the migrator was started */
    double seconds; /* from its first line to its last, or what the log states where that is more */
};

/* Zero-initialised it is empty and valid. */
struct migrator_steps {
    struct migrator_step *items; /* by number; at most 200 */
    size_t count;
};

/*
 * `pattern` is suite_migrator.step: an extended regex with two groups, number and text; NULL: there
 * are none. What the log states is a text like "2.50s" for a step that was named before.
 */
void migrator_steps_read(struct migrator_steps *s, const char *pattern,
                         const struct migrator_result *result);

void migrator_steps_release(struct migrator_steps *s);
