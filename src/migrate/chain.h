/*
 * The chain: all revisions of a folder in the one order that their parents give. A folder that
 * does not make exactly one unbroken chain is refused by name.
 *
 * A place in the chain is the number of revisions applied: 0 is the base, `count` the head, and
 * `revisions[place - 1]` the revision that a database at `place` stands at.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "migrate/revision_file.h"

struct chain {
    struct revision *revisions; /* oldest first */
    size_t count;
};

/*
 * Reads every `.sql` file of the folder whose name does not begin with a dot, and orders them.
 * Every error is ERROR_USAGE: no folder, no file, a file that cannot be read or has a bad header,
 * a revision twice, a missing parent, a cycle, two bases, two heads.
 */
bool chain_load(struct chain *c, const char *directory, struct error *e);

/* Orders revisions that are there already, as chain_load() does. */
bool chain_order(struct chain *c, struct error *e);

/* Also after a failed load. */
void chain_release(struct chain *c);

/* The place after the revision of exactly that id; 0 if there is none. */
size_t chain_find(const struct chain *c, const char *id);

/* "base" or the id at a place. */
const char *chain_name(const struct chain *c, size_t place);

/* Where somebody wants to go: REV, a part of one that only one begins with, head, base, +N, -N. */
struct target {
    bool relative;
    long steps;   /* of a relative one; not 0 */
    size_t place; /* of an absolute one */
};

/* ERROR_USAGE for what is none, is unknown or ambiguous. */
bool target_parse(struct target *t, const struct chain *c, const char *word, struct error *e);

/* The place that the target means for a database at `current`; ERROR_USAGE past either end. */
bool target_resolve(const struct target *t, const struct chain *c, size_t current, size_t *place,
                    struct error *e);
