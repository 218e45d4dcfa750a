/*
 * The chain: all revisions of a folder in the one order that its layout gives. A folder that does
 * not make exactly one unbroken chain is refused by name.
 *
 * A place in the chain is the number of revisions applied: 0 is the base, `count` the head, and
 * `revisions[place - 1]` the revision that a database at `place` is at.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "migrate/layout.h"
#include "migrate/revision_file.h"

struct chain {
    struct revision *revisions; /* oldest first */
    size_t count;
    struct revision *repeatables; /* by name; only `message`, `path`, `checksum` and `up` are set */
    size_t repeatable_count;
    enum version_kind versions; /* how keys are compared */
};

/*
 * Reads the revisions of the folder that the layout finds in it, and orders them; hidden files and
 * folders are left out. Every error is ERROR_USAGE: no folder, no revision, a file that cannot be
 * read or is malformed, a revision twice, one without a way up, and for our own format a missing
 * parent, a cycle, two bases, two heads.
 */
bool chain_load(struct chain *c, const struct layout *layout, const char *directory,
                struct error *e);

/* Orders revisions that are there already by their parents. */
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
