/* The tables of a throwaway database that hold the project's rows. */
#pragma once
#include "ground/ground.h"

/* Zero-initialised it is empty and valid. */
struct table_list {
    char **names; /* as SQL writes them, with their schema */
    size_t count;
};

/* Every table but the migrator's own, partitions and what belongs to an extension. */
bool ground_list_tables(const struct ground *g, struct connection *c, struct table_list *tables,
                        struct error *e);

void table_list_release(struct table_list *tables);
