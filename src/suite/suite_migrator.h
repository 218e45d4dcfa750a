/*
 * A migrator as data: how a project of it is recognised, how it is called and how its output is
 * read. A profile (fixtures/migrators/NAME.yaml) and an entry of a suite's `migrators` are both
 * this structure. docs/profiles.md explains every key. What a migrator lacks is NULL.
 *
 * Templates hold placeholders. {revision}, {count}, {folder}, {tool}, {directory}, {staged},
 * {layout} and {1} to {9} (groups of the sign that recognised the project) are filled in as words
 * of a shell in commands, and as they are elsewhere. Of the database there are {url}, {rest} (the
 * URL behind its scheme, "//user@host:5432/name"), {host}, {port}, {user}, {password}, {database}.
 */
#pragma once
#include <stdbool.h>

/* A file that has to be there; names are globs, relative to the folder that is looked at. */
struct suite_condition {
    char *file;
    char *contains; /* extended regex that a line of it has to match; NULL: any file */
    char *each;     /* extended regex that the name of every such file has to match; or NULL */
    bool above;     /* the file may be in a folder above, too */
};

/* What identifies a project of the migrator in a folder. */
struct suite_sign {
    struct suite_condition *all; /* every one of them */
    unsigned all_count;
    char *folder;    /* template: where the revisions are, relative to the project */
    char *directory; /* template: where the migrator works, relative to it; NULL: there */
    unsigned weight; /* of two signs for the same revisions the heavier one counts; 0: 10 */
};

struct suite_tool {
    char **programs; /* the first that is there: a path below the project, or a name on PATH */
    unsigned program_count;
    char *works;   /* command that has to succeed with it; NULL: not asked */
    char *package; /* what brings it: "apt install alembic, or pip install alembic" */
};

/* A driver's way of writing a URL, chosen by what a file of the project contains. */
struct suite_spelling {
    char *file, *contains;
    char *url; /* template */
};

struct suite_replacement {
    char *pattern; /* extended regex on one line; the whole match is replaced */
    char *text;    /* template; \1 to \9 are groups of the pattern */
};

/* A file that is written beside the project before each command: {staged}/NAME. */
struct suite_written_file {
    char *name;
    char *copy; /* template: the file of the project that is copied; or NULL */
    char *text; /* template: what is written instead; or NULL */
    struct suite_replacement *replace;
    unsigned replace_count;
};

enum suite_order {
    ORDER_NAME,     /* by file name */
    ORDER_NUMBER,   /* by number, however wide it is written */
    ORDER_NATURAL,  /* by id; runs of digits by their value, and two ids may share a number */
    ORDER_DASHLESS, /* by id without its dashes, as text: 2024-01-31 is 20240131 */
    ORDER_PARENTS,  /* parents first */
    ORDER_LIST,     /* as a file lists them */
};

/* How revisions are learnt from files. Regexes are extended; paths are relative to the folder. */
struct suite_revisions {
    char **files; /* globs; one revision a file, or NULL with `list` */
    unsigned file_count;
    char *name;      /* regex on the path; files that do not match are not revisions */
    char *but_not;   /* regex on the path; files that match are none either; or NULL */
    char *otherwise; /* regex on the path; files that match count where no other has their id */
    char *id;        /* template of its groups; NULL: {1} */
    char *label;     /* the same; NULL: none */
    char *id_in;     /* regex on the content whose group 1 is the id instead; or NULL */
    char *parents;   /* regex on the content whose last group names the parents; or NULL */
    char *parent;    /* regex: one parent among them; NULL: they are words in quotes */
    char *parent_id; /* template of its groups; NULL: {1} */
    char *down_file; /* template: it can be undone if this file is there; or NULL */
    char *down_otherwise; /* template: or if this one is there; or NULL */
    char *down_in;        /* regex: it can be undone if the content matches; or NULL */
    char **also;          /* templates of files that belong to it as well */
    unsigned also_count;
    char *list;      /* template: the file that lists them; or NULL */
    char *list_line; /* regex: a line of it; its groups stand for those of `name` */
    char *family;    /* template of the groups: each family has a head of its own; NULL: one */
    enum suite_order order;
    char *repeated; /* the profile for a history in which numbers repeated long ago; or NULL */
};

/* How its interpreter is started once for many commands. */
struct suite_preload {
    char *loader;   /* a file of migrators/preload/, named after the interpreter: python.py */
    char **modules; /* what the program loads at its beginning in any case */
    unsigned module_count;
};

enum suite_reach {
    REACH_ANY,    /* upgrade takes a revision */
    REACH_NEWEST, /* upgrade goes to the newest; {folder} is a copy that ends where it has to */
    REACH_COUNT,  /* upgrade takes a number of steps */
};

/* The program under test. */
enum { SUITE_STEP_GROUPS = 2 }; /* in parentheses: the number and the text of a step */

struct suite_migrator {
    char *name;
    char *profile;   /* whose keys are taken where they are not given here; or NULL */
    char *title;     /* how people write it; NULL: as the name */
    char *tried;     /* the version it was tried with; NULL: written by its documentation */
    char *directory; /* where it works, relative to the suite's folder; NULL: the project's */
    char *folder;    /* where the revisions are, relative to it; NULL: as recognised */
    struct suite_sign *detect;
    unsigned detect_count;
    struct suite_tool *tool; /* NULL: its commands name it */
    char *layout;            /* of pgrehearse-migrate, which runs the same files; or NULL */
    char *base;              /* the revision before the first, as downgrade takes it; or NULL */
    enum suite_reach reaches;
    struct suite_revisions *revisions; /* NULL: asked by `history` */
    char *upgrade, *downgrade, *current, *history, *heads, *stamp;
    char *current_line; /* regex: a line of what `current` prints; group 1 is the revision */
    char *matches;      /* asks whether the models match the schema: exit 0 if they do */
    char *version;      /* prints its version; NULL: not asked */
    char *applied;      /* query: the applied revisions, one a row, in their order; or NULL */
    char **tables;      /* its own, as SQL names them */
    unsigned table_count;
    char *handover; /* advice, where it does not arrive: "in env.py, read DATABASE_URL" */
    char *url;      /* template: what DATABASE_URL is for it; NULL: {url} */
    struct suite_spelling *spellings;
    unsigned spelling_count;
    char **environment; /* templates: NAME=VALUE */
    unsigned environment_count;
    struct suite_written_file *files;
    unsigned file_count;
    char *stage;  /* template: where the copy of the folder is, {staged}/…; NULL: revisions */
    bool port;    /* it needs a TCP port; otherwise it connects through the socket */
    bool network; /* it may reach more than the database */
    struct suite_preload *preload; /* NULL: each command is started afresh */
    bool fresh_process;            /* each command is started afresh all the same */
    bool slow; /* it takes long to start, so it is cut off once between two statements */
    unsigned
        unable;    /* exit status: it could not try, which is not the migration's fault; 0: none */
    char *lacking; /* extended regex: a line of its log that says what this machine lacks */
    char *ran;     /* extended regex: a line of its log that says that a revision was run */
    char *step;    /* extended regex: (number)…(text) of a log line that names a step; or NULL */
    char **places; /* extended regexes: (file)…(line) in its log, the most telling first */
    unsigned place_count;
    /* Extended regexes that its log must match, in this order. Not asked of others' migrations. */
    char **upgrade_log;
    unsigned upgrade_log_count;
    char **downgrade_log;
    unsigned downgrade_log_count;
};
