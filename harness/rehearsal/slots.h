/*
 * What verbs keep from one step to the next. A verb's file owns a kind. What it makes of the kind
 * stays until the scenario ends, then it is released in reverse order of making, also where the
 * scenario stopped half-way:
 *
 *     static void release(struct rehearsal *r, void *state) { … }
 *     static const struct slot_kind kind = {sizeof(struct taken_backup), release};
 *
 *     struct taken_backup *b = slot_make(r, &kind, name);
 *     … in another verb … slot_get(r, &kind, name)
 *
 * Slots are private to their kind: those of two kinds never meet, whatever their names are. State
 * that several files share has one file of its own, with functions in its header.
 */
#pragma once
#include <stddef.h>

struct rehearsal;

struct slot_kind {
    size_t size; /* of the state */
    /* Releases what the state holds, be it filled in part or not at all; the scenario's own
     * connection is still open. NULL: the state holds nothing. */
    void (*release)(struct rehearsal *r, void *state);
};

/* A new state, zeroed; `name` is copied and may be NULL. It does not move. */
void *slot_make(struct rehearsal *r, const struct slot_kind *kind, const char *name);

/*
 * The state that was made last under this name, or with NULL the last of the kind under any name;
 * NULL if there is none.
 */
void *slot_get(const struct rehearsal *r, const struct slot_kind *kind, const char *name);

/* Of a kind that has one state in a scenario: that one, made where there is none yet. */
void *slot_single(struct rehearsal *r, const struct slot_kind *kind);

/* Releases all of them, each once. For the rehearsal itself. */
void slots_release(struct rehearsal *r);
