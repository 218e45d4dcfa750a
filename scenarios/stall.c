#include "pgrehearse/scenario.h"

SCENARIO(stall, "Read and write on while the migration runs, with a long transaction in its way")
{
    given_database(r, GENERATED_DATA);
    measure_stall(r, TARGET);
}
