/* The runs' values of one counter on one side, and whether it has grown from side to side. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "measures/comparisons/counter_rules.h"

/* NAN: not known. Set items and count, then growth_end(): count is 0 if one is not known. */
struct growth_values {
    double items[LEDGERS_MOST], middle, least, most;
    size_t count;
};

void growth_end(struct growth_values *v);

/*
 * Every run of `to` lies above every run of `from` by more than these scatter among themselves,
 * and the middle by more than the share `threshold` and by more than `least`.
 */
bool growth_is_seen(const struct growth_values *from, const struct growth_values *to,
                    double threshold, double least);
