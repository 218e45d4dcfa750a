/* A plugin whose offer fuzz_plugin.c fills in. */
#include "pgrehearse/plugin.h"

PGR_API extern struct pgr_plugin offered;
struct pgr_plugin offered;

const struct pgr_plugin *pgr_plugin(void)
{
    return offered.abi ? &offered : NULL;
}
