#include "measures/comparisons/growth.h"

#include <math.h>

#include "statistics/quantile.h"

void growth_end(struct growth_values *v)
{
    v->least = INFINITY;
    v->most = -INFINITY;
    for (size_t i = 0; i < v->count; i++) {
        if (isnan(v->items[i])) {
            v->count = 0;
            return;
        }
        v->least = fmin(v->least, v->items[i]);
        v->most = fmax(v->most, v->items[i]);
    }
    v->middle = v->count ? median(v->items, v->count) : NAN;
}

bool growth_is_seen(const struct growth_values *from, const struct growth_values *to,
                    double threshold, double least)
{
    double scatter = fmax(from->most - from->least, to->most - to->least);
    return from->count && to->count && to->least > from->most + scatter &&
           to->middle - from->middle > fmax(threshold * from->middle, least);
}
