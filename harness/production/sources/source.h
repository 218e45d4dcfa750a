/*
 * What is certified: a live database, or a dump of one. A live one is read in a single transaction
 * that is read-only and repeatable-read, whose snapshot pg_dump shares (PostgreSQL manual, 9.27.5
 * "Snapshot Synchronization Functions"); nothing is ever written to it.
 */
#pragma once
#include "base/text.h"
#include "ground/server.h"
#include "postgres/connection.h"
#include "production/backups/backup.h"
#include "production/sources/copied_schema.h"
#include "record/record.h"
#include "schema/fingerprint.h"

enum dump_format { DUMP_NONE, DUMP_ARCHIVE, DUMP_PLAIN };

struct source_request {
    const char *url;  /* of a live database; or NULL */
    const char *dump; /* a file or folder that pg_dump wrote, in any format, plain ones also
                         compressed; or NULL. Just one of the two is given */
    bool trust_dump;  /* restore it even where nothing keeps it from running programs */
    char **excluded; /* patterns of tables whose rows stay behind (pg_dump, --exclude-table-data) */
    size_t excluded_count;
    const char *mark; /* NAME=VALUE that marks its processes as a run's; or NULL */
    size_t jobs;      /* at a time, for pg_dump and pg_restore; 0: one per processor */
};

struct source_table {
    char *name; /* "public.orders" */
    uint64_t rows;
    char digest[FINGERPRINT_DIGEST_LENGTH + 1]; /* of all rows, 32 hexadecimal digits, as
                        fingerprint_digest() gives it; "" where they stayed behind */
};

/* What is known of it, as of the moment of its copy; NULL or 0: cannot be known of a dump. */
struct source_facts {
    bool is_dump;
    char *display;           /* the URL without its password, or the file's name */
    char *database;          /* its name */
    char *system_identifier; /* of its cluster */
    char *server_version;    /* "15.20" */
    char *revision; /* where its migrator says that it stands; filled in by certification */
    uint64_t bytes;
    struct circumstance *circumstances; /* extensions and settings: "extension.vector", and
                                           "encoding", "collation" */
    size_t circumstance_count;
    struct source_table *tables; /* by name */
    size_t table_count;
    char taken_at[24]; /* UTC, ISO 8601 */
    char
        *acting_role; /* who owns most of its tables, where that is another than the database's
                         owner, and is in the copy too: a migrator that does not act as the owner
                         (options=-c role=NAME in its URL) leaves things of other owners; or NULL */
    struct copy_terms terms; /* of `schema`, see below */
};

struct dump_scan;

struct source {
    struct source_request request;
    char *url; /* its own, with the password of the environment; or NULL */
    const struct cancel *cancel;
    struct connection connection; /* within the transaction; closed for a dump */
    char *snapshot;               /* its exported name */
    struct source_facts facts;
    char *owner;                   /* of the database */
    struct circumstance *settings; /* of ALTER DATABASE … SET */
    size_t setting_count;
    struct dump_scan *scan; /* what the dump says of itself */
    enum dump_format format;
    struct snapshot schema; /* of a live database its own; of a dump that of its copy, once made */
    struct backup_violations violations; /* what its own rows violate of its schema; a copy lacks
                                            that, and a plain dump of such rows gives none */
};

/*
 * Connects (or reads the dump through once, if it is plain SQL), begins the transaction, and fills
 * the facts that cost nothing: version, size, identity. Refuses what cannot be certified: too old,
 * not readable, no dump, a dump cut short, one of many databases. A standby will do.
 */
bool source_open(struct source *s, const struct source_request *request,
                 const struct cancel *cancel, struct error *e);

/* How many bytes the copy will need, its dump included, roughly; of a dump a generous guess. */
uint64_t source_bytes(const struct source *s);

/*
 * Makes `database`, which is there, empty and ours, a copy: extensions, roles that are missing on
 * an embedded server (no login), owners, grants, rows, and the settings of the database.
 * `folder` is for the dump, and ours; the dump is gone afterwards. Fills the rest of the facts, and
 * proves the copy against them: same schema, same rows; if it is not, that is an error. The
 * source's transaction is over as soon as all is read.
 *
 * What belonged to the database's owner belongs to that of the copy; a snapshot writes both as
 * @owner. What the copy had to leave behind (grants to roles that a given server lacks, excluded
 * rows) is reported in `*notes`, a line each, to be freed; "" for nothing. `progress` gets bytes
 * done and in all; it may be NULL.
 */
bool source_copy(struct source *s, const struct server *server, const char *database,
                 const char *folder, backup_progress_fn *progress, void *context, char **notes,
                 struct error *e);

/* Ends the transaction; the facts stay until source_release(). */
void source_close(struct source *s);
void source_release(struct source *s);
