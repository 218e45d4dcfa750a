/* The environment of a migrator: the throwaway database under every usual name, and no other. */
#pragma once
#include <stdbool.h>

#include "migrator/call_names.h"

struct surroundings;

/* What a call's environment differs in from ours: NAME=VALUE and NAME; NULL-terminated, to be freed
   by call_release(). */
char **environment_make(const struct call *c);

/* The same for a question about a program, which asks no server; to be freed with its strings. */
char **environment_without_servers(const struct surroundings *around);

/* Whether this entry of it is there because of the database, so that each call may have another. */
bool environment_names_database(const struct call *c, const char *variable);

/* Whether an entry of it names a folder that is made for each call. */
bool environment_names_staged(const struct call *c);

/* The template by which this project spells a URL; NULL: as its migrator does. */
const char *environment_spelling(const struct call *c);
