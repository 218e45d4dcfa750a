/*
 * Whether the sizes that are timed are read as production's will be.
 *
 * A scan of a table that is larger than a quarter of shared_buffers goes through a ring of 256 kB
 * and leaves the buffers alone; that of a smaller one fills them, page by page (PostgreSQL sources,
 * src/backend/storage/buffer/README, "Buffer Ring Replacement Strategy", and initscan() in
 * heapam.c). A row of the one costs another time than a row of the other: see docs/forecast.md. So
 * small tables say little about a large one, unless shared_buffers are as small beside them.
 */
#pragma once
#include "measures/comparisons/bench.h"

/* What is timed, and what it is to speak of. */
struct forecast_scale {
    const char *table;              /* whose rows count */
    double rows;                    /* it will have */
    double buffers;                 /* bytes of production's shared_buffers; 0: as the server's */
    const char *smallest, *largest; /* names of the databases with the least and the most rows */
    double largest_rows;
};

struct forecast_buffers {
    bool changed; /* the server was started again, with fewer */
    bool differ;  /* the sizes are read otherwise than production's, and it could not be helped */
    char *note;   /* what was done or is to be known, in a line; NULL: nothing */
};

/*
 * Starts an embedded server again with so few shared_buffers that the sizes timed are read like the
 * size asked for. Release in any case.
 */
bool forecast_buffers_match(struct forecast_buffers *f, struct bench *b,
                            const struct forecast_scale *scale, struct error *e);

void forecast_buffers_release(struct forecast_buffers *f);
