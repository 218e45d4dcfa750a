/*
 * The ground that a certificate builds on: the migrations, the suite and the migrator, and, where
 * there is one, the state of a database. It is collected twice: before a certification begins, and
 * again by whoever asks whether the certificate still holds. Only reads.
 */
#pragma once
#include "base/digest.h"
#include "migrator/migrator.h"
#include "postgres/connection.h"
#include "production/sources/copied_schema.h"
#include "record/record.h"

struct certificate_rows {
    char *table; /* "public.orders" */
    uint64_t rows;
};

/* Zero-initialised it is empty and valid. */
struct certificate_ground {
    char *suite; /* its name */
    char suite_digest[DIGEST_LENGTH + 1];
    char *baseline, *target; /* the suite's revisions */
    char *migrator;
    char *migrator_version;     /* what its version command prints; NULL: it has none */
    struct digest_entry *files; /* of the folder that the migrator works in, by path */
    size_t file_count;
    bool with_database; /* the rest is known; each member may be NULL, "" or 0 all the same */
    char *database;     /* its name */
    char *system_identifier;
    char *server_version;            /* "15.20" */
    char *revision;                  /* where the migrator says that it stands */
    struct circumstance *extensions; /* name and version, by name */
    size_t extension_count;
    struct copy_terms terms; /* what the schema's lines leave out, and who is @owner in them */
    char schema_digest[DIGEST_LENGTH + 1];
    struct snapshot schema; /* empty: only its digest is known */
    struct certificate_rows *tables;
    size_t table_count;
};

/*
 * The files, the suite and the migrator's version, which its version command tells. A certificate
 * covers every file in the migrator's folder (see digest_folder()), and of the suite what decides a
 * verdict: suite.yaml and the requirements, delta, validations and fixtures that it names. Not the
 * deployment file, which differs from place to place, and not the mutants.
 */
bool certificate_ground_read(struct certificate_ground *g, const struct suite *suite,
                             const struct migrator *m, struct error *e);

/*
 * Adds the state of the database at `c` in one read-only snapshot, as `was` has it of what was
 * certified: version, extensions, the schema by the same terms, and the rows of the same tables
 * (one that is gone is left out).
 */
bool certificate_ground_read_database(struct certificate_ground *g,
                                      const struct certificate_ground *was, struct connection *c,
                                      struct error *e);

/*
 * Adds where the migrator says that the database at `url` stands. This runs the migrations' own
 * code: not before certificate_compare() has found the files as they were. Its sessions can only
 * read (PGOPTIONS).
 */
bool certificate_ground_read_revision(struct certificate_ground *g, const struct migrator *m,
                                      const char *url, struct error *e);

void certificate_ground_release(struct certificate_ground *g);

/* The schema's lines by the ground's terms, and their digest. */
void certificate_ground_take_schema(struct certificate_ground *g, const struct snapshot *s);

/* SHA-256 of the snapshot's lines, each with its line feed. */
void certificate_schema_digest(const struct snapshot *s, char digest[DIGEST_LENGTH + 1]);
