/* How many rows tables get, and of which kind, where production's shape is known. */
#pragma once
#include "generator/generator.h"
#include "shape/shape.h"

/* Zero-initialised it asks for nothing. */
struct shape_rows {
    struct generator_wish *wishes;
    size_t wish_count;
    struct generator_hint *hints;
    size_t hint_count;
    char **names; /* of tables and columns, as the catalogue has them */
    size_t name_count;
};

/*
 * The share `scale` of the rows of each table; of those with at most `whole` rows, all. Partitions
 * get theirs through their table. Release in any case.
 */
void shape_rows_make(struct shape_rows *rows, const struct shape *shape, double scale,
                     double whole);

/* About how many bytes that many rows take, with their indexes. */
double shape_rows_bytes(const struct shape *shape, double scale);

void shape_rows_release(struct shape_rows *rows);
