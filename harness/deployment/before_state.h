/*
 * The database as it was before the migration, kept in a file so that a deploy which comes after a
 * crash can still tell what changed: the schema, and digests of the rows of the preserved tables
 * and of those that the approved delta drops.
 */
#pragma once
#include "base/text.h"
#include "postgres/connection.h"
#include "schema/fingerprint.h"
#include "schema/snapshot.h"
#include "suite/suite.h"

/* Zero-initialised it is empty and valid. */
struct before_state {
    struct snapshot schema;
    struct fingerprint *tables; /* the preserved ones first */
    size_t table_count, preserved_count;
};

bool before_state_take(struct before_state *b, struct connection *c, const struct suite *suite,
                       struct error *e);

/* The file is on disk when it returns true. */
bool before_state_write(const struct before_state *b, const char *path, struct error *e);

/* ERROR_UNAVAILABLE where it is not such a file. Of what was read only counts are reported of
 * changes. */
bool before_state_read(struct before_state *b, const char *path, struct error *e);

/*
 * Appends what differs now, in a line: of the schema (without tablespaces, which no copy has and no
 * approved delta knows, unless it names one) from what the suite approves (`approved`), or
 * from no change at all; of the rows of the preserved tables; of those of the dropped ones. Nothing
 * if nothing does.
 */
bool before_state_compare_schema(const struct before_state *b, struct connection *c,
                                 const struct suite *suite, bool approved, struct text *differences,
                                 struct error *e);
bool before_state_compare_rows(const struct before_state *b, struct connection *c, bool preserved,
                               struct text *differences, struct error *e);

/* Appends the names of what is no longer in its tablespace, or gone; nothing if all is in place. */
bool before_state_find_moved(const struct before_state *b, struct connection *c, struct text *moved,
                             struct error *e);

/* The dropped tables that had rows; the array alone is to be freed, NULL-terminated. */
const char **before_state_lost_tables(const struct before_state *b, size_t *count);

void before_state_release(struct before_state *b);
