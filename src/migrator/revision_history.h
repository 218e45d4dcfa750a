/*
 * The revisions that a migrator knows, from what its `history` prints: lines as Alembic writes them
 * ("005 -> 002 (head), message", "a, b -> c (mergepoint), message", "<base> -> 001, message").
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct revision_link {
    char *parent; /* "<base>" for none */
    char *child;
};

/* Zero-initialised it is empty and valid. */
struct revision_history {
    struct revision_link *links;
    size_t count;
    char **lines; /* those that hold a link, as they were */
    size_t line_count;
};

/* Adds what `output` tells; lines of another form are left out. */
void revision_history_read(struct revision_history *h, const char *output);

/* Whether there is a revision of this name, `length` bytes long. */
bool revision_history_knows(const struct revision_history *h, const char *revision, size_t length);

/* Whether upgrades lead from one to the other; so they do from a revision to itself. */
bool revision_history_leads(const struct revision_history *h, const char *from, const char *to);

/*
 * The revisions that the output of `current` names, each once, to be freed with
 * revision_list_free(): those among the first words of its lines that the history knows, or else
 * the first word of its last line.
 */
char **revision_history_current(const struct revision_history *h, const char *output,
                                size_t *count);

void revision_list_free(char **revisions, size_t count);
void revision_history_release(struct revision_history *h);
