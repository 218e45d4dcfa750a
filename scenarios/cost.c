#include "pgrehearse/scenario.h"

SCENARIO(cost, "Know what the migration costs, statement by statement, and keep its budgets")
{
    given_database(r, GENERATED_DATA);
    measure_upgrade(r, TARGET);
}
