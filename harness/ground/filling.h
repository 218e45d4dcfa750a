/* Rows for a database whose suite declares none: the project's own, or generated from nothing. */
#pragma once
#include "ground/clone.h"

struct filling_request {
    const char *template; /* what is filled: it may hold the project's own rows already */
    const char *purpose;  /* for the name of the database */
    bool generate;        /* rows for the tables; else only those that are there */
    uint64_t rows;        /* for each table; 0: a few */
};

/* A table without a row, and why. */
struct unfilled {
    char *table, *reason;
};

/* Zero-initialised it is empty and valid. */
struct filling {
    char *database; /* the one that was filled; NULL: none was made */
    uint64_t rows;  /* that it holds */
    bool refused;   /* the upgrade refused some, which were taken out */
    char *replaced; /* which values the upgrade refused, so that others stand there; NULL: none */
    size_t tables;  /* that it has */
    struct unfilled *empty;
    size_t empty_count;
    struct error error; /* why it could not be filled; NONE: it could */
};

/* Makes the database and fills it. What goes wrong is in the filling. */
void filling_make(const struct ground *g, const struct filling_request *request, struct filling *f);

/* Rows were taken out of the filled database at `c`: that is why more of its tables are empty. */
bool filling_recount(const struct ground *g, struct connection *c, struct filling *f,
                     const char *reason);

void filling_release(struct filling *f);
