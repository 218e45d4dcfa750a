/*
 * The ground that every command builds on: the suite, the migrator, the server with its run folder,
 * and the database that is at the baseline. It is set before the first scenario begins and only
 * read from then on.
 */
#pragma once
#include "generator/generator.h"
#include "ground/cluster.h"
#include "ground/server.h"
#include "migrator/migrator.h"
#include "shape/shape.h"
#include "suite/suite.h"

struct ground {
    const struct suite *suite;
    bool is_project; /* recognised, not described: what is not declared is not asked for */
    struct migrator migrator;
    const char *programs;          /* folder of the embedded server; NULL: the best there is */
    struct server *server;         /* NULL until ground_open() */
    struct cluster *cluster;       /* what its databases share; the same */
    struct run_folder *folder;     /* the same */
    const char *template;          /* the database that is at the baseline; clones are made of it */
    const char *filled;            /* the same with rows; NULL: the suite's fixtures make them */
    const struct filling *filling; /* what is in it; NULL: the same */
    const char *no_way_back;       /* why the target cannot be undone; NULL: it can */
    bool lacks_way_back;           /* and other revisions of the project can: a loss */
    const struct cancel *cancel;
    struct generator_size *sizes; /* the suite's, with the command line's values */
    size_t size_count;
    uint64_t seed;
    uint64_t rows;             /* of each table, where nobody declares them; 0: a few */
    const struct shape *shape; /* of production; NULL: not known */
    const char *shape_path;    /* where it was read */
    struct shaped *shaped;     /* what of it is in force on the server; NULL: nothing */
    double scale;              /* share of its rows that tables get; 0: a few */
    double time_limit;         /* seconds, for the upgrade */
    const char *output;        /* the folder of the reports; NULL: none are written */
    bool closed;               /* the embedded server is caged: what is restored may be hostile */
    bool preloads;             /* interpreters of the migrator start once (migrator/preload.h) */
    bool keep;                 /* databases and logs stay when the command ends */
};

/*
 * The suite's migrator `name` (NULL: its first), working in `folder` (NULL: the suite's own), into
 * `m`. An unknown name or a missing folder is an ERROR_USAGE. Release `m` in any case.
 */
bool ground_choose_migrator(struct migrator *m, const struct suite *suite, const char *name,
                            const char *folder, const struct cancel *cancel, struct error *e);

/* What ground_open() removed that dead runs had left. */
struct ground_sweep {
    size_t runs, databases;
    struct error left; /* what could not be removed, and why; the next run tries again */
};

/*
 * Sweeps what dead runs left, makes the run folder (`bytes` is about how much it will hold), and
 * opens the server at `url`, or with NULL an embedded one, for a migrator that needs a TCP port or
 * not. Whether the server serves the suite is asked by server_check(). Close in any case.
 */
bool ground_open(struct ground *g, const char *url, bool with_port, uint64_t bytes,
                 struct ground_sweep *swept, struct error *e);

/*
 * Drops the run's databases, stops the server and removes the folder, unless `keep` is set. False
 * with the error if something could not be removed; the next run tries again.
 */
bool ground_close(struct ground *g, struct error *e);

/*
 * Runs a file of SQL, `relative` to the suite's folder, on the connection. A file that cannot be
 * read is an ERROR_USAGE.
 */
bool ground_run_script(const struct ground *g, struct connection *c, const char *relative,
                       struct error *e);

/* What the migrator calls the state before the first revision. */
const char *ground_base(const struct ground *g);

/*
 * Seconds that a command of the migrator may take before it is stopped: twice the limit of the
 * upgrade, since exceeding it is a finding with a duration of its own, and never below 20.
 */
double ground_patience(const struct ground *g);
