/*
 * What a copy leaves behind or changes on purpose, as facts of a schema. This is the only list of
 * it: a copy is compared with its source by this list, a certificate records which entries apply to
 * the schema that it keeps, and `verify` and `deploy` read a database by the same entries.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "schema/snapshot.h"

enum {
    COPY_MAPPING_OPTIONS = 1, /* of user mappings: only some roles see them */
    COPY_MAPPINGS = 2,        /* user mappings: with them a rehearsal could reach other databases */
    COPY_EXTENSIONS = 4,      /* versions and owners of extensions, which are recreated */
    COPY_TABLESPACES = 8,     /* all of a copy lies in one */
    COPY_OWNERS = 16,         /* all of a copy belongs to one role, on a server given by URL */
    COPY_GRANTS = 32,         /* as above, where that server lacks one of the roles */
};

struct copy_terms {
    unsigned without; /* COPY_…, added up */
    char *owner;      /* who stands for the database's owner in the copy's facts: the role that
                         @owner is in a dump's copy; NULL: the database's owner */
};

/* The entries by their number, from 0: its name in a certificate and its bit; false: no more. */
bool copy_terms_entry(size_t number, const char **name, unsigned *bit);

/*
 * The facts that both sides share, in `shared`, to be released. Names of `renamed` (a role as SQL
 * writes it, or NULL) in privileges become @owner: a copy keeps the source's owner there.
 */
void copied_schema(const struct snapshot *s, unsigned without, const char *renamed,
                   struct snapshot *shared);
