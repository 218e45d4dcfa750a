/*
 * A layout: how a migration tool keeps its revisions as SQL files, runs them and remembers them.
 * It is data, one YAML file each in fixtures/layouts; docs/layouts.md describes the keys. No tool
 * is named in C.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/pattern.h"
#include "migrate/checksum.h"
#include "migrate/version_order.h"

enum { LAYOUT_GROUPS = 8 }; /* the most that an expression of a layout may have */

/* What a file whose path fits the pattern is to its revision. */
enum layout_part {
    LAYOUT_UP,
    LAYOUT_DOWN,
    LAYOUT_BOTH,       /* sections in one file */
    LAYOUT_OPTIONS,    /* only looked at for `no_transaction` */
    LAYOUT_REPEATABLE, /* runs again whenever it has changed, after all revisions */
    LAYOUT_PROGRAM,    /* in a language that only the tool can run */
    LAYOUT_DESCRIBED,  /* our own format: the file's header says it all */
};

enum layout_group {
    LAYOUT_VERSION, /* what the revision is called */
    LAYOUT_KEY,     /* what the table calls it, where that is something else */
    LAYOUT_NAME,
    LAYOUT_OTHER,
};

struct layout_file {
    char *pattern; /* of the path below the folder */
    enum layout_part part;
    enum layout_group *groups; /* what the pattern's groups take, in order */
    unsigned groups_count;
    bool otherwise; /* left out if the revision has this part already */
};

/* A JSON file that lists the revisions in order: [{FILE: name without .sql, KEY: …}, …]. */
struct layout_journal {
    char *path; /* below the folder */
    char *list, *file, *key;
};

/* Places in a file that the tool fills before it runs the file. */
struct layout_places {
    char *pattern;  /* its last group is the place's name */
    char *variable; /* the environment variable with its value: {name} in capitals, '_' for signs */
    char **values;  /* NAME=VALUE where there is no such variable */
    unsigned values_count;
};

struct layout_sections {
    char *up;         /* the line that begins the way up; NULL: the file begins with it */
    char *down;       /* the line that begins the way down */
    bool up_required; /* a file without the `up` line is a mistake */
};

enum layout_split {
    SPLIT_WHOLE, /* a part is sent in one piece */
    SPLIT_LINES, /* a statement ends at a line that ends in a semicolon */
    SPLIT_MARKS, /* at every `mark` */
    SPLIT_SQL,   /* at semicolons, by the rules of SQL */
};

struct layout_statements {
    enum layout_split split;
    char *begin, *end; /* of SPLIT_LINES: the lines around one statement with semicolons in it */
    char *mark;        /* of SPLIT_MARKS */
};

enum layout_transaction {
    TRANSACTION_REVISION, /* one for a revision and its row */
    TRANSACTION_NONE,     /* what is sent runs as it is; the row is written after it */
    TRANSACTION_RUN,      /* one for all revisions of a run */
};

enum layout_place {
    PLACE_ANY_LINE,
    PLACE_FIRST_LINE,
    PLACE_SECTION_LINE, /* that begins the section; it counts for this section alone */
    PLACE_OPTIONS,      /* any line of an options file */
    PLACE_PATH,         /* of the part's file, below the folder */
    PLACE_STATEMENT,    /* the beginning of a statement, on one line */
};

struct layout_option {
    char *pattern;
    enum layout_place in;
};

enum layout_orphan {
    ORPHAN_REFUSED,
    ORPHAN_IGNORED,
    ORPHAN_EMPTY, /* its way up does nothing */
};

enum layout_holds {
    HOLDS_EVERY,  /* a row for every revision that was applied */
    HOLDS_NEWEST, /* what `applied` selects is the newest alone */
};

/* Statements are templates: see migrate/template.h. */
struct layout_table {
    char *name;
    char *schema; /* NULL: found by the search_path */
    enum layout_holds holds;
    bool create_first; /* before anything runs; else within the first transaction */
    char **create;
    unsigned create_count;
    char *applied;    /* selects the keys, and as a second column perhaps their checksums */
    char *blocked;    /* selects why the tool would refuse to go on; no row: it would not */
    char *repeatable; /* selects the checksum with which a repeatable ran last */
    char **before;    /* in a transaction of its own */
    unsigned before_count;
    char **up;
    unsigned up_count;
    char **down;
    unsigned down_count;
    char **first; /* `up` of the first revision of all; NULL: `up` */
    unsigned first_count;
    char **last; /* `down` of the first revision of all; NULL: `down` */
    unsigned last_count;
    char **after; /* when all is committed */
    unsigned after_count;
    char **failed;
    unsigned failed_count;
    char **clear; /* of stamp: what empties the table */
    unsigned clear_count;
    char **stamp; /* of a revision; NULL: `up` */
    unsigned stamp_count;
    unsigned changes;    /* rows that `up` or `down` change together, else it is an error; 0: any */
    bool ignore_unknown; /* rows of revisions without a file */
    bool ignore_missing; /* revisions without a row before the newest: they run; else an error */
};

struct layout_rules {
    char *title;   /* the tool's own name */
    char *example; /* of a file's path */
    char *source;  /* where the rules are from */
    struct layout_file *files;
    unsigned files_count;
    bool deep; /* files in folders below the folder count too */
    struct layout_journal *journal;
    enum version_kind versions;
    enum layout_orphan orphans; /* revisions that have only a way back */
    struct layout_places *places;
    struct layout_sections *sections;
    struct layout_statements *statements;
    enum layout_transaction transaction;
    bool commit_inside; /* a COMMIT in a file within our transaction is tolerated */
    bool metacommands;  /* files with psql's commands go through psql */
    bool strip_mark;    /* the byte order mark is taken off */
    struct layout_option *no_transaction;
    unsigned no_transaction_count;
    enum checksum_kind checksum;
    char *checksum_line; /* of CHECKSUM_LINE: its group is the checksum */
    char *restore;       /* run after every revision */
    struct layout_table table;
};

struct layout {
    struct layout_rules *rules; /* as the YAML has them */
    char *path;
    struct pattern *files; /* one for each of rules->files */
    struct pattern *no_transaction;
    struct pattern up, down, begin, end, checksum_line, place;
};

#define LAYOUT_OWN "pgrehearse" /* the layout of our own format */

/*
 * Loads a layout: `name` is a file with a '/' or '.yaml' in it, or one of those shipped. Every
 * error is ERROR_USAGE and names file and key. Release it in any case.
 */
bool layout_load(struct layout *l, const char *name, struct error *e);

/* Reads this file. */
bool layout_read(struct layout *l, const char *path, struct error *e);

void layout_release(struct layout *l);
