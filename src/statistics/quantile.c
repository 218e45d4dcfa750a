#include "statistics/quantile.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "base/memory.h"

void sort_values(double *values, size_t count)
{
    gsl_sort(values, 1, count);
}

double quantile_of_sorted(const double *sorted, size_t count, double share)
{
    return gsl_stats_quantile_from_sorted_data(sorted, 1, count, share);
}

double quantile(const double *values, size_t count, double share)
{
    double *sorted = memory_zeroed(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = values[i];
    sort_values(sorted, count);
    double found = quantile_of_sorted(sorted, count, share);
    free(sorted);
    return found;
}

double median(const double *values, size_t count)
{
    return quantile(values, count, 0.5);
}
