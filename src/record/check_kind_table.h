/*
 * Every kind of check that the program makes, once: what a check is called in requirements.yaml, in
 * a checklist and in run.json. A new kind is a row here and in docs/requirements.md, or, of another
 * command than a run, in docs/formats.md; tests/style/kinds.t holds all of it against the code.
 * Each rule is a kind too, under its own name.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct check_kind {
    const char *name;
    bool of_run; /* made by scenarios: a requirement can be covered by it */
};

extern const struct check_kind check_kind_table[];
extern const size_t check_kind_table_size;
