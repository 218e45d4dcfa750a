/* The result for a person. */
#include <stdio.h>

#include "measures/comparisons/comparison_parts.h"
#include "statistics/quantile.h"

const char *comparison_outcome_name(enum comparison_outcome outcome)
{
    static const char *const names[] = {"fine", "regressed", "inconclusive"};
    return names[outcome];
}

static void print_differences(const struct comparison *c, enum difference_kind kind,
                              const char *word)
{
    for (size_t i = 0; i < c->differences.count; i++)
        if (c->differences.items[i].kind == kind)
            printf("%-10s %s\n", word, c->differences.items[i].message);
}

/* The upgrade as a whole, whatever came of it. */
static void print_time(const struct comparison *c)
{
    if (!c->measures)
        return;
    const struct time_measure *m = &c->times.measures[1];
    const struct paired_estimate *r = &c->measures[1].result;
    printf("%-10s %s: %.0f ms, base %.0f ms, %+.1f %% (%+.1f to %+.1f %%) in %zu pairs\n", "time",
           m->name, 1000 * median(m->candidate, c->times.pairs),
           1000 * median(m->base, c->times.pairs), 100 * time_share(m, r->estimate),
           100 * time_share(m, r->low), 100 * time_share(m, r->high), c->times.pairs);
    if (c->confirmation)
        printf("%-10s by %zu fresh pairs\n", "confirmed", c->fresh.pairs);
}

void comparison_print(const struct comparison *c)
{
    bool is_release = !c->request->base && !c->request->base_reference;
    printf("%-10s %s%s\n", "base", c->base_name, is_release ? " (the last release)" : "");
    printf("%-10s %s\n", "candidate", c->bench.run.ground.migrator.directory);
    for (size_t i = 0; i < c->bench.run.ground.suite->size_count; i++)
        printf("%-10s %s %llu\n", i ? "" : "sizes", c->request->sizes[i].name,
               (unsigned long long)c->request->sizes[i].value);
    print_time(c);
    if (c->missing)
        printf("%-10s %s\n", "not seen", c->missing);
    print_differences(c, DIFFERENCE_WORSE, "worse");
    print_differences(c, DIFFERENCE_TOLD, "note");
    print_differences(c, DIFFERENCE_BETTER, "better");
    printf("%s%s%s\n", comparison_outcome_name(c->outcome), c->reason ? ": " : "",
           c->reason ? c->reason : "");
}
